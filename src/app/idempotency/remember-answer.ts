import { type IdempotencyId, newIdempotentAnswer } from "../../domain/idempotency/idempotent-answer.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Sealer } from "../../ports/secrets.ts";
import { type Caller, subjectOf } from "../caller.ts";

/** A request that may be sent again under the same Idempotency-Key. */
export interface Idempotency {
  readonly id: IdempotencyId;
  /** SHA-256 of the canonical body. */
  readonly fingerprint: string;
  /** Version of the expired answer whose place this one takes; null: the place is free. */
  readonly replaces: number | null;
  /** The answer as text to be kept; null where it shows a secret. */
  readonly answerOf: (value: unknown) => string | null;
}

const place = SEAL_CONTEXTS.idempotent_answers.answer;

export const openAnswer = (
  sealer: Sealer,
  id: IdempotencyId,
  answer: Parameters<Sealer["open"]>[0],
): string => sealer.open(answer, place({ id }));

/** The changes with the answer they lead to, so that both are stored or neither is. */
export const withAnswer = (
  sealer: Sealer,
  caller: Caller,
  idempotency: Idempotency,
  changes: Changes,
  value: unknown,
  now: Instant,
): Changes => {
  const { id, fingerprint, answerOf, replaces } = idempotency;
  const kept = answerOf(value);
  const row = newIdempotentAnswer(
    id,
    {
      subject_id: subjectOf(caller.principal)?.id ?? null,
      fingerprint,
      answer: kept === null ? null : sealer.seal(kept, place({ id })),
    },
    now,
  );
  const { subject_id, answer, expires_at, retention_until, updated_at } = row;
  return {
    ...changes,
    writes: [
      ...changes.writes,
      replaces === null
        ? { op: "insert", into: "idempotent_answers", row }
        : {
            op: "update",
            in: "idempotent_answers",
            id,
            version: replaces,
            set: { subject_id, fingerprint, answer, expires_at, retention_until, updated_at },
          },
    ],
  };
};
