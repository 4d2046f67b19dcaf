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

type Budgets = readonly [RateLimitBudget, ...RateLimitBudget[]];

const SERVICE: Budgets = ["service"];
const GENERAL: Budgets = ["general"];

const budgetsOf = ({ budget }: Route, { kind }: LimitedCaller): Budgets => {
  if (kind === "service") return SERVICE;
  return budget === undefined ? GENERAL : [...GENERAL, budget];
};

/** Takes the request from every budget it counts against; all are taken, so that each says what is left of it. */
export const withinLimits = async (
  { rateLimiter, metrics }: Service,
  route: Route,
  { counted }: { readonly counted: RateLimitDecision[] },
  caller: LimitedCaller,
): Promise<boolean> => {
  const take = (budget: RateLimitBudget) => rateLimiter.take(budget, caller);
  const [first, ...others] = budgetsOf(route, caller);
  const decisions =
    others.length === 0 ? [await take(first)] : await Promise.all([first, ...others].map(take));
  for (const decision of decisions) metrics.requestCounted(decision);
  counted.push(...decisions);
  return decisions.every(({ admitted }) => admitted);
};
