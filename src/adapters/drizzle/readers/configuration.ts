import { asc, eq, gt } from "drizzle-orm";
import type { ConfigurationReader } from "../../../ports/configuration-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const configurationReader = (source: Source): ConfigurationReader => {
  const { db, schema } = source;
  const { system_config } = schema;
  const byKey = prepared(source, "system_config.byKey", () =>
    db
      .select()
      .from(system_config)
      .where(eq(system_config.key, param("key"))),
  );
  const list = prepared(source, "system_config.list", () =>
    db
      .select()
      .from(system_config)
      .where(gt(system_config.key, param("after")))
      .orderBy(asc(system_config.key))
      .limit(param("limit")),
  );
  return {
    byKey: async (key) => first(await byKey({ key })),
    list: (after, limit) => list({ after: after ?? "", limit }),
  };
};
