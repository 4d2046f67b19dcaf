import { and, asc, eq, exists, gt, inArray, or, sql } from "drizzle-orm";
import type { LegalHoldReader } from "../../../ports/legal-hold-reader.ts";
import { first, param, prepared, preparedForMany, type Source } from "../portable.ts";

const OWNED = ["comments", "comment_reports", "consents", "sessions", "privacy_requests"] as const;

export const legalHoldReader = (source: Source): LegalHoldReader => {
  const { db, schema } = source;
  const { legal_holds, guards } = schema;
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
  const onSubjects = preparedForMany(source, "legal_holds.onSubjects", (subjects) =>
    db
      .select()
      .from(legal_holds)
      .where(and(inArray(legal_holds.subject_id, [...subjects]), stands)),
  );
  const onRecords = preparedForMany(source, "legal_holds.onRecords", (records) =>
    db
      .select()
      .from(legal_holds)
      .where(and(inArray(legal_holds.record_id, [...records]), stands)),
  );
  const isOfHers = OWNED.map((collection) => {
    const table = schema[collection];
    const record = sql`${legal_holds.record_id}`;
    return exists(
      db
        .select({ one: sql`1` })
        .from(table)
        .where(and(eq(table.id, record), eq(table.subject_id, param("subject")))),
    );
  });
  const onRecordsOf = prepared(source, "legal_holds.onRecordsOf", () =>
    db
      .select()
      .from(legal_holds)
      .where(and(stands, or(...isOfHers)))
      .orderBy(asc(legal_holds.id)),
  );
  const guard = prepared(source, "legal_holds.guard", () =>
    db.select({ version: guards.version }).from(guards).where(sql`${guards.id} = 'holds'`),
  );
  return {
    keeping: async ({ subjects, records }) => [
      ...(await onSubjects(subjects)),
      ...(await onRecords(records)),
    ],
    onRecordsOf: (subject) => onRecordsOf({ subject }),
    guardVersion: async () => first(await guard({}))?.version ?? 0,
    byId: async (id) => first(await byId({ id })),
    list: (after, limit) => list({ after: after ?? "", limit }),
    standing: () => standing({}),
    ofSubject: (subject) => ofSubject({ subject }),
  };
};
