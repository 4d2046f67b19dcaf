import { describe, expect, test } from "bun:test";
import { OUTSIDE_LIMITS, type OutsideLimits } from "../../src/adapters/resilience/limits.ts";
import { makeOutsideCalls } from "../../src/adapters/resilience/outside-calls.ts";
import type { LogFields, Logger } from "../../src/ports/logger.ts";
import { OutsideCallFailure, type OutsideCallOptions } from "../../src/ports/outside-call.ts";

const SECRET = "ada@example.org was refused by 192.0.2.1";

/** A circuit around `smtp` with a clock that stands where it is set, and everything that it said. */
const given = (limits: Partial<OutsideLimits> = {}) => {
  let now = 1_000;
  const said: string[] = [];
  const say = (event: string, fields?: LogFields) => said.push(`${event} ${fields?.operation}`);
  const logger: Logger = { info: say, warn: say, error: say };
  const states: string[] = [];
  const calls = makeOutsideCalls({
    failureThreshold: 5,
    openSeconds: 60,
    logger,
    onStateChange: (service, state) => states.push(`${service} ${state}`),
    limits: { ...OUTSIDE_LIMITS, smtp: { ...OUTSIDE_LIMITS.smtp, backoffMs: [1, 2], ...limits } },
    monotonic: () => now,
  });
  let attempts = 0;
  const outcome = (task: () => Promise<unknown>, options?: OutsideCallOptions): Promise<unknown> =>
    calls
      .run(
        "smtp",
        () => {
          attempts++;
          return task();
        },
        options,
      )
      .catch((failure: unknown) => {
        expect(failure).toBeInstanceOf(OutsideCallFailure);
        return (failure as OutsideCallFailure).kind;
      });
  return {
    calls,
    said,
    states,
    attempts: () => attempts,
    succeed: () => outcome(async () => "done"),
    fail: (options?: OutsideCallOptions) => outcome(() => Promise.reject(new TypeError(SECRET)), options),
    outcome,
    pass: (seconds: number) => {
      now += seconds * 1_000;
    },
    failTimes: async (times: number) => {
      for (let each = 0; each < times; each++) {
        expect(await outcome(() => Promise.reject(new TypeError(SECRET)))).toBe("failed");
      }
    },
  };
};

describe("the circuit", () => {
  test("opens after exactly five failures in a row, and then nobody is let through", async () => {
    const service = given();
    await service.failTimes(4);
    expect(service.calls.state("smtp")).toBe("CLOSED");
    await service.failTimes(1);
    expect(service.calls.state("smtp")).toBe("OPEN");
    expect(await service.succeed()).toBe("open");
    expect(service.attempts()).toBe(5);
  });

  test("counts failures in a row: a success begins anew", async () => {
    const service = given();
    await service.failTimes(4);
    expect(await service.succeed()).toBe("done");
    await service.failTimes(4);
    expect(service.calls.state("smtp")).toBe("CLOSED");
  });

  test("takes an answer for a success whatever it says", async () => {
    const service = given();
    for (let each = 0; each < 6; each++) {
      expect(await service.outcome(async () => ({ ok: false, error: "no such mailbox" }))).toBeObject();
    }
    expect(service.calls.state("smtp")).toBe("CLOSED");
  });

  test("stays open for sixty seconds, whatever the time of day", async () => {
    const service = given();
    await service.failTimes(5);
    service.pass(59.999);
    expect(await service.succeed()).toBe("open");
    service.pass(0.001);
    expect(await service.succeed()).toBe("done");
    expect(service.calls.state("smtp")).toBe("CLOSED");
  });

  test("lets one through when half open, and refuses the others at once", async () => {
    const service = given();
    await service.failTimes(5);
    service.pass(60);
    const probe = Promise.withResolvers<string>();
    const trying = service.outcome(() => probe.promise);
    await Promise.resolve();
    expect(service.calls.state("smtp")).toBe("HALF_OPEN");
    expect(await Promise.all([service.succeed(), service.succeed()])).toEqual(["open", "open"]);
    expect(service.attempts()).toBe(6);
    probe.resolve("back");
    expect(await trying).toBe("back");
    expect(await service.succeed()).toBe("done");
  });

  test("opens again when the one fails, for another sixty seconds", async () => {
    const service = given();
    await service.failTimes(5);
    service.pass(60);
    await service.failTimes(1);
    expect(service.calls.state("smtp")).toBe("OPEN");
    service.pass(59);
    expect(await service.succeed()).toBe("open");
    service.pass(1);
    expect(await service.succeed()).toBe("done");
    // Closed again, it takes five failures as before.
    await service.failTimes(4);
    expect(service.calls.state("smtp")).toBe("CLOSED");
  });

  test("tells of every change, to the log and to whoever listens", async () => {
    const service = given();
    await service.failTimes(5);
    service.pass(60);
    await service.failTimes(1);
    service.pass(60);
    await service.succeed();
    expect(service.states).toEqual([
      "smtp OPEN",
      "smtp HALF_OPEN",
      "smtp OPEN",
      "smtp HALF_OPEN",
      "smtp CLOSED",
    ]);
    expect(service.said).toEqual([
      "circuit_opened smtp",
      "circuit_half_open smtp",
      "circuit_opened smtp",
      "circuit_half_open smtp",
      "circuit_closed smtp",
    ]);
  });

  test("is one for each service", async () => {
    const service = given();
    await service.failTimes(5);
    expect(service.calls.state("redis")).toBe("CLOSED");
    expect(await service.calls.run("redis", async () => "there")).toBe("there");
  });
});

describe("a call", () => {
  test("that is not answered in time is told to end, and counts as a failure", async () => {
    const service = given({ timeoutMs: 1 });
    const aborted: boolean[] = [];
    for (let each = 0; each < 5; each++) {
      const failure = await service.calls
        .run("smtp", (signal) => {
          signal.addEventListener("abort", () => aborted.push(signal.aborted));
          return new Promise(() => undefined);
        })
        .catch((thrown: unknown) => thrown);
      expect(failure).toMatchObject({ kind: "timeout", service: "smtp", exceptionType: null });
    }
    expect(aborted).toEqual([true, true, true, true, true]);
    expect(service.calls.state("smtp")).toBe("OPEN");
  });

  test("that ends by its signal has timed out, whatever it throws", async () => {
    const service = given({ timeoutMs: 1 });
    const ended = service.calls.run(
      "smtp",
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(new Error("aborted")));
        }),
    );
    expect(await ended.catch((thrown: unknown) => thrown)).toMatchObject({ kind: "timeout" });
  });

  test("that was answered is not told to end afterwards", async () => {
    const service = given();
    let kept: AbortSignal | null = null;
    await service.calls.run("smtp", async (signal) => {
      kept = signal;
    });
    expect(kept).toMatchObject({ aborted: false });
  });

  test("is refused when all places are taken, which is no failure of the service", async () => {
    const service = given({ concurrent: 2, queued: 1 });
    const held = Promise.withResolvers<string>();
    const taken = [1, 2, 3].map(() => service.outcome(() => held.promise));
    await Promise.resolve();
    for (let each = 0; each < 6; each++) expect(await service.succeed()).toBe("full");
    expect(service.attempts()).toBe(2);
    expect(service.calls.state("smtp")).toBe("CLOSED");
    held.resolve("done");
    expect(await Promise.all(taken)).toEqual(["done", "done", "done"]);
    expect(await service.succeed()).toBe("done");
  });

  test("gives its place back when it fails", async () => {
    const service = given({ concurrent: 1, queued: 0 });
    await service.failTimes(2);
    expect(await service.succeed()).toBe("done");
  });

  test("runs once unless it says that it is safe to repeat", async () => {
    const service = given({ retries: 2 });
    expect(await service.fail()).toBe("failed");
    expect(service.attempts()).toBe(1);
    expect(await service.fail({ safeToRepeat: true })).toBe("failed");
    expect(service.attempts()).toBe(4);
  });

  test("is answered by the first attempt that succeeds", async () => {
    const service = given({ retries: 2 });
    const outcomes = [Promise.reject(new Error("lost")), Promise.resolve("second")];
    for (const each of outcomes) each.catch(() => undefined);
    const answer = await service.outcome(() => outcomes.shift() ?? Promise.resolve("third"), {
      safeToRepeat: true,
    });
    expect(answer).toBe("second");
    expect(service.attempts()).toBe(2);
  });

  test("is not repeated against an open circuit, and each attempt counts towards opening it", async () => {
    const service = given({ retries: 9 });
    expect(await service.fail({ safeToRepeat: true })).toBe("open");
    expect(service.attempts()).toBe(5);
    expect(service.calls.state("smtp")).toBe("OPEN");
  });

  test("fails without the words of the other side", async () => {
    const service = given();
    const failure = await service.calls
      .run("smtp", () => Promise.reject(new TypeError(SECRET)))
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({
      name: "OutsideCallFailure",
      service: "smtp",
      kind: "failed",
      exceptionType: "TypeError",
    });
    expect(Bun.inspect(failure)).not.toContain("ada@");
    expect(Bun.inspect(failure)).not.toContain("192.0.2.1");
    expect((failure as Error).cause).toBeUndefined();
  });

  test("that throws before it begins fails like any other", async () => {
    const service = given();
    const thrown = await service.calls
      .run("smtp", () => {
        throw new RangeError(SECRET);
      })
      .catch((failure: unknown) => failure);
    expect(thrown).toMatchObject({ kind: "failed", exceptionType: "RangeError" });
  });
});
