import { type Principal, subjectOf } from "../../app/caller.ts";
import type { LimitedCaller, RateLimitBudget, RateLimitDecision } from "../../ports/rate-limiter.ts";
import type { Service } from "./context.ts";
import type { Route } from "./route.ts";

/** Whom a credential proves the caller to be, as far as that is counted. */
export const provenCaller = (principal: Principal): LimitedCaller | null => {
  if (principal.kind === "service") return { kind: "service", value: principal.credential };
  const subject = subjectOf(principal);
  return subject === null ? null : { kind: "subject", value: subject.id };
};

const GENERAL: readonly RateLimitBudget[] = ["general"];

/** Takes the request from every budget it counts against; all are taken, so that each says what is left of it. */
export const withinLimits = async (
  { rateLimiter, metrics }: Service,
  { budget }: Route,
  visit: { readonly counted: RateLimitDecision[] },
  caller: LimitedCaller,
): Promise<boolean> => {
  const decisions =
    caller.kind === "service"
      ? [await rateLimiter.take("service", caller)]
      : await Promise.all(
          (budget === undefined ? GENERAL : [...GENERAL, budget]).map((each) =>
            rateLimiter.take(each, caller),
          ),
        );
  for (const decision of decisions) metrics.requestCounted(decision);
  visit.counted.push(...decisions);
  return decisions.every(({ admitted }) => admitted);
};
