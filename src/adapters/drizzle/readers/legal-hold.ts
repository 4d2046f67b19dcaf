import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { LegalHoldReader } from "../../../ports/legal-hold-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const legalHoldReader = (source: Source): LegalHoldReader => {
  const { db, schema } = source;
  const { legal_holds } = schema;
  // Spelled out, not bound: that is how a partial index is recognised.
  const stands = sql`${legal_holds.lifted_at} is null`;
  const byId = prepared(source, "legal_holds.byId", () =>
    db
      .select()
      .from(legal_holds)
      .where(eq(legal_holds.id, param("id"))),
  );
  const list = prepared(source, "legal_holds.list", () =>
    db
      .select()
      .from(legal_holds)
      .where(gt(legal_holds.id, param("after")))
      .orderBy(asc(legal_holds.id))
      .limit(param("limit")),
  );
  const standing = prepared(source, "legal_holds.standing", () =>
    db.select().from(legal_holds).where(stands).orderBy(asc(legal_holds.id)),
  );
  const ofSubject = prepared(source, "legal_holds.ofSubject", () =>
    db
      .select()
      .from(legal_holds)
      .where(and(eq(legal_holds.subject_id, param("subject")), stands))
      .orderBy(asc(legal_holds.id)),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    list: (after, limit) => list({ after: after ?? "", limit }),
    standing: () => standing({}),
    ofSubject: (subject) => ofSubject({ subject }),
  };
};
