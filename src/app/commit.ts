import type { Occasion } from "../domain/audit/audit-entry.ts";
import { stillAnswers } from "../domain/idempotency/idempotent-answer.ts";
import type { Changes } from "../domain/shared/changes.ts";
import type { Instant } from "../domain/shared/instant.ts";
import { err, ok, type Result } from "../domain/shared/result.ts";
import type { IdempotentAnswerReader } from "../ports/idempotent-answer-reader.ts";
import { actorOf, type Caller } from "./caller.ts";
import type { Deps } from "./deps.ts";
import type { AppError } from "./errors.ts";
import { type Idempotency, withAnswer } from "./idempotency/remember-answer.ts";

/** How often a use case decides again when what it read has moved. */
const ATTEMPTS = 5;

/** The moment, the actor and a fresh audit id for one attempt at a decision. */
export const occasionOf = async (
  deps: Pick<Deps, "clock" | "ids" | "pseudonymiser" | "policies">,
  caller: Caller,
): Promise<Occasion> => {
  const now = deps.clock.now();
  return {
    now,
    actor: await actorOf(caller, deps.pseudonymiser, now),
    audit_id: deps.ids.next(),
    retention: deps.policies.retention,
  };
};

/** A decision on its way to the store: `changes: null` means that nothing has to change. */
export interface Decided<T> {
  readonly changes: Changes | null;
  readonly value: T;
}

/**
 * Where the answer is to be kept now; null when another instance has answered this very request in the meantime. The
 * expired answer whose place it takes may have been deleted, or encrypted anew.
 */
const placeNow = async (
  answers: IdempotentAnswerReader,
  idempotency: Idempotency,
  now: Instant,
): Promise<Idempotency | null> => {
  const there = await answers.byId(idempotency.id);
  return there !== null && there.version !== idempotency.replaces && stillAnswers(there, now)
    ? null
    : { ...idempotency, replaces: there?.version ?? null };
};

/**
 * Reads, decides and commits; on a conflict reads and decides again, a bounded number of times. Answers the refusal of
 * the last decision, or `conflict` when others kept coming first.
 */
export const decideAndCommit = async <T>(
  deps: Pick<Deps, "unitOfWork" | "sealer" | "clock"> & {
    readonly readers: Pick<Deps["readers"], "idempotentAnswers">;
  },
  caller: Caller,
  decide: () => Promise<Result<Decided<T>, AppError>>,
): Promise<Result<T, AppError>> => {
  let { idempotency } = caller;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const decided = await decide();
    if (!decided.ok) return decided;
    if (decided.value.changes === null) return ok(decided.value.value);
    const { changes, value } = decided.value;
    const committed = await deps.unitOfWork.commit(
      idempotency === undefined
        ? changes
        : withAnswer(deps.sealer, caller, idempotency, changes, value, deps.clock.now()),
    );
    if (committed.ok) return ok(value);
    if (idempotency === undefined) continue;
    const place = await placeNow(deps.readers.idempotentAnswers, idempotency, deps.clock.now());
    if (place === null) return err({ type: "idempotency-key-in-flight" });
    idempotency = place;
  }
  return err({ type: "conflict" });
};
