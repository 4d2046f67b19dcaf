import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Comment } from "../comments/comment.ts";
import type { ConsentRecord } from "../consent/consent.ts";
import { moveGuard } from "../roles/change-role.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes, Write } from "../shared/changes.ts";
import { newGdprRecord } from "../shared/gdpr-record.ts";
import type { LegalHoldId, SubjectId } from "../shared/ids.ts";
import type { LegalHold } from "./legal-hold.ts";
import { retentionUntil } from "./retention-period.ts";

export const HOLD_SCOPES = ["subject", "record"] as const;

/** Everything of a person, or one record. */
export type HoldScope = (typeof HOLD_SCOPES)[number];

export const scopeOf = ({ subject_id }: LegalHold): HoldScope => (subject_id === null ? "record" : "subject");

/** What the hold is on, as far as it is there: an id that nothing has yet may be held all the same. */
export interface HeldThing {
  readonly subject: Subject | null;
  readonly comment: Comment | null;
  readonly consent: ConsentRecord | null;
}

/** Moves what is held, so that whatever was about to erase it is refused and decides again. */
const moved = ({ subject, comment, consent }: HeldThing, { now }: Occasion): readonly Write[] => [
  ...(subject === null
    ? []
    : [
        {
          op: "update",
          in: "subjects",
          id: subject.id,
          version: subject.version,
          set: { updated_at: now },
        } as const,
      ]),
  ...(comment === null
    ? []
    : [{ op: "update", in: "comments", id: comment.id, version: comment.version, set: {} } as const]),
  ...(consent === null
    ? []
    : [{ op: "update", in: "consents", id: consent.id, version: consent.version, set: {} } as const]),
];

/**
 * Forbids erasure from now on (GDPR Art. 17(3)(e)). Moves the guard `holds`, on which every batch of an erasure rests: what
 * the hold is on need not be known, and may be anything.
 */
export const placeHold = (
  { thing, guardVersion }: { readonly thing: HeldThing; readonly guardVersion: number },
  wanted: {
    readonly id: LegalHoldId;
    readonly scope: HoldScope;
    readonly on: string;
    readonly reason: string;
  },
  occasion: Occasion,
): { readonly hold: LegalHold; readonly changes: Changes } => {
  const hold: LegalHold = {
    ...newGdprRecord(wanted.id, occasion.now, null),
    subject_id: wanted.scope === "subject" ? (wanted.on as SubjectId) : null,
    record_id: wanted.scope === "record" ? wanted.on : null,
    reason: wanted.reason,
    since: occasion.now,
    lifted_at: null,
  };
  return {
    hold,
    changes: {
      expects: [],
      writes: [
        { op: "insert", into: "legal_holds", row: hold },
        moveGuard("holds", guardVersion, occasion),
        ...moved(thing, occasion),
      ],
      audit: [auditEntry("legal_hold.placed", hold.id, { scope: wanted.scope }, occasion)],
    },
  };
};

/** Ends a hold; what had to wait goes on by itself, and the period of the hold begins. Null when it has ended before. */
export const liftHold = (hold: LegalHold, occasion: Occasion): Changes | null =>
  hold.lifted_at !== null
    ? null
    : {
        expects: [],
        writes: [
          {
            op: "update",
            in: "legal_holds",
            id: hold.id,
            version: hold.version,
            set: {
              lifted_at: occasion.now,
              retention_until: retentionUntil("user_data", occasion.now, occasion.retention),
              updated_at: occasion.now,
            },
          },
        ],
        audit: [auditEntry("legal_hold.lifted", hold.id, { scope: scopeOf(hold) }, occasion)],
      };
