import type { RateLimitBudget } from "../../ports/rate-limiter.ts";

export interface Budget {
  readonly limit: number;
  readonly windowSeconds: number;
}

export type Budgets = Readonly<Record<RateLimitBudget, Budget>>;

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/**
 * `perMinute` is RATE_LIMIT_PER_MINUTE: the budgets of a minute are shares of it, and at least one request. A program's
 * is RATE_LIMIT_SERVICE_PER_MINUTE: it asks for all people of a site, not for one.
 */
export const budgetsOf = (perMinute: number, servicePerMinute: number): Budgets => {
  const share = (part: number): Budget => ({ limit: Math.ceil(perMinute / part), windowSeconds: MINUTE });
  return {
    general: { limit: perMinute, windowSeconds: MINUTE },
    /** Each one may send a mail, or tries a token. */
    "sign-in": share(12),
    consent: share(2),
    comments: share(6),
    /** Reads everything about a person. */
    exports: { ...share(20), windowSeconds: HOUR },
    service: { limit: servicePerMinute, windowSeconds: MINUTE },
  };
};
