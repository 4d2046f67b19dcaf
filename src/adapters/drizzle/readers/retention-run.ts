import { desc, eq, lt, sql } from "drizzle-orm";
import type { RetentionRunReader } from "../../../ports/retention-run-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

/** After every id. */
const FROM_NEWEST = "~";

export const retentionRunReader = (source: Source): RetentionRunReader => {
  const { db, schema } = source;
  const { retention_runs } = schema;
  const byId = prepared(source, "retention_runs.byId", () =>
    db
      .select()
      .from(retention_runs)
      .where(eq(retention_runs.id, param("id"))),
  );
  const running = prepared(source, "retention_runs.running", () =>
    db.select().from(retention_runs).where(sql`${retention_runs.running} = 'running'`),
  );
  const list = prepared(source, "retention_runs.list", () =>
    db
      .select()
      .from(retention_runs)
      .where(lt(retention_runs.id, param("before")))
      .orderBy(desc(retention_runs.id))
      .limit(param("limit")),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    running: async () => first(await running({})),
    list: (before, limit) => list({ before: before ?? FROM_NEWEST, limit }),
  };
};
