import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import fc from "fast-check";
import { systemClock } from "../../src/adapters/crypto/system-clock.ts";
import { rateLimitFields } from "../../src/adapters/http/rate-limit-fields.ts";
import { budgetsOf } from "../../src/adapters/rate-limit/budgets.ts";
import { callerName } from "../../src/adapters/rate-limit/caller-name.ts";
import { openRateLimiter } from "../../src/adapters/rate-limit/rate-limiter.ts";
import type { Logger } from "../../src/ports/logger.ts";
import {
  type LimitedCaller,
  RATE_LIMIT_BUDGETS,
  type RateLimitDecision,
} from "../../src/ports/rate-limiter.ts";

const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

const open = (perMinute = 60) =>
  openRateLimiter({ perMinute, servicePerMinute: 3, redis: null, clock: systemClock, logger: silent });

const from = (value: string | null): LimitedCaller => ({ kind: "address", value });

describe("a limiter that counts for itself", () => {
  afterEach(() => {
    setSystemTime();
  });

  test("admits a budget's limit in a window, and says what is left and until when", async () => {
    setSystemTime(new Date("2026-03-01T12:00:00Z"));
    const limiter = await open(3);
    const decisions: RateLimitDecision[] = [];
    for (let each = 0; each < 5; each++) decisions.push(await limiter.take("general", from("192.0.2.1")));
    expect(decisions.map(({ admitted }) => admitted)).toEqual([true, true, true, false, false]);
    expect(decisions.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0, 0]);
    expect(decisions[4]).toEqual({
      budget: "general",
      admitted: false,
      limit: 3,
      windowSeconds: 60,
      remaining: 0,
      resetSeconds: 60,
      shared: false,
    });
    setSystemTime(new Date("2026-03-01T12:00:17.500Z"));
    expect((await limiter.take("general", from("192.0.2.1"))).resetSeconds).toBe(43);
    setSystemTime(new Date("2026-03-01T12:00:59.999Z"));
    expect(await limiter.take("general", from("192.0.2.1"))).toMatchObject({
      admitted: false,
      resetSeconds: 1,
    });
    setSystemTime(new Date("2026-03-01T12:01:00.001Z"));
    expect(await limiter.take("general", from("192.0.2.1"))).toMatchObject({ admitted: true, remaining: 2 });
    await limiter.close();
  });

  test("counts each budget and each caller apart", async () => {
    const limiter = await open();
    for (let each = 0; each < 5; each++) await limiter.take("sign-in", from("192.0.2.1"));
    expect((await limiter.take("sign-in", from("192.0.2.1"))).admitted).toBe(false);
    expect((await limiter.take("general", from("192.0.2.1"))).remaining).toBe(59);
    expect((await limiter.take("sign-in", from("192.0.2.2"))).admitted).toBe(true);
    expect((await limiter.take("sign-in", { kind: "subject", value: "192.0.2.1" })).admitted).toBe(true);
    await limiter.close();
  });

  test.each([
    ["of one /64", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true],
    ["of two /64", "2001:db8:1:2::1", "2001:db8:1:3::1", false],
    ["of two spellings", "2001:db8::1", "2001:0DB8:0000::1", true],
    ["of IPv4", "192.0.2.1", "192.0.2.2", false],
    ["of IPv4 mapped into IPv6", "192.0.2.1", "::ffff:192.0.2.1", true],
    ["of IPv4 mapped into IPv6, not of their /64", "::ffff:192.0.2.1", "::ffff:192.0.2.2", false],
    ["that are none", null, "/run/gonogo.sock", true],
    ["that are none and one that is", null, "192.0.2.1", false],
  ])("counts addresses %s", async (_, one, other, alike) => {
    const limiter = await open();
    await limiter.take("general", from(one));
    expect((await limiter.take("general", from(other))).remaining).toBe(alike ? 58 : 59);
    await limiter.close();
  });

  test("begins anew with the day (UTC), under another key", async () => {
    setSystemTime(new Date("2026-03-01T23:59:58Z"));
    const limiter = await open(1);
    await limiter.take("general", from("192.0.2.1"));
    expect((await limiter.take("general", from("192.0.2.1"))).admitted).toBe(false);
    setSystemTime(new Date("2026-03-02T00:00:01Z"));
    expect((await limiter.take("general", from("192.0.2.1"))).admitted).toBe(true);
    await limiter.close();
  });
});

describe("a caller's name", () => {
  const key = new Uint8Array(32).fill(7);

  test("is a keyed hash of 144 bits that shows nothing and depends on the key", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const name = callerName(from(address), key);
        expect(name).toMatch(/^[A-Za-z0-9_-]{24}$/);
        expect(name).toBe(callerName(from(address), key));
        expect(name).not.toBe(callerName(from(address), new Uint8Array(32).fill(8)));
        expect(name).not.toBe(callerName({ kind: "subject", value: address }, key));
      }),
    );
  });
});

describe("the budgets", () => {
  test("are RATE_LIMIT_PER_MINUTE and what is tighter, and a program's own", () => {
    expect(budgetsOf(60, 60_000)).toEqual({
      general: { limit: 60, windowSeconds: 60 },
      "sign-in": { limit: 5, windowSeconds: 60 },
      consent: { limit: 30, windowSeconds: 60 },
      comments: { limit: 10, windowSeconds: 60 },
      exports: { limit: 3, windowSeconds: 3_600 },
      service: { limit: 60_000, windowSeconds: 60 },
    });
  });

  test("of a minute are shares of it, and at least one request", () => {
    const limits = (perMinute: number) => {
      const { general, consent, comments, ...others } = budgetsOf(perMinute, 60_000);
      return [general, consent, comments, others["sign-in"]].map(({ limit }) => limit);
    };
    expect(limits(60)).toEqual([60, 30, 10, 5]);
    expect(limits(1)).toEqual([1, 1, 1, 1]);
    expect(limits(12_000)).toEqual([12_000, 6_000, 2_000, 1_000]);
  });
});

const decision = (some: Partial<RateLimitDecision>): RateLimitDecision => ({
  budget: "general",
  admitted: true,
  limit: 60,
  windowSeconds: 60,
  remaining: 59,
  resetSeconds: 42,
  shared: false,
  ...some,
});

/** A list of RFC 9651 whose members are strings with integer parameters, read strictly. */
const readList = (field: string): readonly (readonly [string, Record<string, number>])[] =>
  field.split(", ").map((member) => {
    const [, name = "", parameters = ""] = /^"([\x20\x21\x23-\x5b\x5d-\x7e]+)"((?:;[a-z]+=\d{1,15})+)$/.exec(
      member,
    ) ?? [member];
    expect(parameters).not.toBe("");
    const pairs = parameters
      .slice(1)
      .split(";")
      .map((pair) => pair.split("="));
    return [name, Object.fromEntries(pairs.map(([key = "", value]) => [key, Number(value)]))];
  });

describe("the header fields", () => {
  test("name the budget in both, as lists of RFC 9651", () => {
    expect(rateLimitFields([decision({})])).toEqual({
      "RateLimit-Policy": '"general";q=60;w=60',
      RateLimit: '"general";r=59;t=42',
    });
    expect(
      rateLimitFields([
        decision({}),
        decision({ budget: "sign-in", limit: 5, remaining: 4, resetSeconds: 7 }),
      ]),
    ).toEqual({
      "RateLimit-Policy": '"general";q=60;w=60, "sign-in";q=5;w=60',
      RateLimit: '"general";r=59;t=42, "sign-in";r=4;t=7',
    });
  });

  test("are none where nothing was counted", () => {
    expect(rateLimitFields([])).toEqual({});
  });

  test("of a refusal say when to come back: when the last that refused admits again", () => {
    const refused = { admitted: false, remaining: 0 };
    expect(
      rateLimitFields([
        decision({ ...refused, resetSeconds: 30 }),
        decision({ budget: "exports", limit: 3, windowSeconds: 3_600, ...refused, resetSeconds: 1_200 }),
        decision({ budget: "consent", limit: 30, remaining: 29, resetSeconds: 2_000 }),
      ])["Retry-After"],
    ).toBe("1200");
  });

  test("show of two decisions about one budget the one that leaves less", () => {
    const byAddress = decision({ remaining: 3, resetSeconds: 9 });
    const bySubject = decision({ remaining: 50, resetSeconds: 59 });
    expect(rateLimitFields([byAddress, bySubject])["RateLimit"]).toBe('"general";r=3;t=9');
    expect(rateLimitFields([bySubject, byAddress])["RateLimit"]).toBe('"general";r=3;t=9');
    const last = decision({ remaining: 0, resetSeconds: 50 });
    const refused = decision({ remaining: 0, resetSeconds: 5, admitted: false });
    expect(rateLimitFields([last, refused])["RateLimit"]).toBe('"general";r=0;t=5');
    expect(rateLimitFields([refused, last])["RateLimit"]).toBe('"general";r=0;t=5');
  });

  test("parse, agree with each other and never ask to come back too early", () => {
    const any = fc.record({
      budget: fc.constantFrom(...RATE_LIMIT_BUDGETS),
      admitted: fc.boolean(),
      limit: fc.integer({ min: 1, max: 1_000_000 }),
      windowSeconds: fc.integer({ min: 1, max: 86_400 }),
      remaining: fc.nat(1_000_000),
      resetSeconds: fc.integer({ min: 1, max: 86_400 }),
      shared: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 6 }), (decisions) => {
        const fields = rateLimitFields(decisions);
        const policies = readList(fields["RateLimit-Policy"] ?? "");
        const limits = readList(fields["RateLimit"] ?? "");
        expect(limits.map(([name]) => name)).toEqual(policies.map(([name]) => name));
        expect(new Set(policies.map(([name]) => name)).size).toBe(policies.length);
        const waits = decisions.flatMap(({ admitted, resetSeconds }) => (admitted ? [] : [resetSeconds]));
        expect(fields["Retry-After"]).toBe(waits.length === 0 ? undefined : String(Math.max(...waits)));
      }),
    );
  });
});
