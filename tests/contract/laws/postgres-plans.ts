import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { type PortableDatabase, postgresHint } from "../../../src/adapters/drizzle/portable.ts";
import { openPostgres } from "../../../src/adapters/drizzle/postgres/open-postgres.ts";
import { readersOf } from "../../../src/adapters/drizzle/readers/readers.ts";
import { postgresSchema } from "../../../src/adapters/drizzle/schema.postgres.ts";
import type { TestPostgres } from "../../support/postgres.ts";
import { type AskedQuery, askEverything, fill } from "../queries.ts";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly PlanNode[];
}

const nodesOf = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/**
 * A table that is walked through, an index that is read from end to end, or a sort of what an index could not give.
 * A partial index holds nothing but what was asked for.
 */
const isWalk = (node: PlanNode, partial: ReadonlySet<string>): boolean =>
  node["Node Type"] === "Seq Scan" ||
  node["Node Type"].includes("Sort") ||
  (/^(Index (Only )?Scan|Bitmap Index Scan)$/.test(node["Node Type"]) &&
    node["Index Cond"] === undefined &&
    !partial.has(node["Index Name"] ?? ""));

/** With few rows a planner likes to read whole tables: what it would do with many is asked by forbidding that. */
const SETTINGS = "set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off;";

export const queryPlanLaws = (name: string, start: () => Promise<TestPostgres>): void => {
  describe(`every query has its index on ${name}`, () => {
    let database: TestPostgres;
    let sql: ReturnType<typeof postgres>;
    let asked: readonly AskedQuery[] = [];
    let partial: ReadonlySet<string> = new Set();
    const walksOf = async (query: string, params: readonly unknown[]): Promise<readonly PlanNode[]> => {
      const rows = await sql.unsafe<{ "QUERY PLAN": readonly [{ Plan: PlanNode }] }[]>(
        `explain (format json) ${query}`,
        params as string[],
      );
      const [row] = rows;
      if (row === undefined) throw new Error("no plan");
      return nodesOf(row["QUERY PLAN"][0].Plan).filter((node) => isWalk(node, partial));
    };

    beforeAll(async () => {
      database = await start();
      const store = await openPostgres({ url: database.url });
      await store.migrator.up();
      await fill(store);
      await store.close();
      sql = postgres(database.url, { max: 1, fetch_types: false, prepare: false, onnotice: () => undefined });
      await sql.unsafe("analyze").simple();
      const indexes = await sql.unsafe<{ name: string }[]>(
        "select indexrelid::regclass::text as name from pg_index where indpred is not null",
      );
      partial = new Set(indexes.map((index) => index.name));
      await sql.unsafe(SETTINGS).simple();
      const log: { sql: string; params: unknown[] }[] = [];
      const logged = drizzle(sql, { logger: { logQuery: (sql, params) => void log.push({ sql, params }) } });
      const readers = readersOf({
        db: logged as unknown as PortableDatabase,
        schema: postgresSchema,
        attempt: (_, work) => work(),
        indexedBy: postgresHint,
      });
      asked = await askEverything(readers, log);
    });
    afterAll(async () => {
      await sql.end();
      await database.stop();
    });

    test("none walks through a table or sorts", async () => {
      expect(asked.length).toBeGreaterThan(20);
      const walking = [];
      for (const { name, sql, params } of asked) {
        const walks = await walksOf(sql, params);
        if (walks.length > 0) walking.push({ name, sql, walks });
      }
      expect(walking).toEqual([]);
    });

    test("a query without one is noticed", async () => {
      expect(await walksOf("select * from comments where content = $1", ["x"])).not.toEqual([]);
      expect(await walksOf("select * from comments where thread = $1 order by content", ["x"])).not.toEqual(
        [],
      );
    });
  });
};
