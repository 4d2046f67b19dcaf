import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeLogger } from "../../src/adapters/pino/logger.ts";
import { CommandRefused } from "../../src/app/cli/command-refused.ts";
import { supportCommand } from "../../src/app/cli/support.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import { fakeClock } from "./stage.ts";

const ID = "01890a5d-ac96-774b-bcce-b302099a8057";
const OTHER = "01890a5d-ac96-774b-bcce-b302099a8058";

let directory = "";
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "gonogo-support-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const inFolder = (name: string): string => join(directory, name);

const search = async (folder: string | null, id: string): Promise<string[]> => {
  const said: string[] = [];
  await supportCommand(folder, id, (text) => void said.push(text));
  return said;
};

const refusal = async (folder: string | null, id: string): Promise<string> => {
  const refused = await search(folder, id).catch((failure: unknown) => failure);
  expect(refused).toBeInstanceOf(CommandRefused);
  return (refused as CommandRefused).message;
};

describe("cli support", () => {
  test("finds what the logger wrote of an id over days and files, oldest first, and nothing else", async () => {
    const clock = fakeClock(20_484 * DAY);
    const folder = inFolder("written");
    const logger = makeLogger(
      { write: () => {} },
      { directory: folder, retentionDays: 365, clock, maxBytes: 400 },
    );
    logger.error("unhandled_exception", { support_id: ID, exception_type: "TypeError" });
    for (let count = 0; count < 20; count += 1)
      logger.info("request_processed", { request_id: OTHER, count });
    logger.info("request_processed", { request_id: ID, status_code: 500 });
    clock.set(20_485 * DAY);
    logger.info("mail_sent", { operation: ID });
    logger.info("request_processed", { request_id: ID, status_code: 200 });
    expect(readdirSync(folder).length).toBeGreaterThan(3);

    const lines = (await search(folder, ` ${ID.toUpperCase()} `)).map((line) => JSON.parse(line) as object);
    expect(lines).toEqual([
      expect.objectContaining({ event: "unhandled_exception", exception_type: "TypeError" }),
      expect.objectContaining({ status_code: 500 }),
      expect.objectContaining({ status_code: 200 }),
    ]);
    expect(await search(folder, OTHER)).toHaveLength(20);
  });

  test("holds a piece of a large file at a time, and passes over lines that no logger wrote", async () => {
    const folder = mkdtempSync(inFolder("large-"));
    const path = join(folder, "gonogo-2026-01-31.log");
    const wanted = `{"event":"wanted","support_id":"${ID}"}\n`;
    writeFileSync(path, wanted);
    const endless = "x".repeat(4 * 1024 * 1024);
    for (let count = 0; count < 32; count += 1) appendFileSync(path, `${endless}${ID}`);
    appendFileSync(path, `\n${`{"event":"other","support_id":"${OTHER}"}\n`.repeat(200_000)}`);
    appendFileSync(path, `{"event":"cut off","support_id":"${ID}"\n`);
    appendFileSync(
      path,
      `"${ID}"\nnull\n{"event":"escape \u009B31m\u2028","support_id":"${ID}"}\n${wanted.trimEnd()}`,
    );
    Bun.gc(true);
    const before = process.memoryUsage().rss;
    expect(await search(folder, ID)).toEqual([
      wanted.trimEnd(),
      `{"event":"escape \uFFFD31m\uFFFD","support_id":"${ID}"}`,
      wanted.trimEnd(),
    ]);
    expect(process.memoryUsage().rss - before).toBeLessThan(96 * 1024 * 1024);
  });

  test("says why there is nothing to show", async () => {
    const folder = mkdtempSync(inFolder("empty-"));
    expect(await refusal(folder, "'; drop table")).toContain("looks like");
    expect(await refusal(null, ID)).toContain("LOG_DIR is not set");
    expect(await refusal(join(folder, "nowhere"), ID)).toContain("no folder");
    writeFileSync(join(folder, "other.log"), `{"support_id":"${ID}"}\n`);
    expect(await refusal(folder, ID)).toContain("no log files");
    expect(await refusal(join(folder, "other.log"), ID)).toContain("no folder");
    writeFileSync(join(folder, "gonogo-2026-01-31.log"), `{"support_id":"${OTHER}"}\n`);
    expect(await refusal(folder, ID)).toBe(
      "No line tells of this support id. Searched: 1 log files, gonogo-2026-01-31.log to gonogo-2026-01-31.log.",
    );
  });
});
