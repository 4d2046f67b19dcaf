import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/bun-sqlite";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { withRowMapper } from "../../src/adapters/drizzle/row-mapper.ts";

const database = new Database(":memory:");
afterAll(() => database.close());
database.run("create table birds (id integer, name text, rare integer, parent integer)");
database.run("insert into birds values (1, 'owl', 1, null), (2, 'owlet', null, 1)");

const birds = sqliteTable("birds", {
  id: integer().notNull(),
  name: text().notNull(),
  rare: integer({ mode: "boolean" }),
  parent: integer(),
});
const nests = sqliteTable("nests", { bird: integer().notNull(), tree: text().notNull() });
database.run("create table nests (bird integer, tree text)");
database.run("insert into nests values (1, 'oak')");
const db = drizzle(database);

const JOINED = { bird: birds, nest: nests };

test.each([
  ["columns", () => db.select().from(birds)],
  [
    "a computed value",
    () => db.select({ id: birds.id, doubled: sql<number>`id * 2`.as("doubled") }).from(birds),
  ],
  ["records in a record", () => db.select(JOINED).from(birds).innerJoin(nests, eq(nests.bird, birds.id))],
  [
    "a record that may be missing",
    () => db.select(JOINED).from(birds).leftJoin(nests, eq(nests.bird, birds.id)),
  ],
])("a query for %s makes the records that it makes without the mapper", (_, build) => {
  const found: readonly object[] = withRowMapper(build().prepare()).all();
  const wanted: readonly object[] = build().all();
  expect(found.length).toBeGreaterThan(0);
  expect(found).toEqual(wanted);
});

test("a record that is missing is null", () => {
  const query = db.select(JOINED).from(birds).leftJoin(nests, eq(nests.bird, birds.id)).orderBy(birds.id);
  expect(
    withRowMapper(query.prepare())
      .all()
      .map(({ nest }) => nest),
  ).toEqual([{ bird: 1, tree: "oak" }, null]);
});
