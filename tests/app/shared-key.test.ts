import { expect, test } from "bun:test";
import type { Redis } from "ioredis";
import { makeSharedKey } from "../../src/adapters/rate-limit/shared-key.ts";
import { DAY, type Instant } from "../../src/domain/shared/instant.ts";

const NOON = Date.UTC(2026, 2, 1, 12);

/** As much of Redis as a key needs: what was set first stays, and answers may be held back. */
const fakeRedis = () => {
  const stored = new Map<string, string>();
  let asked = 0;
  let held: Promise<unknown> = Promise.resolve();
  const redis = {
    set: async (name: string, value: string) => {
      asked += 1;
      await held;
      if (!stored.has(name)) stored.set(name, value);
      return "OK";
    },
    get: async (name: string) => {
      await held;
      return stored.get(name) ?? null;
    },
  };
  return {
    redis: redis as unknown as Redis,
    stored,
    asked: () => asked,
    hold: () => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      held = promise;
      return { release: resolve, fail: reject };
    },
  };
};

const textOf = async (key: Promise<Uint8Array>): Promise<string> => Buffer.from(await key).toString("hex");

const given = () => {
  const fake = fakeRedis();
  let now = NOON;
  const key = makeSharedKey(fake.redis, "secret", { now: () => now as Instant });
  return {
    ...fake,
    today: () => textOf(key.today()),
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
};

const settled = () => Bun.sleep(0);

test("is asked for once, and again after a minute, while everybody goes on with the one that is known", async () => {
  const { today, pass, stored, asked, hold } = given();
  const first = await today();
  expect(await today()).toBe(first);
  expect(asked()).toBe(1);

  stored.clear();
  pass(60_000);
  const { release } = hold();
  expect([await today(), await today()]).toEqual([first, first]);
  expect(asked()).toBe(2);
  release();
  await settled();
  const second = await today();
  expect(second).not.toBe(first);
  expect(await today()).toBe(second);
  expect(asked()).toBe(2);
});

test("stays when Redis does not answer the second question, which is asked again", async () => {
  const { today, pass, asked, hold } = given();
  const first = await today();
  pass(60_000);
  const { fail } = hold();
  expect(await today()).toBe(first);
  fail(new Error("gone"));
  await settled();
  expect(await today()).toBe(first);
  expect(asked()).toBe(3);
});

test("of another day is another, and nobody goes on with the old one", async () => {
  const { today, pass, hold } = given();
  const first = await today();
  pass(DAY);
  const { release } = hold();
  const waiting = today();
  expect(await Promise.race([waiting, settled().then(() => "waits")])).toBe("waits");
  release();
  expect(await waiting).not.toBe(first);
});

test("that cannot be had is a rejection for who waits, and asked for anew by whoever comes next", async () => {
  const { today, hold } = given();
  const { fail } = hold();
  const waiting = today().catch((error: unknown) => String(error));
  fail(new Error("gone"));
  expect(await waiting).toBe("Error: gone");
  hold().release();
  expect(await today()).toHaveLength(64);
});
