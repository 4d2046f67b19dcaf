import type { Erasure } from "../domain/erasure/erasure.ts";
import type { ErasureId, SubjectId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** Erasures, done ones too. Rejects with StorageFailure only. */
export interface ErasureReader {
  byId(id: ErasureId): Promise<Erasure | null>;
  /** Null: her erasure has not begun. */
  ofSubject(subject: SubjectId): Promise<Erasure | null>;
  /** Held ones by id, after `after`, at most `limit`. */
  held(after: ErasureId | null, limit: number): Promise<readonly Erasure[]>;
  /** Those neither done nor held and to be looked at by `now`, longest waiting first, at most `limit`. */
  open(now: Instant, limit: number): Promise<readonly Erasure[]>;
}
