import { and, desc, eq, inArray, lt, sql } from "drizzle-orm";
import type { CheckBasis } from "../../../domain/consent/check-consent.ts";
import type { CanonicalJson } from "../../../domain/shared/ids.ts";
import type { ConsentReader } from "../../../ports/consent-reader.ts";
import { askedTogether } from "../asked-together.ts";
import { first, param, prepared, preparedForMany, type Source } from "../portable.ts";

const unpacked = (packed: string): NonNullable<CheckBasis["latest"]> => ({
  gpc: packed.startsWith("1"),
  purpose_states: packed.slice(1) as CanonicalJson,
});

export const consentReader = (source: Source): ConsentReader => {
  const { db, schema } = source;
  const { consents, consent_policies, subjects } = schema;
  const byId = prepared(source, "consents.byId", () =>
    db
      .select()
      .from(consents)
      .where(eq(consents.id, param("id"))),
  );
  const history = prepared(source, "consents.history", () =>
    db
      .select()
      .from(consents)
      .where(and(eq(consents.subject_id, param("subject")), lt(consents.sequence, param("before"))))
      .orderBy(desc(consents.sequence))
      .limit(param("limit")),
  );
  // Looked up, not joined: joined, SQLite takes four times as long, and PostgreSQL sorts. And once: two columns in one
  // text, the first character of which is the signal.
  const newest_record = sql<string | null>`(
    select case when gpc then '1' else '0' end || purpose_states from ${consents}
    where subject_id = ${subjects}.id order by sequence desc limit 1
  )`;
  const bases = preparedForMany(source, "consents.basis", (ids) =>
    db
      .select({
        id: subjects.id,
        status: subjects.status,
        newest_record,
        material_version: sql`(
          select material_version from ${consent_policies}
          where status = 'published' order by policy_version desc limit 1
        )`.mapWith(consent_policies.material_version),
      })
      .from(subjects)
      .where(inArray(subjects.id, [...ids])),
  );
  const basis = askedTogether(async (ids) => new Map((await bases(ids)).map((row) => [row.id, row])));
  const newest = Number.MAX_SAFE_INTEGER;
  return {
    latest: async (subject) => first(await history({ subject, before: newest, limit: 1 })),
    basis: async (subject) => {
      const row = await basis(subject);
      if (row === null) return null;
      const { status, newest_record: packed, material_version } = row;
      return { status, latest: packed === null ? null : unpacked(packed), material_version };
    },
    byId: async (id) => first(await byId({ id })),
    history: (subject, before, limit) => history({ subject, before: before ?? newest, limit }),
  };
};
