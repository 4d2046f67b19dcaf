import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import type { RateLimitBudget, RateLimitDecision } from "../../ports/rate-limiter.ts";
import type { Budget } from "./budgets.ts";

/** rate-limiter-flexible rejects with the same class that it resolves with. */
const refusedOrThrown = (rejection: unknown): RateLimiterRes => {
  if (rejection instanceof RateLimiterRes) return rejection;
  throw rejection;
};

/** Counts one request. A refusal is an answer; whatever else the limiter throws is thrown. */
export const countOne = async (
  limiter: RateLimiterAbstract,
  name: string,
  budget: RateLimitBudget,
  { limit, windowSeconds }: Budget,
  shared: boolean,
): Promise<RateLimitDecision> => {
  const counted = await limiter.consume(name).then(undefined, refusedOrThrown);
  const seconds = Math.ceil(counted.msBeforeNext / 1_000);
  return {
    budget,
    admitted: counted.consumedPoints <= limit,
    limit,
    windowSeconds,
    remaining: Math.max(0, limit - counted.consumedPoints),
    resetSeconds: Math.min(Math.max(seconds, 1), windowSeconds),
    shared,
  };
};
