import { randomBytes } from "node:crypto";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { DAY } from "../../domain/shared/instant.ts";
import type { Clock } from "../../ports/clock.ts";
import {
  type LimitedCaller,
  RATE_LIMIT_BUDGETS,
  type RateLimitBudget,
  type RateLimitDecision,
} from "../../ports/rate-limiter.ts";
import type { Budgets } from "./budgets.ts";
import { callerName } from "./caller-name.ts";
import { countOne } from "./counted.ts";

export interface LocalLimits {
  take(budget: RateLimitBudget, caller: LimitedCaller): Promise<RateLimitDecision>;
  close(): void;
}

interface DayKey {
  readonly day: number;
  readonly bytes: Buffer;
  readonly midnight: NodeJS.Timeout;
}

/** The counts of this process, under a key that never leaves it and is overwritten when its day is over. */
export const makeLocalLimits = (budgets: Budgets, clock: Clock): LocalLimits => {
  const limiters = Object.fromEntries(
    RATE_LIMIT_BUDGETS.map((budget) => {
      const { limit, windowSeconds } = budgets[budget];
      return [budget, new RateLimiterMemory({ points: limit, duration: windowSeconds })];
    }),
  ) as Record<RateLimitBudget, RateLimiterMemory>;

  let held: DayKey | null = null;
  const destroy = (): void => {
    if (held === null) return;
    clearTimeout(held.midnight);
    held.bytes.fill(0);
    held = null;
  };
  const keyOfToday = (): Uint8Array => {
    const now = clock.now();
    const day = Math.floor(now / DAY);
    if (held?.day === day) return held.bytes;
    destroy();
    // Also when nobody asks any more; the process may end before.
    const midnight = setTimeout(destroy, (day + 1) * DAY - now).unref();
    held = { day, bytes: randomBytes(32), midnight };
    return held.bytes;
  };
  return {
    take: (budget, caller) =>
      countOne(limiters[budget], callerName(caller, keyOfToday()), budget, budgets[budget], false),
    close: destroy,
  };
};
