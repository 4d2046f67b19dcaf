// Two service processes on one Redis and one PostgreSQL count their callers together, and each for itself while Redis is away.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { type RunningService, startService } from "../support/process.ts";
import { redisServer, startRedis, type TestRedis } from "../support/redis.ts";

const LIMIT = 24;
const METRICS_TOKEN = "a-token-of-sixteen-characters";
const AT_ONCE = 4;

const program = redisServer();

let redis: TestRedis;
let postgres: TestPostgres;
let instances: readonly [RunningService, RunningService];

/** One request of the caller with this address, as the proxy in front tells it. */
const ask = async ({ url }: RunningService, address: string): Promise<number> => {
  const response = await fetch(`${url}/v1/consent-policy`, { headers: { "x-forwarded-for": address } });
  await response.arrayBuffer();
  return response.status;
};

/** Requests an instance has counted alone or with the others, whatever became of them. */
const counted = async ({ url }: RunningService, how: "shared" | "local"): Promise<number> => {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const text = await (await fetch(`${url}/metrics`, { headers })).text();
  return text
    .split("\n")
    .filter((line) => line.startsWith("gonogo_rate_limit_decisions_total{") && line.includes(`"${how}"`))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
};

const countedAlone = async (): Promise<number> => {
  const each = await Promise.all(instances.map((instance) => counted(instance, "local")));
  return each.reduce((sum, one) => sum + one, 0);
};

/** `times` requests to each of the instances in turn, a few at once: how often each status was answered. */
const statusesOf = async (
  asked: readonly RunningService[],
  address: string,
  times: number,
): Promise<Readonly<Record<number, number>>> => {
  const waiting = Array.from({ length: times }, () => asked).flat();
  const statuses: Record<number, number> = {};
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const status = await ask(next, address);
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return statuses;
};

let used = 0;
/** Nobody has counted it yet, so that its window begins with its first request. */
const freshAddress = (): string => {
  used += 1;
  return `198.18.${used >> 8}.${used & 255}`;
};

/**
 * What both admit together to one caller. When Redis did not answer one of the requests within its 15 ms, as on a machine
 * that is busy with something else, that one was counted alone: then another caller is counted.
 */
const admittedTogether = async (): Promise<Readonly<Record<number, number>>> => {
  for (;;) {
    const before = await countedAlone();
    const statuses = await statusesOf(instances, freshAddress(), LIMIT);
    if ((await countedAlone()) === before) return statuses;
  }
};

const TOGETHER = { 200: LIMIT, 429: LIMIT };

/** Each tries Redis again by itself, once in its circuit's waiting time. */
const untilShared = async (): Promise<void> => {
  for (const instance of instances) {
    const before = await counted(instance, "shared");
    while ((await counted(instance, "shared")) === before) {
      await ask(instance, freshAddress());
      await Bun.sleep(50);
    }
  }
};

const start = async (): Promise<void> => {
  const settings = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    RATE_LIMIT_PER_MINUTE: String(LIMIT),
    TRUSTED_PROXIES: "127.0.0.1",
    SECRET_KEY: "a secret key for tests only, long enough",
    CIRCUIT_TIMEOUT_SECONDS: "1",
    METRICS_TOKEN,
  };
  instances = await Promise.all([startService(settings), startService(settings)]);
  // What an instance does for the first time takes it longer than Redis is waited for.
  for (const instance of instances) await statusesOf([instance], freshAddress(), LIMIT);
  await untilShared();
};

if (program === null) {
  console.log("LEFT OUT: two instances on one Redis: redis-server is not installed");
} else {
  beforeAll(async () => {
    [redis, postgres] = await Promise.all([startRedis(program), startPostgres()]);
    await start();
  });
  afterAll(async () => {
    const codes = await Promise.all(instances.map((instance) => instance.stop()));
    await redis.stop();
    await postgres.stop();
    expect(codes).toEqual([0, 0]);
  });

  describe("two instances on one Redis and one PostgreSQL", () => {
    test("admit together exactly the limit in a window", async () => {
      expect(await admittedTogether()).toEqual(TOGETHER);
    });

    test("go on with one count when a caller changes from one to the other", async () => {
      for (;;) {
        const before = await countedAlone();
        const address = freshAddress();
        const [one, other] = instances;
        const first = await statusesOf([one], address, LIMIT - 1);
        const second = await statusesOf([other], address, 3);
        if ((await countedAlone()) !== before) continue;
        expect([first, second]).toEqual([{ 200: LIMIT - 1 }, { 200: 1, 429: 2 }]);
        return;
      }
    });

    test("with Redis killed, each limits by its own count and none errs; with Redis back, they share again", async () => {
      const known = freshAddress();
      const [one, other] = instances;
      expect(await statusesOf([one], known, 10)).toEqual({ 200: 10 });
      await redis.signal("SIGKILL");
      // What an instance admitted before counts after: nobody gains by Redis being away.
      expect(await statusesOf([one], known, LIMIT)).toEqual({ 200: LIMIT - 10, 429: 10 });
      expect(await statusesOf([other], known, LIMIT + 5)).toEqual({ 200: LIMIT, 429: 5 });
      for (const instance of instances) {
        const alone = await counted(instance, "local");
        expect(await statusesOf([instance], freshAddress(), LIMIT + 5)).toEqual({ 200: LIMIT, 429: 5 });
        expect((await counted(instance, "local")) - alone).toBe(LIMIT + 5);
        expect((await fetch(`${instance.url}/health/ready`)).status).toBe(200);
      }

      await redis.restart();
      await untilShared();
      expect(await admittedTogether()).toEqual(TOGETHER);
      for (const instance of instances) expect(instance.output()).not.toContain("unhandled_exception");
    });
  });
}
