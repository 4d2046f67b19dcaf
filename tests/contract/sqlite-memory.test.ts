import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import type { Store } from "../../src/ports/store.ts";
import { changes, insert, record } from "../support/records.ts";

/** What the kernel tells of a process's memory, map by map. */
const MAPS = "/proc/self/smaps";
const MIB = 1 << 20;
const COMMENTS = 400;
const TEXT = "a".repeat(MIB / 20);

/** Bytes of a file that count as this process's memory because they were read through a map. */
const mappedOf = async (path: string): Promise<number> => {
  let bytes = 0;
  let isOfFile = false;
  for (const line of (await readFile(MAPS, "utf8")).split("\n")) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) isOfFile = line.endsWith(` ${path}`);
    if (isOfFile && line.startsWith("Rss:")) bytes += Number(/\d+/.exec(line)?.[0]) * 1_024;
  }
  return bytes;
};

const author = record("subjects");

/** Goes through all of a collection; answers how many records it met. */
const walkAll = async (
  page: (after: string | null) => Promise<readonly { readonly id: string }[]>,
): Promise<number> => {
  let met = 0;
  for (let after: string | null = null; ; ) {
    const rows: readonly { readonly id: string }[] = await page(after);
    met += rows.length;
    const last = rows.at(-1);
    if (last === undefined) return met;
    after = last.id;
  }
};

const WALKS: Readonly<Record<string, (readers: Store["readers"]) => Promise<number>>> = {
  "of one person": ({ personalData }) =>
    walkAll((after) => personalData.ofSubject("comments", author.id, after, 50)),
  "of everybody": ({ records }) => walkAll((after) => records.walk("comments", after, 50)),
};

test("a walk through a large SQLite file does not hold the file in memory", async () => {
  if (!existsSync(MAPS)) {
    console.log(`LEFT OUT: memory that SQLite maps: there is no ${MAPS}`);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "gonogo-sqlite-memory-"));
  const path = join(folder, "gonogo.db");
  const writing = await openSqlite({ path });
  await writing.migrator.up();
  await writing.groups.commitGroup([changes([{ op: "insert", into: "subjects", row: author }])]);
  for (let written = 0; written < COMMENTS; written += 1) {
    await writing.groups.commitGroup([
      changes([insert("comments", { subject_id: author.id, content: TEXT })]),
    ]);
  }
  await writing.close();
  for (const [name, walk] of Object.entries(WALKS)) {
    const store = await openSqlite({ path });
    try {
      const before = await mappedOf(path);
      expect([name, await walk(store.readers)]).toEqual([name, COMMENTS]);
      expect((await mappedOf(path)) - before).toBeLessThan(MIB);
    } finally {
      await store.close();
    }
  }
  await rm(folder, { recursive: true, force: true });
});
