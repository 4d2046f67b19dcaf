import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { contradictions, type Held, prepareGround, tally } from "../support/commit-load.ts";
import { startCommitters } from "../support/commit-processes.ts";

const holding = (path: string): Held => {
  const db = new Database(path, { readonly: true });
  try {
    const idsOf = (table: string) =>
      db
        .query<{ id: string }, []>(`select id from ${table}`)
        .all()
        .map(({ id }) => id);
    return {
      audits: idsOf("audit_entries"),
      comments: idsOf("comments"),
      subjects: db.query<{ id: string; version: number }, []>("select id, version from subjects").all(),
    };
  } finally {
    db.close();
  }
};

test("two processes on one SQLite file keep the laws of one: hot rows, taken ids, a rule that spans records", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-processes-"));
  const path = join(folder, "gonogo.db");
  try {
    const store = await openSqlite({ path });
    await store.migrator.up();
    const ground = await prepareGround(store);
    await store.close();
    const both = await Promise.all(
      [1, 2].map(() => startCommitters({ store: { path }, committers: 32, ground })),
    );
    await Bun.sleep(5_000);
    const loads = await Promise.all(both.map((each) => each.stop()));
    console.log("two processes:", tally(loads));
    expect(contradictions(ground, loads, holding(path))).toEqual([]);
    for (const load of loads) expect(tally([load])["stored"]).toBeGreaterThan(100);
    expect(tally(loads)["conflict"]).toBeGreaterThan(50);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
