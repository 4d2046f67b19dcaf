import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { makeLogger } from "../../src/adapters/pino/logger.ts";
import type { LogFields } from "../../src/ports/logger.ts";

const recorder = () => {
  const chunks: string[] = [];
  return { logger: makeLogger({ write: (chunk) => void chunks.push(chunk) }), text: () => chunks.join("") };
};

const onlyLine = (text: string): Record<string, unknown> => {
  expect(text.endsWith("\n")).toBe(true);
  expect(text.slice(0, -1)).not.toContain("\n");
  return JSON.parse(text) as Record<string, unknown>;
};

describe("a log line", () => {
  test.each(["info", "warn", "error"] as const)(
    "of level %s is one JSON object with time, event and fields",
    (level) => {
      const { logger, text } = recorder();
      logger[level]("request_processed", {
        method: "GET",
        path_template: "/v1/threads/:thread/comments",
        status_code: 200,
        duration_ms: 1.25,
      });
      const { time, ...line } = onlyLine(text());
      expect(line).toEqual({
        level,
        event: "request_processed",
        method: "GET",
        path_template: "/v1/threads/:thread/comments",
        status_code: 200,
        duration_ms: 1.25,
      });
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    },
  );

  test("has neither process nor host in it", () => {
    const { logger, text } = recorder();
    logger.info("service_started");
    expect(Object.keys(onlyLine(text())).toSorted()).toEqual(["event", "level", "time"]);
  });

  test("drops what is not on the list, however it got there", () => {
    const { logger, text } = recorder();
    const smuggled = {
      method: "POST",
      email: "ada@example.org",
      err: new Error("ada@example.org"),
      msg: "ada@example.org",
      path: "/ada@example.org",
      toJSON: () => ({ email: "ada@example.org" }),
      __proto__: { support_id: "x", name: "ada@example.org" },
    };
    logger.error("unhandled_exception", smuggled as LogFields);
    expect(text()).not.toContain("ada");
    expect(onlyLine(text())).toMatchObject({ method: "POST" });
  });

  test("drops allowed fields of another type, and keeps null", () => {
    const { logger, text } = recorder();
    const fields = {
      method: { toJSON: () => "ada@example.org" },
      status_code: "ada@example.org",
      duration_ms: Number.NaN,
      path_template: ["ada"],
      sql_state: null,
    };
    logger.info("x", fields as unknown as LogFields);
    const { time: _, ...line } = onlyLine(text());
    expect(line).toEqual({ level: "info", event: "x", sql_state: null });
  });

  test("bounds texts", () => {
    const { logger, text } = recorder();
    logger.info("e".repeat(5_000), { operation: `${"o".repeat(199)}😀${"o".repeat(5_000)}` });
    const line = onlyLine(text());
    expect(line["event"]).toBe(`${"e".repeat(200)}…`);
    expect(line["operation"]).toBe(`${"o".repeat(199)}\uFFFD…`);
  });

  test("stays one line of printable characters for every text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary-ascii" }), (event, method) => {
        const { logger, text } = recorder();
        logger.info(event, { method });
        const line = onlyLine(text());
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
        expect(text().slice(0, -1)).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/);
        expect(typeof line["event"]).toBe("string");
        expect(line["level"]).toBe("info");
      }),
      { numRuns: 500 },
    );
  });

  test("that cannot be written throws nothing", () => {
    const logger = makeLogger({
      write: () => {
        throw new Error("disk full");
      },
    });
    expect(() => logger.error("x")).not.toThrow();
    const fields = {
      get method(): string {
        throw new Error("no");
      },
    };
    expect(() => makeLogger({ write: () => {} }).info("x", fields)).not.toThrow();
  });

  test("is on standard output even when the process dies right after it", async () => {
    const adapter = join(import.meta.dir, "../../src/adapters/pino/logger.ts");
    const script = `import { makeLogger } from ${JSON.stringify(adapter)};
      const logger = makeLogger();
      for (let count = 1; count <= 100; count += 1) logger.info("last_words", { count });
      process.kill(process.pid, "SIGKILL");`;
    const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "pipe" });
    const lines = (await child.stdout.text()).trim().split("\n");
    await child.exited;
    expect(child.signalCode).toBe("SIGKILL");
    expect(lines).toHaveLength(100);
    expect(JSON.parse(lines[99] ?? "")).toMatchObject({ event: "last_words", count: 100 });
  });
});
