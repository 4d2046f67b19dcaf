import { and, asc, eq, gt, isNotNull, lt, lte } from "drizzle-orm";
import type { KeyReader } from "../../../ports/key-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

/** The least text that comes after everything with this prefix, in the order of bytes. */
const afterPrefix = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);

export const keyReader = (source: Source): KeyReader => {
  const { db, schema } = source;
  const { keys } = schema;
  const byId = prepared(source, "keys.byId", () =>
    db
      .select()
      .from(keys)
      .where(eq(keys.id, param("id"))),
  );
  const startingWith = prepared(source, "keys.startingWith", () =>
    db
      .select()
      .from(keys)
      .where(and(gt(keys.id, param("prefix")), lt(keys.id, param("before"))))
      .orderBy(asc(keys.id))
      .limit(param("limit")),
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
    startingWith: (prefix, limit) => startingWith({ prefix, before: afterPrefix(prefix), limit }),
    expired: (now, limit) => expired({ now, limit }),
  };
};
