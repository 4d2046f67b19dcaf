import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { CheckBasis } from "../../../domain/consent/check-consent.ts";
import type { CanonicalJson, SubjectId } from "../../../domain/shared/ids.ts";
import type { ConsentReader } from "../../../ports/consent-reader.ts";
import { askedTogether } from "../asked-together.ts";
import { first, param, prepared, preparedForMany, type Source } from "../portable.ts";

const unpacked = (packed: string): NonNullable<CheckBasis["latest"]> => ({
  gpc: packed.startsWith("1"),
  purpose_states: packed.slice(1) as CanonicalJson,
});

/** Of an id that no store takes. */
const NOTHING_STORED = { set_aside: null, newest_record: null, material_version: null };

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
  const asked = sql<SubjectId>`asked.column1`;
  const bases = preparedForMany(source, "consents.basis", (ids) =>
    db
      .select({
        id: asked,
        set_aside: sql<CheckBasis["set_aside"]>`(
          select status from ${subjects}${sql.raw(source.indexedBy("subjects_set_aside"))}
          where ${subjects.id} = ${asked} and status <> 'active'
        )`,
        // Looked up, not joined: joined, SQLite takes four times as long, and PostgreSQL sorts. And once: two columns in
        // one text, the first character of which is the signal.
        newest_record: sql<string | null>`(
          select case when gpc then '1' else '0' end || purpose_states from ${consents}
          where subject_id = ${asked} order by sequence desc limit 1
        )`,
        material_version: sql`(
          select material_version from ${consent_policies}
          where status = 'published' order by policy_version desc limit 1
        )`.mapWith(consent_policies.material_version),
      })
      .from(
        sql`(values ${sql.join(
          ids.map((each) => sql`(${each})`),
          sql`, `,
        )}) as asked`,
      ),
  );
  const basis = askedTogether(async (ids) => new Map((await bases(ids)).map((row) => [row.id, row])));
  const newest = Number.MAX_SAFE_INTEGER;
  return {
    latest: async (subject) => first(await history({ subject, before: newest, limit: 1 })),
    basis: async (subject) => {
      const { set_aside, newest_record, material_version } = (await basis(subject)) ?? NOTHING_STORED;
      return { set_aside, latest: newest_record === null ? null : unpacked(newest_record), material_version };
    },
    byId: async (id) => first(await byId({ id })),
    history: (subject, before, limit) => history({ subject, before: before ?? newest, limit }),
  };
};
