import { and, desc, eq, lt, sql } from "drizzle-orm";
import type { ConsentReader } from "../../../ports/consent-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

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
  // The newest by its number: with an order of its own PostgreSQL would sort what it has joined.
  const basis = prepared(source, "consents.basis", () =>
    db
      .select({
        status: subjects.status,
        purpose_states: consents.purpose_states,
        gpc: consents.gpc,
        material_version: sql`(
          select ${consent_policies.material_version} from ${consent_policies}
          where ${consent_policies.status} = 'published'
          order by ${consent_policies.policy_version} desc limit 1
        )`.mapWith((version): number => Number(version)),
      })
      .from(subjects)
      .leftJoin(
        consents,
        and(
          eq(consents.subject_id, subjects.id),
          sql`${consents.sequence} = (
            select max(newest.sequence) from ${consents} as newest where newest.subject_id = ${subjects.id}
          )`,
        ),
      )
      .where(eq(subjects.id, param("subject"))),
  );
  const newest = Number.MAX_SAFE_INTEGER;
  return {
    latest: async (subject) => first(await history({ subject, before: newest, limit: 1 })),
    basis: async (subject) => {
      const row = first(await basis({ subject }));
      if (row === null) return null;
      const { status, purpose_states, gpc, material_version } = row;
      return {
        status,
        latest: purpose_states === null || gpc === null ? null : { purpose_states, gpc },
        material_version,
      };
    },
    byId: async (id) => first(await byId({ id })),
    history: (subject, before, limit) => history({ subject, before: before ?? newest, limit }),
  };
};
