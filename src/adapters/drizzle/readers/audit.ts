import { asc, eq, gt } from "drizzle-orm";
import type { AuditReader } from "../../../ports/audit-reader.ts";
import { first, param, prepared, recordColumns, type Source } from "../portable.ts";

export const auditReader = (source: Source): AuditReader => {
  const { db, schema } = source;
  const { audit_entries } = schema;
  const byId = prepared(source, "audit_entries.byId", () =>
    db
      .select(recordColumns(audit_entries))
      .from(audit_entries)
      .where(eq(audit_entries.id, param("id"))),
  );
  const list = prepared(source, "audit_entries.list", () =>
    db
      .select(recordColumns(audit_entries))
      .from(audit_entries)
      .where(gt(audit_entries.id, param("after")))
      .orderBy(asc(audit_entries.id))
      .limit(param("limit")),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    list: (after, limit) => list({ after: after ?? "", limit }),
  };
};
