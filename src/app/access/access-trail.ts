import type { Origin } from "../../domain/anonymization/pseudonym.ts";
import { auditEntry, staffRead } from "../../domain/audit/audit-entry.ts";
import type { AuditEntryId } from "../../domain/shared/ids.ts";
import type { Application } from "../application.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";

/** So many different denials are told apart between two flushes; what comes after is counted together. */
const DENIALS_MAX = 1_000;

interface Denial {
  readonly origin: Origin;
  readonly problem: string;
  count: number;
}

/**
 * What is told of requests that change nothing: staff who read, each at once, and requests that were denied, counted by
 * address and kind until the next flush, so that a flood of refusals never becomes a flood of durable writes.
 */
export const accessTrail = (deps: Deps): Application["access"] => {
  let denials = new Map<string, Denial>();
  return {
    staffRead: async (caller, read) => {
      const entry = staffRead(read, await occasionOf(deps, caller));
      const committed = await deps.unitOfWork.commit({ expects: [], writes: [], audit: [entry] });
      if (!committed.ok) throw new Error("an entry alone contradicts nothing");
    },
    denied: (origin, problem) => {
      const known = denials.size < DENIALS_MAX;
      const told: Origin = known ? origin : { ip_hash: null, user_agent_hash: null };
      const key = `${problem} ${told.ip_hash}`;
      const denial = denials.get(key);
      if (denial === undefined)
        denials.set(key, { origin: { ...told, user_agent_hash: null }, problem, count: 1 });
      else denial.count += 1;
    },
    flush: async () => {
      const taken = [...denials.values()];
      denials = new Map();
      if (taken.length === 0) return;
      const occasion = await occasionOf(deps, SYSTEM_CALLER);
      const [first, ...rest] = taken.map(({ origin, problem, count }) =>
        auditEntry(
          "access.denied",
          null,
          { problem, count },
          { ...occasion, audit_id: deps.ids.next<AuditEntryId>(), actor: { ...origin, user_id_hash: null } },
        ),
      );
      if (first === undefined) return;
      const committed = await deps.unitOfWork.commit({ expects: [], writes: [], audit: [first, ...rest] });
      if (!committed.ok) throw new Error("entries alone contradict nothing");
    },
  };
};
