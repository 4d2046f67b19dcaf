import type { RateLimitBudget } from "../../ports/rate-limiter.ts";

export interface Budget {
  readonly limit: number;
  readonly windowSeconds: number;
}

export type Budgets = Readonly<Record<RateLimitBudget, Budget>>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** `perMinute` is RATE_LIMIT_PER_MINUTE; no budget of a minute is wider than it. */
export const budgetsOf = (perMinute: number): Budgets => {
  const aMinute = (limit: number): Budget => ({ limit: Math.min(limit, perMinute), windowSeconds: MINUTE });
  return {
    general: { limit: perMinute, windowSeconds: MINUTE },
    /** Each one may send a mail, or tries a token. */
    "sign-in": aMinute(5),
    consent: aMinute(30),
    comments: aMinute(10),
    /** Reads everything about a person. */
    exports: { limit: 3, windowSeconds: HOUR },
  };
};
