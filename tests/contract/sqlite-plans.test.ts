import { Database, type SQLQueryBindings } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { type PortableDatabase, type Schema, sqliteHint } from "../../src/adapters/drizzle/portable.ts";
import { readersOf } from "../../src/adapters/drizzle/readers/readers.ts";
import { sqliteSchema } from "../../src/adapters/drizzle/schema.sqlite.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { type AskedQuery, askEverything, fill } from "./queries.ts";

/** A page of a listing comes out of its index in order: nothing is sorted, and no table is walked through. */
describe("every query has its index on SQLite", () => {
  let folder = "";
  let db: Database;
  let asked: readonly AskedQuery[] = [];
  const planOf = (sql: string, params: readonly unknown[]): readonly string[] =>
    (
      db.query(`explain query plan ${sql}`).all(...(params as SQLQueryBindings[])) as { detail: string }[]
    ).map((row) => row.detail);
  /** A partial index holds nothing but what was asked for: reading all of it is no walk. */
  const isPartial = (step: string): boolean =>
    db
      .query("select 1 from sqlite_master where type = 'index' and name = ? and sql like '% WHERE %'")
      .values(/ USING (?:COVERING )?INDEX (\w+)/.exec(step)?.[1] ?? "").length > 0;
  /** What a subquery found is read, and how it found that stands in a line of its own. */
  const isFound = (step: string, plan: readonly string[]): boolean =>
    plan.includes(step.replace(/^SCAN/, "CO-ROUTINE"));
  /** The values that came with the question. */
  const isGiven = (step: string): boolean => /^SCAN (?:CONSTANT ROW|\d+-ROW VALUES CLAUSE)$/.test(step);
  const walks = (plan: readonly string[]): boolean =>
    plan.some(
      (step) =>
        /TEMP B-TREE|AUTOMATIC/.test(step) ||
        (step.startsWith("SCAN") && !isGiven(step) && !isPartial(step) && !isFound(step, plan)),
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gonogo-plans-"));
    const path = join(folder, "gonogo.db");
    const store = await openSqlite({ path });
    await store.migrator.up();
    await fill(store);
    await store.close();
    db = new Database(path, { strict: true });
    const log: { sql: string; params: unknown[] }[] = [];
    const logged = drizzle(db, { logger: { logQuery: (sql, params) => void log.push({ sql, params }) } });
    const readers = readersOf({
      db: logged as unknown as PortableDatabase,
      schema: sqliteSchema as unknown as Schema,
      attempt: (_, work) => work(),
      indexedBy: sqliteHint,
    });
    asked = await askEverything(readers, log);
  });
  afterAll(async () => {
    db.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(["before", "after"])("%s statistics are gathered", (moment) => {
    if (moment === "after") db.run("analyze");
    const walking = asked
      .map(({ name, sql, params }) => ({ name, plan: planOf(sql, params) }))
      .filter(({ plan }) => walks(plan));
    expect(walking).toEqual([]);
  });

  test("a query without one is noticed", () => {
    expect(walks(planOf('select * from "comments" where "content" = ?', ["x"]))).toBe(true);
    expect(walks(planOf('select * from "comments" where "thread" = ? order by "content"', ["x"]))).toBe(true);
  });
});
