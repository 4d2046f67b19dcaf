import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes } from "../shared/changes.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { MailPreferencesId, SubjectId } from "../shared/ids.ts";

/** What a person said about mail; she who has none said nothing. It goes with its subject, so it has no retention date. */
export interface MailPreferences extends GdprRecord<MailPreferencesId> {
  readonly subject_id: SubjectId;
  /** False: she is told nothing by mail. The sign-in links that she asks for are sent all the same. */
  readonly notifications: boolean;
}

/**
 * Unsubscribes a person from notifications (RFC 8058). Null: she is already, or has been erased and has no address to
 * write to. A restriction does not keep her from it: it is her own wish to be left alone (GDPR Art. 18(2)).
 */
export const stopNotifications = (
  subject: Subject,
  preferences: MailPreferences | null,
  id: MailPreferencesId,
  occasion: Occasion,
): Changes | null => {
  if (subject.status === "erased" || preferences?.notifications === false) return null;
  return {
    // Nothing about her may be stored once she has been erased.
    expects: [{ in: "subjects", id: subject.id, version: subject.version }],
    writes: [
      preferences === null
        ? {
            op: "insert",
            into: "mail_preferences",
            row: { ...newGdprRecord(id, occasion.now, null), subject_id: subject.id, notifications: false },
          }
        : {
            op: "update",
            in: "mail_preferences",
            id: preferences.id,
            version: preferences.version,
            set: { notifications: false, updated_at: occasion.now },
          },
    ],
    audit: [
      auditEntry("mail_preferences.changed", preferences?.id ?? id, { notifications: false }, occasion),
    ],
  };
};
