import { NO_ORIGIN } from "../../domain/anonymization/pseudonym.ts";
import { auditEntry, staffRead } from "../../domain/audit/audit-entry.ts";
import type { AuditEntryId } from "../../domain/shared/ids.ts";
import type { Application } from "../application.ts";
import { ANONYMOUS, type Asker, actorOf, idOf, SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";

/** So many different denials are told apart between two flushes; what comes after is counted together. */
const DENIALS_MAX = 1_000;

interface Denial {
  readonly asker: Asker;
  readonly problem: string;
  count: number;
}

const NOBODY_KNOWN: Asker = { principal: ANONYMOUS, origin: NO_ORIGIN };

/** A stranger is told apart by address alone: a user agent is whatever he writes into it. */
const askerOf = ({ principal, origin }: Asker): Asker =>
  idOf(principal) === null
    ? { principal, origin: { ...origin, user_agent_hash: null } }
    : { principal, origin };

/**
 * What is told of requests that change nothing: staff who read, each at once, and requests that were denied, counted by
 * who asked from where and kind until the next flush, so that a flood of refusals never becomes a flood of durable writes.
 */
export const accessTrail = (deps: Deps): Application["access"] => {
  let denials = new Map<string, Denial>();
  return {
    staffRead: async (caller, read) => {
      const entry = staffRead(read, await occasionOf(deps, caller));
      const committed = await deps.unitOfWork.commit({ expects: [], writes: [], audit: [entry] });
      if (!committed.ok) throw new Error("an entry alone contradicts nothing");
    },
    denied: ({ principal, origin }, problem) => {
      const told = denials.size < DENIALS_MAX ? askerOf({ principal, origin }) : NOBODY_KNOWN;
      const { ip_hash, user_agent_hash } = told.origin;
      const key = `${problem} ${idOf(told.principal)} ${ip_hash} ${user_agent_hash}`;
      const denial = denials.get(key);
      if (denial === undefined) denials.set(key, { asker: told, problem, count: 1 });
      else denial.count += 1;
    },
    flush: async () => {
      const taken = [...denials.values()];
      denials = new Map();
      if (taken.length === 0) return;
      const occasion = await occasionOf(deps, SYSTEM_CALLER);
      const [first, ...rest] = await Promise.all(
        taken.map(async ({ asker, problem, count }) => {
          const actor = await actorOf(asker, deps.pseudonymiser, occasion.now);
          const own = { ...occasion, audit_id: deps.ids.next<AuditEntryId>(), actor };
          return auditEntry("access.denied", null, { problem, count }, own);
        }),
      );
      if (first === undefined) return;
      const committed = await deps.unitOfWork.commit({ expects: [], writes: [], audit: [first, ...rest] });
      if (!committed.ok) throw new Error("entries alone contradict nothing");
    },
  };
};
