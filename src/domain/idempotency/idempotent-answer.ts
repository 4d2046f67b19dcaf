import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { Branded, Sealed, SubjectId } from "../shared/ids.ts";
import { DAY, type Instant, plus } from "../shared/instant.ts";

/** Hash of caller, method, route and Idempotency-Key: 64 hexadecimal characters that tell none of them. */
export type IdempotencyId = Branded<string, "IdempotencyId">;

/** What a creating request was answered, stored in the commit of its effect, so that repeating it has no second one. */
export interface IdempotentAnswer extends GdprRecord<IdempotencyId> {
  /** Whose request it was, so that erasing her takes it along; null for visitors nobody knows and for programs. */
  readonly subject_id: SubjectId | null;
  /** SHA-256 of the canonical body: the same key with another body is a mistake. */
  readonly fingerprint: string;
  /** The answer; null when it showed a secret, which is never kept: then repeating it only says that it was done. */
  readonly answer: Sealed | null;
  readonly expires_at: Instant;
}

export const newIdempotentAnswer = (
  id: IdempotencyId,
  asked: {
    readonly subject_id: SubjectId | null;
    readonly fingerprint: string;
    readonly answer: Sealed | null;
  },
  now: Instant,
): IdempotentAnswer => {
  const expires_at = plus(now, DAY);
  return { ...newGdprRecord(id, now, expires_at), ...asked, expires_at };
};

/** Over at `expires_at` itself: then the key may be used for something else. */
export const stillAnswers = (answer: IdempotentAnswer, now: Instant): boolean => now < answer.expires_at;
