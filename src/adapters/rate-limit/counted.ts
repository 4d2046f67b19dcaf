import { type RateLimiterAbstract, RateLimiterRes } from "rate-limiter-flexible";
import type { RateLimitBudget, RateLimitDecision } from "../../ports/rate-limiter.ts";
import type { Budget } from "./budgets.ts";

/** A refusal is an answer: rate-limiter-flexible rejects with the same class that it resolves with. */
const consumed = async (limiter: RateLimiterAbstract, name: string): Promise<RateLimiterRes> => {
  try {
    return await limiter.consume(name);
  } catch (rejection) {
    if (rejection instanceof RateLimiterRes) return rejection;
    throw rejection;
  }
};

/** Counts one request. Whatever the limiter throws is thrown. */
export const countOne = async (
  limiter: RateLimiterAbstract,
  name: string,
  budget: RateLimitBudget,
  { limit, windowSeconds }: Budget,
  shared: boolean,
): Promise<RateLimitDecision> => {
  const counted = await consumed(limiter, name);
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
