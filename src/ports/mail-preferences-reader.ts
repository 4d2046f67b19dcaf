import type { MailPreferences } from "../domain/notifications/mail-preferences.ts";
import type { SubjectId } from "../domain/shared/ids.ts";

/** What people said about mail. Rejects with StorageFailure only. */
export interface MailPreferencesReader {
  /** Null: she said nothing, or nobody has this id. */
  ofSubject(subject: SubjectId): Promise<MailPreferences | null>;
}
