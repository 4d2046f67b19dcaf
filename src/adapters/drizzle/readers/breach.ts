import { asc, desc, eq, lt, sql } from "drizzle-orm";
import type { BreachReader } from "../../../ports/breach-reader.ts";
import { OPEN_BREACH } from "../limits.ts";
import { first, param, prepared, type Source } from "../portable.ts";

/** After every id. */
const FROM_NEWEST = "~";

export const breachReader = (source: Source): BreachReader => {
  const { db, schema } = source;
  const { breaches } = schema;
  const byId = prepared(source, "breaches.byId", () =>
    db
      .select()
      .from(breaches)
      .where(eq(breaches.id, param("id"))),
  );
  const list = prepared(source, "breaches.list", () =>
    db
      .select()
      .from(breaches)
      .where(lt(breaches.id, param("before")))
      .orderBy(desc(breaches.id))
      .limit(param("limit")),
  );
  const open = prepared(source, "breaches.open", () =>
    db
      .select()
      .from(breaches)
      // The condition of the partial index, word for word: that is how the databases recognise it.
      .where(sql.raw(OPEN_BREACH))
      .orderBy(asc(breaches.aware_at), asc(breaches.id))
      .limit(param("limit")),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    open: (limit) => open({ limit }),
    list: (before, limit) => list({ before: before ?? FROM_NEWEST, limit }),
  };
};
