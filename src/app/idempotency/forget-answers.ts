import { auditEntry } from "../../domain/audit/audit-entry.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";

const BATCH = 500;

/** Deletes kept answers whose 24 hours are over, in batches; answers how many. */
export const forgetAnswers = async (deps: Deps): Promise<{ readonly forgotten: number }> => {
  let forgotten = 0;
  for (;;) {
    const occasion = await occasionOf(deps, SYSTEM_CALLER);
    const over = await deps.readers.idempotentAnswers.expired(occasion.now, BATCH);
    if (over.length === 0) return { forgotten };
    const committed = await deps.unitOfWork.commit({
      expects: [],
      writes: over.map(({ id, version }) => ({ op: "delete", from: "idempotent_answers", id, version })),
      audit: [auditEntry("idempotent_answers.deleted", null, { count: over.length }, occasion)],
    });
    // A conflict: one of them has just been taken for a new request, or another instance deletes too. Later, then.
    if (!committed.ok) return { forgotten };
    forgotten += over.length;
    if (over.length < BATCH) return { forgotten };
  }
};
