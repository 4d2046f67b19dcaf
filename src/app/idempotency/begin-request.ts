import { type IdempotencyId, stillAnswers } from "../../domain/idempotency/idempotent-answer.ts";
import { canonicalJson, type Json } from "../../domain/shared/canonical-json.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import type { Caller } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { openAnswer } from "./remember-answer.ts";

/** Who asks, so that nobody is answered what somebody else was. */
const callerKey = ({ principal, origin }: Caller): readonly Json[] => {
  switch (principal.kind) {
    case "session":
    case "visitor":
    case "receipt":
      return ["subject", principal.subject.id];
    case "service":
      return ["service", principal.credential];
    case "edit-token":
      return ["comment", principal.comment];
    case "anonymous":
      return ["nobody", origin.ip_hash, origin.user_agent_hash];
  }
};

/**
 * Looks whether this request has been answered before. If not, it is in flight in this process until `end`; in another
 * process its commit finds the place taken.
 */
export const idempotentRequests = (deps: Deps): Application["idempotency"] => {
  const inFlight = new Set<IdempotencyId>();
  return {
    begin: async (caller, { key, operation, body }) => {
      const id = deps.signer.digest(canonicalJson([...callerKey(caller), operation, key])) as IdempotencyId;
      const fingerprint = deps.signer.digest(canonicalJson(body));
      if (inFlight.has(id)) return err({ type: "idempotency-key-in-flight" });
      inFlight.add(id);
      try {
        const stored = await deps.readers.idempotentAnswers.byId(id);
        const known = stored !== null && stillAnswers(stored, deps.clock.now());
        if (!known) {
          return ok({
            kind: "first",
            caller: {
              ...caller,
              idempotency: { id, fingerprint, replaces: stored?.version ?? null, answerOf: () => null },
            },
            end: () => void inFlight.delete(id),
          });
        }
        inFlight.delete(id);
        if (stored.fingerprint !== fingerprint) return err({ type: "idempotency-key-reused" });
        if (stored.answer === null) return err({ type: "already-created" });
        return ok({ kind: "again", answer: openAnswer(deps.sealer, id, stored.answer) });
      } catch (failure) {
        inFlight.delete(id);
        throw failure;
      }
    },
  };
};

/** Says how a value is answered, for a use case whose answer may be kept and given again. */
export const answering = <T>(caller: Caller, answerOf: (value: T) => string | null): Caller =>
  caller.idempotency === undefined
    ? caller
    : {
        ...caller,
        idempotency: { ...caller.idempotency, answerOf: answerOf as (value: unknown) => string | null },
      };
