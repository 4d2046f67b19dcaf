import { and, asc, eq, isNotNull, lte } from "drizzle-orm";
import type { KeyReader } from "../../../ports/key-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const keyReader = (source: Source): KeyReader => {
  const { db, schema } = source;
  const { keys } = schema;
  const byId = prepared(source, "keys.byId", () =>
    db
      .select()
      .from(keys)
      .where(eq(keys.id, param("id"))),
  );
  const expired = prepared(source, "keys.expired", () =>
    db
      .select()
      .from(keys)
      .where(and(isNotNull(keys.destroy_at), lte(keys.destroy_at, param("now"))))
      .orderBy(asc(keys.destroy_at), asc(keys.id))
      .limit(param("limit")),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    expired: (now, limit) => expired({ now, limit }),
  };
};
