import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  deleteExpiredLogFiles,
  expiredLogFiles,
  logFilesAmong,
  openLogFiles,
} from "../../src/adapters/pino/log-files.ts";
import { makeLogger } from "../../src/adapters/pino/logger.ts";
import { DAY, HOUR, type Instant } from "../../src/domain/shared/instant.ts";
import { fakeClock } from "./stage.ts";

/** 2026-02-01T00:00:00Z */
const START = Date.UTC(2026, 1, 1);

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "gonogo-logs-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const folder = (): string => mkdtempSync(join(root, "run-"));
const read = (directory: string, name: string): string => readFileSync(join(directory, name), "utf8");
const dayName = (time: number): string => `gonogo-${new Date(time).toISOString().slice(0, 10)}.log`;

describe("which log files have had their time", () => {
  const names = ["gonogo-2026-01-31.log", "gonogo-2026-01-31.1.log", "gonogo-2026-01-30.log"];

  test("is decided by the day of the name: no line outlives the period", () => {
    const at = (time: number, days: number) => expiredLogFiles(names, time as Instant, days);
    expect(at(START - 1, 2)).toEqual([]);
    expect(at(START, 2)).toEqual(["gonogo-2026-01-30.log"]);
    expect(at(START + DAY - 1, 2)).toEqual(["gonogo-2026-01-30.log"]);
    expect(at(START + DAY, 2)).toEqual([
      "gonogo-2026-01-30.log",
      "gonogo-2026-01-31.log",
      "gonogo-2026-01-31.1.log",
    ]);
    expect(at(START + 400 * DAY, 36_500)).toEqual([]);
  });

  test("leaves alone what is not a log file of ours", () => {
    const foreign = [
      "gonogo.db",
      "gonogo-2020-01-01.log.gz",
      "gonogo-2020-1-1.log",
      "gonogo-2020-13-45.log",
      "x-gonogo-2020-01-01.log",
      "../gonogo-2020-01-01.log",
      "gonogo-2020-01-01.x.log",
    ];
    expect(expiredLogFiles(foreign, START as Instant, 1)).toEqual([]);
  });

  test("for any day and period: just those whose first moment is a period ago or more", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.nat(DAY - 1),
        fc.integer({ min: 1, max: 800 }),
        (days, ms, period) => {
          const midnight = START + days * DAY;
          const name = dayName(midnight);
          const expired = (now: number) => expiredLogFiles([name], now as Instant, period).length === 1;
          expect(expired(midnight + period * DAY - 1 - ms)).toBe(false);
          expect(expired(midnight + period * DAY + ms)).toBe(true);
        },
      ),
    );
  });
});

describe("log files", () => {
  test("are of one day, by UTC, for their owner only, in a folder of the same", () => {
    const directory = join(folder(), "made", "here");
    const clock = fakeClock(START + 23 * HOUR);
    const files = openLogFiles({ directory, retentionDays: 365, clock });
    files.append("one\n");
    clock.set(START + DAY - 1);
    files.append("two\n");
    clock.set(START + DAY);
    files.append("three\n");
    files.close();
    expect(readdirSync(directory).toSorted()).toEqual(["gonogo-2026-02-01.log", "gonogo-2026-02-02.log"]);
    expect(read(directory, "gonogo-2026-02-01.log")).toBe("one\ntwo\n");
    expect(read(directory, "gonogo-2026-02-02.log")).toBe("three\n");
    expect(statSync(join(directory, "gonogo-2026-02-01.log")).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test("that are full are followed by another of the same day, also after a restart", () => {
    const directory = folder();
    const options = { directory, retentionDays: 365, clock: fakeClock(START), maxBytes: 25 };
    const first = openLogFiles(options);
    for (let line = 1; line <= 12; line += 1) first.append(`line ${String(line).padStart(4)}\n`);
    first.close();
    const second = openLogFiles(options);
    second.append("longer than a file may become\n");
    second.append("line   14\n");
    second.close();
    const names = logFilesAmong(readdirSync(directory)).map(({ name }) => name);
    expect(names).toHaveLength(8);
    expect(names.slice(0, 3)).toEqual([
      "gonogo-2026-02-01.log",
      "gonogo-2026-02-01.1.log",
      "gonogo-2026-02-01.2.log",
    ]);
    expect(
      names
        .map((name) => read(directory, name))
        .join("")
        .split("\n"),
    ).toHaveLength(15);
    expect(read(directory, "gonogo-2026-02-01.6.log")).toBe("longer than a file may become\n");
  });

  test("are deleted when their time is up, at the start and at midnight", () => {
    const directory = folder();
    const clock = fakeClock(START);
    const days = [1, 2, 3, 4].map((ago) => dayName(START - ago * DAY));
    for (const name of [...days, "kept.txt"]) writeFileSync(join(directory, name), "old\n");
    const files = openLogFiles({ directory, retentionDays: 3, clock });
    files.append("x\n");
    expect(readdirSync(directory).toSorted()).toEqual([
      "gonogo-2026-01-30.log",
      "gonogo-2026-01-31.log",
      "gonogo-2026-02-01.log",
      "kept.txt",
    ]);
    clock.set(START + DAY);
    files.append("y\n");
    files.close();
    expect(readdirSync(directory).toSorted()).toEqual([
      "gonogo-2026-01-31.log",
      "gonogo-2026-02-01.log",
      "gonogo-2026-02-02.log",
      "kept.txt",
    ]);
  });

  test("that a crash left without the end of a line go on with a new one", () => {
    const directory = folder();
    writeFileSync(join(directory, "gonogo-2026-02-01.log"), '{"event":"cut o', { mode: 0o644 });
    const files = openLogFiles({ directory, retentionDays: 365, clock: fakeClock(START) });
    files.append('{"event":"next"}\n');
    files.close();
    expect(read(directory, "gonogo-2026-02-01.log")).toBe('{"event":"cut o\n{"event":"next"}\n');
    expect(statSync(join(directory, "gonogo-2026-02-01.log")).mode & 0o777).toBe(0o600);
  });

  test("are not written through a link that somebody laid there", () => {
    const directory = folder();
    const victim = join(directory, "victim");
    writeFileSync(victim, "mine\n");
    symlinkSync(victim, join(directory, "gonogo-2026-02-01.log"));
    const files = openLogFiles({ directory, retentionDays: 365, clock: fakeClock(START) });
    expect(() => files.append("x\n")).toThrow("ELOOP");
    expect(readFileSync(victim, "utf8")).toBe("mine\n");
  });

  test("take the lines of two processes whole", async () => {
    const directory = folder();
    const module = join(import.meta.dir, "../../src/adapters/pino/log-files.ts");
    const script = `import { openLogFiles } from ${JSON.stringify(module)};
      const files = openLogFiles({ directory: ${JSON.stringify(directory)}, retentionDays: 9, clock: { now: () => ${START} } });
      for (let line = 0; line < 500; line += 1) files.append(process.argv.at(-1).repeat(300) + "\\n");
      process.kill(process.pid, "SIGKILL");`;
    const children = ["a", "b"].map((letter) => Bun.spawn([process.execPath, "-e", script, letter]));
    await Promise.all(children.map((child) => child.exited));
    const lines = read(directory, "gonogo-2026-02-01.log").trimEnd().split("\n");
    expect(lines).toHaveLength(1_000);
    expect(lines.filter((line) => line !== "a".repeat(300) && line !== "b".repeat(300))).toEqual([]);
  });
});

describe("a logger with files", () => {
  const recorder = (directory: string) => {
    const chunks: string[] = [];
    const files = { directory, retentionDays: 365, clock: fakeClock(START) };
    const logger = makeLogger({ write: (chunk) => void chunks.push(chunk) }, files);
    return { logger, stream: () => chunks.join("") };
  };

  test("writes each line to both", () => {
    const directory = folder();
    const { logger, stream } = recorder(directory);
    logger.info("service_started", { port: 8000 });
    logger.warn("slow", { operation: "ada@example.org" });
    expect(read(directory, "gonogo-2026-02-01.log")).toBe(stream());
    expect(stream().match(/\n/g)).toHaveLength(2);
    expect(stream()).toContain('"operation":"[email]"');
  });

  test.each([
    ["a carriage return and a line feed", '\r\n{"level":"info","event":"forged"}\r\n'],
    ["a line separator", "\u2028forged\u2029"],
    ["an escape sequence", "\u001B[2K\u001B[1Aforged\u0007\u0008"],
    ["a C1 control", "\u009B2Kforged\u0085\u007F"],
    ["a quote that ends the text", '","event":"forged","x":"'],
    ["what JSON escapes into", "\\n\\u000a\\"],
    ["half a surrogate pair", "\uD800forged\uDC00"],
    ["NUL", "\0forged"],
  ])("is not made to forge a line by %s", (_, hostile) => {
    const directory = folder();
    const { logger, stream } = recorder(directory);
    logger.error(hostile, { exception_type: hostile, path_template: hostile.repeat(20), [hostile]: hostile });
    const text = read(directory, "gonogo-2026-02-01.log");
    expect(text).toBe(stream());
    expect(text.endsWith("}\n")).toBe(true);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/);
    expect(Object.keys(JSON.parse(text) as object).toSorted()).toEqual([
      "event",
      "exception_type",
      "level",
      "path_template",
      "time",
    ]);
    expect(JSON.parse(text)).toMatchObject({ level: "error" });
    expect((JSON.parse(text) as { event: string }).event).not.toBe("forged");
  });

  test("whose folder cannot be written goes on with the stream, says so once, and comes back", () => {
    const directory = join(folder(), "logs");
    writeFileSync(directory, "not a folder");
    const { logger, stream } = recorder(directory);
    for (const count of [1, 2, 3]) logger.info("tick", { count });
    rmSync(directory);
    logger.info("tick", { count: 4 });
    renameSync(directory, `${directory}-away`);
    mkdirSync(directory);
    logger.info("tick", { count: 5 });
    const events = stream()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event, count, failure }) => [event, count ?? failure])).toEqual([
      ["log_file_failed", "EEXIST"],
      ["tick", 1],
      ["tick", 2],
      ["tick", 3],
      ["tick", 4],
      ["tick", 5],
    ]);
    expect(read(`${directory}-away`, "gonogo-2026-02-01.log").match(/"count":[45]/g)).toHaveLength(2);
  });

  test("does not show the part of a value that its bound cuts in two", () => {
    const directory = folder();
    const { logger, stream } = recorder(directory);
    // Marks are short: behind three of them the end of what is read comes into view.
    const long = "eyJhbGciOiJIUzI1NiJ9.".padEnd(673, "x");
    for (let extra = 0; extra < 60; extra += 1) {
      const operation = `${`${long} `.repeat(3)}${"z".repeat(extra)} ada.lovelace@example.org ${"w".repeat(300)}`;
      logger.info("x", { operation });
    }
    expect(stream()).not.toMatch(/ada|lovelace/);
  });
});

test("a folder that has not been made yet holds nothing to delete", () => {
  const directory = join(tmpdir(), `gonogo-no-such-folder-${crypto.randomUUID()}`);
  expect(deleteExpiredLogFiles({ directory, retentionDays: 1, clock: { now: () => 0 as Instant } })).toBe(0);
});
