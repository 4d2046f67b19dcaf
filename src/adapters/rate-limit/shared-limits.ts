import type { Redis } from "ioredis";
import { RateLimiterRedis } from "rate-limiter-flexible";
import type { Clock } from "../../ports/clock.ts";
import type { Logger } from "../../ports/logger.ts";
import { OutsideCallFailure, type OutsideCalls } from "../../ports/outside-call.ts";
import {
  type LimitedCaller,
  RATE_LIMIT_BUDGETS,
  type RateLimitBudget,
  type RateLimitDecision,
} from "../../ports/rate-limiter.ts";
import type { Budgets } from "./budgets.ts";
import { callerName } from "./caller-name.ts";
import { countOne } from "./counted.ts";
import { makeSharedKey } from "./shared-key.ts";

export interface SharedLimits {
  /** Null when Redis did not answer. */
  take(budget: RateLimitBudget, caller: LimitedCaller): Promise<RateLimitDecision | null>;
  close(): void;
}

export interface RedisOptions {
  /** REDIS_URL: redis://, or rediss:// for TLS. */
  readonly url: string;
  /** The same in all instances and unknown to Redis. */
  readonly secret: string;
  readonly outsideCalls: OutsideCalls;
}

/** How long a start waits for Redis before it goes on without. */
const FIRST_CONNECTION_MS = 2_000;
/** A connection that is asked and says nothing for so long is given up for a new one. */
const SILENCE_MS = 5_000;
const LONGEST_PAUSE_MS = 2_000;
/** A Redis that comes and goes is written about once in so long. */
const WARN_AGAIN_MS = 60_000;

export const openSharedLimits = async (
  { url, secret, outsideCalls }: RedisOptions,
  budgets: Budgets,
  clock: Clock,
  logger: Logger,
): Promise<SharedLimits> => {
  const whereabouts = makeWhereabouts(logger);
  const redis = await connect(url, whereabouts.away);
  const key = makeSharedKey(redis, secret, clock);
  redis.on("ready", key.forget);
  const limiters = Object.fromEntries(
    RATE_LIMIT_BUDGETS.map((budget) => {
      const { limit, windowSeconds } = budgets[budget];
      const options = { points: limit, duration: windowSeconds, keyPrefix: `gonogo:limits:${budget}` };
      return [budget, new RateLimiterRedis({ ...options, storeClient: redis })];
    }),
  ) as Record<RateLimitBudget, RateLimiterRedis>;

  return {
    take: async (budget, caller) => {
      try {
        const decision = await outsideCalls.run("redis", async () => {
          const name = callerName(caller, await key.today());
          return countOne(limiters[budget], name, budget, budgets[budget], true);
        });
        whereabouts.back();
        return decision;
      } catch (failure) {
        if (!(failure instanceof OutsideCallFailure)) throw failure;
        whereabouts.away(failure.kind);
        return null;
      }
    },
    close: () => redis.disconnect(),
  };
};

/** Nothing waits in this client: a command that cannot be sent now fails now, and none is sent twice. */
const connect = async (url: string, away: (why: string) => void): Promise<Redis> => {
  // Loaded only where REDIS_URL is set: others start without it.
  const { Redis: Client } = await import("ioredis");
  const redis = new Client(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: FIRST_CONNECTION_MS,
    socketTimeout: SILENCE_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), LONGEST_PAUSE_MS),
    disableClientInfo: true,
  });
  redis.on("error", () => away("failed"));
  const connected = redis.connect().catch(() => away("failed"));
  await Promise.race([connected, Bun.sleep(FIRST_CONNECTION_MS)]);
  return redis;
};

/** One warning when counting becomes local, one line when it is shared again. */
const makeWhereabouts = (logger: Logger) => {
  let warned = false;
  let warnedAt = Number.NEGATIVE_INFINITY;
  return {
    away: (why: string): void => {
      const now = performance.now();
      if (warned || now - warnedAt < WARN_AGAIN_MS) return;
      warned = true;
      warnedAt = now;
      logger.warn("rate_limits_local", { operation: "redis", failure: why });
    },
    back: (): void => {
      if (!warned) return;
      warned = false;
      logger.info("rate_limits_shared", { operation: "redis" });
    },
  };
};
