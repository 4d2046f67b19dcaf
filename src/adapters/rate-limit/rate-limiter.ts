import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import type { RateLimiter } from "../../ports/rate-limiter.ts";
import { budgetsOf } from "./budgets.ts";
import { makeLocalLimits } from "./local-limits.ts";
import { openSharedLimits, type RedisOptions } from "./shared-limits.ts";

export interface RateLimiterOptions {
  /** RATE_LIMIT_PER_MINUTE. */
  readonly perMinute: number;
  /** RATE_LIMIT_SERVICE_PER_MINUTE. */
  readonly servicePerMinute: number;
  /** Null: every instance counts for itself. */
  readonly redis: RedisOptions | null;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Waits a moment for Redis, and starts without it. */
export const openRateLimiter = async ({
  perMinute,
  servicePerMinute,
  redis,
  clock,
  logger,
}: RateLimiterOptions): Promise<RateLimiter> => {
  const budgets = budgetsOf(perMinute, servicePerMinute);
  const local = makeLocalLimits(budgets, clock);
  const shared = redis === null ? null : await openSharedLimits(redis, budgets, clock, logger);
  return {
    take:
      shared === null
        ? local.take
        : async (budget, caller) => {
            // Counted here in any case: when Redis goes away nobody begins anew.
            const own = await local.take(budget, caller);
            return (await shared.take(budget, caller)) ?? own;
          },
    close: async () => {
      shared?.close();
      local.close();
    },
  };
};
