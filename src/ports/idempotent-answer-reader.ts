import type { IdempotencyId, IdempotentAnswer } from "../domain/idempotency/idempotent-answer.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** Answers kept for repeated requests. Rejects with StorageFailure only. */
export interface IdempotentAnswerReader {
  /** Expired ones too, until they are deleted. */
  byId(id: IdempotencyId): Promise<IdempotentAnswer | null>;
  /** Those that are over at `now`, longest over first, at most `limit`. */
  expired(now: Instant, limit: number): Promise<readonly IdempotentAnswer[]>;
}
