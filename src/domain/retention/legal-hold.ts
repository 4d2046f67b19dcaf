import type { GdprRecord } from "../shared/gdpr-record.ts";
import type { LegalHoldId, SubjectId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";

/** In code points. */
export const LEGAL_HOLD_REASON_MAX = 500;

/** An order to keep what would otherwise be erased, for legal claims (GDPR Art. 17(3)(e)). */
export interface LegalHold extends GdprRecord<LegalHoldId> {
  /** Whose data must stay; null: the one record named by `record_id`. */
  readonly subject_id: SubjectId | null;
  readonly record_id: string | null;
  readonly reason: string;
  readonly since: Instant;
  /** Null while it stands. */
  readonly lifted_at: Instant | null;
}

/** Held from `since` on until lifted. */
export const isInForce = (hold: LegalHold, now: Instant): boolean =>
  hold.since <= now && (hold.lifted_at === null || now < hold.lifted_at);

const covers = (
  hold: LegalHold,
  record: { readonly id: string; readonly subject_id: SubjectId | null },
): boolean =>
  (hold.subject_id !== null && hold.subject_id === record.subject_id) ||
  (hold.record_id !== null && hold.record_id === record.id);

/** The first hold that keeps this record now, or null. */
export const holdOn = (
  holds: readonly LegalHold[],
  record: { readonly id: string; readonly subject_id: SubjectId | null },
  now: Instant,
): LegalHold | null => holds.find((hold) => isInForce(hold, now) && covers(hold, record)) ?? null;
