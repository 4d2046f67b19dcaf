import type { LegalHold } from "../domain/retention/legal-hold.ts";
import type { LegalHoldId, SubjectId } from "../domain/shared/ids.ts";

/** Legal holds. Rejects with StorageFailure only. */
export interface LegalHoldReader {
  byId(id: LegalHoldId): Promise<LegalHold | null>;
  /** By id, after `after`, at most `limit`; lifted ones too. */
  list(after: LegalHoldId | null, limit: number): Promise<readonly LegalHold[]>;
  /** Those not lifted, by id: few, so all of them. */
  standing(): Promise<readonly LegalHold[]>;
  /** Those not lifted that are on one of these people or records. */
  keeping(ids: {
    readonly subjects: readonly SubjectId[];
    readonly records: readonly string[];
  }): Promise<readonly LegalHold[]>;
  /** Those not lifted that are on one of her comments, reports, consents, sessions or requests. */
  onRecordsOf(subject: SubjectId): Promise<readonly LegalHold[]>;
  /** Of the guard `holds`, which every hold that is placed moves; 0 while there has never been one. */
  guardVersion(): Promise<number>;
  /** Those not lifted that keep a whole person's data. */
  ofSubject(subject: SubjectId): Promise<readonly LegalHold[]>;
}
