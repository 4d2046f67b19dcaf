import { and, desc, eq, lt } from "drizzle-orm";
import type { SignedReportReader } from "../../../ports/signed-report-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

/** After every id. */
const FROM_NEWEST = "~";

export const signedReportReader = (source: Source): SignedReportReader => {
  const { db, schema } = source;
  const { signed_reports } = schema;
  const byId = prepared(source, "signed_reports.byId", () =>
    db
      .select()
      .from(signed_reports)
      .where(eq(signed_reports.id, param("id"))),
  );
  const list = prepared(source, "signed_reports.list", () =>
    db
      .select()
      .from(signed_reports)
      .where(and(eq(signed_reports.kind, param("kind")), lt(signed_reports.id, param("before"))))
      .orderBy(desc(signed_reports.id))
      .limit(param("limit")),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    list: (kind, before, limit) => list({ kind, before: before ?? FROM_NEWEST, limit }),
  };
};
