import type { OutsideService } from "../../ports/outside-call.ts";

export interface OutsideLimits {
  /** Of one attempt. */
  readonly timeoutMs: number;
  /** Calls at once, and how many more may wait for a place. */
  readonly concurrent: number;
  readonly queued: number;
  /** After the first attempt, where a task is safe to repeat. */
  readonly retries: number;
  /** Bounds of the pauses between attempts. */
  readonly backoffMs: readonly [first: number, longest: number];
  /** Longest time for which its circuit stays open, whatever the setting says. */
  readonly openSecondsMax?: number;
}

/**
 * Redis answers within a request or not at all: the limiter has a local answer. A request may wait for it twice, and one that
 * is slow for everybody must open its circuit instead of making everybody slow. The others have a queue behind them. A mail
 * server may take its time once it has a mail, and giving up then is sending it twice. Without the database nothing works at
 * all, so that one call every second looks whether it is back.
 */
export const OUTSIDE_LIMITS: Readonly<Record<OutsideService, OutsideLimits>> = {
  redis: { timeoutMs: 15, concurrent: 256, queued: 0, retries: 0, backoffMs: [10, 50] },
  database: {
    timeoutMs: 5_000,
    concurrent: 64,
    queued: 1_024,
    retries: 0,
    backoffMs: [20, 200],
    openSecondsMax: 1,
  },
  smtp: { timeoutMs: 60_000, concurrent: 4, queued: 32, retries: 1, backoffMs: [500, 5_000] },
  witness: { timeoutMs: 10_000, concurrent: 1, queued: 1, retries: 1, backoffMs: [500, 5_000] },
  webhooks: { timeoutMs: 20_000, concurrent: 16, queued: 64, retries: 1, backoffMs: [500, 5_000] },
};
