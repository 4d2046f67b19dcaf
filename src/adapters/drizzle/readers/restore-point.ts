import { eq } from "drizzle-orm";
import type { RestorePointReader } from "../../../ports/restore-point-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const restorePointReader = (source: Source): RestorePointReader => {
  const { db, schema } = source;
  const { restore_points } = schema;
  const byId = prepared(source, "restore_points.current", () =>
    db
      .select()
      .from(restore_points)
      .where(eq(restore_points.id, param("id"))),
  );
  return { current: async () => first(await byId({ id: "ledger" })) };
};
