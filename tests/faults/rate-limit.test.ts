import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Redis } from "ioredis";
import { openRateLimiter } from "../../src/adapters/rate-limit/rate-limiter.ts";
import { OUTSIDE_LIMITS } from "../../src/adapters/resilience/limits.ts";
import { makeOutsideCalls } from "../../src/adapters/resilience/outside-calls.ts";
import { DAY, type Instant } from "../../src/domain/shared/instant.ts";
import type { LogFields, Logger } from "../../src/ports/logger.ts";
import type { OutsideCalls } from "../../src/ports/outside-call.ts";
import type { LimitedCaller, RateLimiter } from "../../src/ports/rate-limiter.ts";
import { redisServer, startRedis, type TestRedis } from "../support/redis.ts";

const SECRET = "what all instances share and Redis never sees";
const LIMIT = 60;
const CANARY = "203.0.113.77";

const program = redisServer();

/** One instance of the service, as far as its limiter goes, with its own circuit and a clock that stands where it is set. */
const openInstance = async (url: string, timeoutMs: number, today = Date.UTC(2026, 2, 1, 12)) => {
  const log: string[] = [];
  const say = (event: string, fields?: LogFields) => log.push(`${event} ${fields?.operation}`);
  const logger: Logger = { info: say, warn: say, error: say };
  let monotonic = 0;
  let asked = 0;
  const circuit = makeOutsideCalls({
    failureThreshold: 5,
    openSeconds: 60,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    limits: { ...OUTSIDE_LIMITS, redis: { ...OUTSIDE_LIMITS.redis, timeoutMs } },
    monotonic: () => monotonic,
  });
  const outsideCalls: OutsideCalls = {
    run: (service, task, options) =>
      circuit.run(
        service,
        (signal) => {
          asked++;
          return task(signal);
        },
        options,
      ),
    state: circuit.state,
  };
  const limiter = await openRateLimiter({
    servicePerMinute: 60_000,
    perMinute: LIMIT,
    redis: { url, secret: SECRET, outsideCalls },
    clock: { now: () => today as Instant },
    logger,
  });
  return {
    limiter,
    log,
    state: () => circuit.state("redis"),
    /** How often Redis was waited for. */
    asked: () => asked,
    /** Lets the circuit's waiting time pass. */
    pass: () => {
      monotonic += 60_000;
    },
  };
};

/** Lets a call try again and again: the client connects in its own time, and the one that tries must find it connected. */
const backOnRedis = async ({ limiter, pass }: Awaited<ReturnType<typeof openInstance>>): Promise<void> => {
  for (;;) {
    pass();
    if ((await limiter.take("general", from("192.0.2.99"))).shared) return;
    await Bun.sleep(20);
  }
};

/** Nothing here is about time: this much is never waited, but on a machine that hardly moves. */
const PATIENT = 10_000;

const from = (value: string): LimitedCaller => ({ kind: "address", value });

const admittedOf = async (limiters: readonly RateLimiter[], caller: LimitedCaller, times: number) => {
  const decisions = await Promise.all(
    Array.from({ length: times }, () => limiters.map((limiter) => limiter.take("general", caller))).flat(),
  );
  return {
    admitted: decisions.filter(({ admitted }) => admitted).length,
    shared: decisions.filter(({ shared }) => shared).length,
    remaining: decisions.map(({ remaining }) => remaining),
  };
};

if (program === null) {
  console.log("LEFT OUT: rate limits on Redis: redis-server is not installed");
} else {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis(program);
  });
  afterAll(() => redis.stop());

  describe("two instances on one Redis", () => {
    test("admit together exactly the limit, each caller's", async () => {
      const [a, b] = await Promise.all([openInstance(redis.url, PATIENT), openInstance(redis.url, PATIENT)]);
      const limiters = [a.limiter, b.limiter];
      for (const address of ["192.0.2.1", "2001:db8:5::1"]) {
        const counted = await admittedOf(limiters, from(address), 100);
        expect(counted).toMatchObject({ admitted: LIMIT, shared: 200 });
        expect(counted.remaining.filter((left) => left > 0).toSorted((x, y) => x - y)).toEqual(
          Array.from({ length: LIMIT - 1 }, (_, left) => left + 1),
        );
      }
      const signIn = await Promise.all(
        Array.from({ length: 10 }, () =>
          limiters.map((each) => each.take("sign-in", { kind: "subject", value: "a-subject" })),
        ).flat(),
      );
      expect(signIn.filter(({ admitted }) => admitted).length).toBe(5);
      expect([...a.log, ...b.log]).toEqual([]);
      for (const each of limiters) await each.close();
    });

    test("keep no address there, and the key of the day goes with the day", async () => {
      const { limiter } = await openInstance(redis.url, PATIENT);
      await limiter.take("general", from(CANARY));
      await limiter.take("comments", { kind: "subject", value: "canary-subject" });
      const inspector = new Redis(redis.url);
      const keys = await inspector.keys("*");
      const counters = keys.filter((key) => !key.startsWith("gonogo:limits:key:"));
      expect(counters.length).toBeGreaterThan(1);
      for (const key of counters) expect(key).toMatch(/^gonogo:limits:[a-z-]+:[A-Za-z0-9_-]{24}$/);
      for (const key of keys) {
        expect(`${key} ${await inspector.get(key)}`).not.toContain(CANARY);
        expect(key).not.toContain("canary-subject");
        // Whatever is there goes by itself.
        expect(await inspector.pttl(key)).toBeGreaterThan(0);
      }
      const ofTheDay = "gonogo:limits:key:2026-03-01";
      expect(keys).toContain(ofTheDay);
      expect(await inspector.pttl(ofTheDay)).toBeLessThanOrEqual(DAY / 2 + 60_000);
      inspector.disconnect();
      await limiter.close();
    });

    test("count under another key on another day", async () => {
      const today = await openInstance(redis.url, PATIENT);
      const tomorrow = await openInstance(redis.url, PATIENT, Date.UTC(2026, 2, 2, 12));
      const [one, other] = [from("192.0.2.9"), from("192.0.2.9")];
      expect((await today.limiter.take("general", one)).remaining).toBe(LIMIT - 1);
      expect(await tomorrow.limiter.take("general", other)).toMatchObject({
        remaining: LIMIT - 1,
        shared: true,
      });
      await today.limiter.close();
      await tomorrow.limiter.close();
    });
  });

  describe("a Redis that is killed", () => {
    test("leaves each instance its own limit, with one warning, and is used again when it is back", async () => {
      const instances = await Promise.all([
        openInstance(redis.url, PATIENT),
        openInstance(redis.url, PATIENT),
      ]);
      const [a, b] = instances;
      const caller = from("192.0.2.20");
      // What an instance admitted before counts after: nobody gains by Redis being away.
      expect((await admittedOf([a.limiter], caller, 10)).admitted).toBe(10);
      await redis.signal("SIGKILL");
      expect(await admittedOf([a.limiter], caller, 100)).toMatchObject({ admitted: LIMIT - 10, shared: 0 });
      expect(await admittedOf([b.limiter], caller, 100)).toMatchObject({ admitted: LIMIT, shared: 0 });
      for (const { log, state } of instances) {
        expect(log).toEqual(["rate_limits_local redis"]);
        expect(state()).toBe("OPEN");
      }

      await redis.restart();
      for (const instance of instances) await backOnRedis(instance);
      // A new Redis has lost the key of the day: both have agreed on another.
      const counted = await admittedOf([a.limiter, b.limiter], from("192.0.2.22"), 100);
      expect(counted).toMatchObject({ admitted: LIMIT, shared: 200 });
      for (const { log } of instances)
        expect(log).toEqual(["rate_limits_local redis", "rate_limits_shared redis"]);
      for (const { limiter } of instances) await limiter.close();
    });

    test("before the start does not stop it", async () => {
      await redis.signal("SIGKILL");
      const { limiter, log } = await openInstance(redis.url, PATIENT);
      expect(await admittedOf([limiter], from("192.0.2.30"), 100)).toMatchObject({
        admitted: LIMIT,
        shared: 0,
      });
      expect(log).toEqual(["rate_limits_local redis"]);
      await limiter.close();
      await redis.restart();
    });
  });

  describe("a Redis that hangs", () => {
    test("is waited for five times at most, then once in the circuit's waiting time", async () => {
      expect(OUTSIDE_LIMITS.redis).toMatchObject({ timeoutMs: 15, retries: 0, queued: 0 });
      const instance = await openInstance(redis.url, OUTSIDE_LIMITS.redis.timeoutMs);
      const { limiter, log, asked, state, pass } = instance;
      const caller = from("192.0.2.40");
      await redis.signal("SIGSTOP");
      const before = asked();
      const decisions = [];
      for (let each = 0; each < 100; each++) decisions.push(await limiter.take("general", caller));
      expect(asked() - before).toBe(5);
      expect(state()).toBe("OPEN");
      expect(decisions.filter(({ admitted }) => admitted).length).toBe(LIMIT);
      expect(decisions.every(({ shared }) => !shared)).toBe(true);

      pass();
      for (let each = 0; each < 100; each++) await limiter.take("general", from("192.0.2.41"));
      expect(asked() - before).toBe(6);
      expect(log).toEqual(["rate_limits_local redis"]);

      await redis.signal("SIGCONT");
      await backOnRedis(instance);
      expect(state()).toBe("CLOSED");
      expect(log).toEqual(["rate_limits_local redis", "rate_limits_shared redis"]);
      await limiter.close();
    });

    test("while callers come at once, is waited for by those alone who had come before it was known", async () => {
      const { limiter, asked, state } = await openInstance(redis.url, OUTSIDE_LIMITS.redis.timeoutMs);
      await redis.signal("SIGSTOP");
      const first = await admittedOf([limiter], from("192.0.2.50"), 40);
      expect(first).toMatchObject({ admitted: 40, shared: 0 });
      expect(asked()).toBe(40);
      expect(state()).toBe("OPEN");
      expect(await admittedOf([limiter], from("192.0.2.50"), 200)).toMatchObject({ admitted: LIMIT - 40 });
      expect(asked()).toBe(40);
      await redis.signal("SIGCONT");
      await limiter.close();
    });
  });
}
