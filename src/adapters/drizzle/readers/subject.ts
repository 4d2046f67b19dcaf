import { count, eq, sql } from "drizzle-orm";
import type { SubjectReader } from "../../../ports/subject-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const subjectReader = (source: Source): SubjectReader => {
  const { db, schema } = source;
  const { subjects, guards } = schema;
  const byId = prepared(source, "subjects.byId", () =>
    db
      .select()
      .from(subjects)
      .where(eq(subjects.id, param("id"))),
  );
  const guard = prepared(source, "subjects.admins guard", () =>
    db.select({ version: guards.version }).from(guards).where(sql`${guards.id} = 'admins'`),
  );
  // Spelled out, not bound: that is how a partial index is recognised.
  const admins = prepared(source, "subjects.admins count", () =>
    db
      .select({ count: count() })
      .from(subjects)
      .where(sql`${subjects.role} = 'admin' and ${subjects.status} = 'active'`),
  );
  const activeAdmins = prepared(source, "subjects.activeAdmins", () =>
    db
      .select()
      .from(subjects)
      .where(sql`${subjects.role} = 'admin' and ${subjects.status} = 'active'`)
      .limit(param("limit")),
  );
  return {
    activeAdmins: async (limit) =>
      [...(await activeAdmins({ limit }))].sort((a, b) => (a.id < b.id ? -1 : 1)),
    byId: async (id) => first(await byId({ id })),
    admins: async () => {
      const guardVersion = first(await guard({}))?.version ?? 0;
      return { guardVersion, count: first(await admins({}))?.count ?? 0 };
    },
  };
};
