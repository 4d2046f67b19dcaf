import type { DueCounts, DuePosition, PersonalCollection } from "../domain/retention/due-records.ts";
import type { Changes } from "../domain/shared/changes.ts";
import type { Instant } from "../domain/shared/instant.ts";
import type { Result } from "../domain/shared/result.ts";
import type { Conflict } from "./unit-of-work.ts";

export interface DueBatch {
  readonly collection: PersonalCollection;
  /** Records are due whose `retention_until` is not after this. */
  readonly due: Instant;
  /** The moment of the batch: what changed records carry as `updated_at`. */
  readonly now: Instant;
  /** Begins behind this one; null: with the first. */
  readonly after: DuePosition | null;
  /** Most records to look at. */
  readonly limit: number;
}

export interface BatchOutcome {
  readonly counts: DueCounts;
  /** Somebody was just changing them: they are still there, for another pass. */
  readonly busy: number;
  /** Where the next batch goes on; null: there is nothing behind. */
  readonly after: DuePosition | null;
}

export interface AppliedBatch {
  readonly outcome: BatchOutcome;
  /** How long others may have waited for it: for its locks, or for the event loop where the store blocks it. */
  readonly milliseconds: number;
}

export interface DueCount {
  readonly records: number;
  /** Where the next count goes on; null: there is nothing behind. */
  readonly after: DuePosition | null;
}

/**
 * Bulk work on records whose period is over, by the catalogue's `due` of the collection. Promises: what a legal hold in
 * force or a restricted subject keeps is not touched, however close to the batch the hold or the restriction came; what
 * is not due is not touched; a decision that rested on a record that went gets its conflict. Rejects with StorageFailure.
 */
export interface RetentionStore {
  /**
   * Takes the next due records, and in the same transaction stores what `tell` answers to what became of them: its
   * audit entries and writes, all of it or nothing. A conflict of the told writes undoes the batch. `tell` may be asked
   * more than once. What was applied is durable, at the latest, with the next commit: a crash of the database may take the
   * last batches back, each as a whole with what it told. After a rejection with `stored: "unknown"` read what `tell` stored
   * to know. A batch may stop short of its limit so as not to keep others waiting.
   */
  apply(batch: DueBatch, tell: (outcome: BatchOutcome) => Changes): Promise<Result<AppliedBatch, Conflict>>;
  /** What `apply` would do now, record by record as each is found. Changes nothing, locks nothing. */
  rehearse(batch: DueBatch): Promise<AppliedBatch>;
  /** Counts, out of the index, records that fall due after `after` and not after `until`, at most `limit` at once. */
  count(collection: PersonalCollection, after: DuePosition, until: Instant, limit: number): Promise<DueCount>;
}
