import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeEmlOutbox } from "../../src/adapters/mail/eml-outbox.ts";
import { sweepOutbox } from "../../src/adapters/mail/sweep-outbox.ts";
import { signInMail } from "../../src/app/mail/sign-in-mail.ts";
import { DAY, type Instant, plus } from "../../src/domain/shared/instant.ts";

const NOW = Date.UTC(2026, 2, 2, 12) as Instant;
const YESTERDAY = plus(NOW, -DAY);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gonogo-outbox-"));
});
afterEach(() => rm(folder, { recursive: true }));

const put = async (name: string, at: number): Promise<void> => {
  await writeFile(join(folder, name), "x");
  await utimes(join(folder, name), at / 1_000, at / 1_000);
};

describe("sweeping the outbox folder", () => {
  test("deletes what is older, half-written mails too, and nothing that is not a mail", async () => {
    await put("old.eml", YESTERDAY - 1_000);
    await put("left.eml.partial", YESTERDAY - 1_000);
    await put("new.eml", YESTERDAY);
    await put("notes.txt", YESTERDAY - 1_000);
    expect(await sweepOutbox(folder, YESTERDAY)).toBe(2);
    expect((await readdir(folder)).toSorted()).toEqual(["new.eml", "notes.txt"]);
    expect(await sweepOutbox(folder, YESTERDAY)).toBe(0);
  });

  test("deletes what the outbox writes", async () => {
    const outbox = makeEmlOutbox({ directory: folder, from: "noreply@example.org" });
    await outbox.send({
      to: "ada@example.org",
      ...signInMail("https://comments.example.org/sign-in#gnl_A"),
      message_id: "1@comments.example.org",
    });
    expect(await sweepOutbox(folder, (Date.now() - DAY) as Instant)).toBe(0);
    expect(await sweepOutbox(folder, (Date.now() + DAY) as Instant)).toBe(1);
    expect(await readdir(folder)).toEqual([]);
  });

  test("has nothing to do where there is no folder; two at once do not mind each other", async () => {
    expect(await sweepOutbox(join(folder, "none"), NOW)).toBe(0);
    for (let index = 0; index < 20; index += 1) await put(`${index}.eml`, YESTERDAY);
    await Promise.all([sweepOutbox(folder, NOW), sweepOutbox(folder, NOW)]);
    expect(await readdir(folder)).toEqual([]);
  });

  test("says when a mail cannot be deleted", async () => {
    await mkdir(join(folder, "folder.eml"));
    await utimes(join(folder, "folder.eml"), 1, 1);
    const failure = await sweepOutbox(folder, NOW).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
  });
});
