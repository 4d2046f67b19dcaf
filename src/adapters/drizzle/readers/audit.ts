import { asc, desc, eq, gt, lt } from "drizzle-orm";
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
  const newest = prepared(source, "audit_entries.newest", () =>
    db
      .select(recordColumns(audit_entries))
      .from(audit_entries)
      .where(lt(audit_entries.id, param("before")))
      .orderBy(desc(audit_entries.id))
      .limit(param("limit")),
  );
  return {
    // Every id begins with a hexadecimal digit.
    newest: (before, limit) => newest({ before: before ?? "g", limit }),
    byId: async (id) => first(await byId({ id })),
    list: (after, limit) => list({ after: after ?? "", limit }),
  };
};
