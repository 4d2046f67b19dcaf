import { desc, eq, lt, sql } from "drizzle-orm";
import type { ConsentPolicyReader } from "../../../ports/consent-policy-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const consentPolicyReader = (source: Source): ConsentPolicyReader => {
  const { db, schema } = source;
  const { consent_policies } = schema;
  const current = prepared(source, "consent_policies.current", () =>
    db
      .select()
      .from(consent_policies)
      // Spelled out, not bound: that is how a partial index is recognised.
      .where(sql`${consent_policies.status} = 'published'`)
      .orderBy(desc(consent_policies.policy_version))
      .limit(1),
  );
  const byVersion = prepared(source, "consent_policies.byVersion", () =>
    db
      .select()
      .from(consent_policies)
      .where(eq(consent_policies.policy_version, param("version"))),
  );
  const list = prepared(source, "consent_policies.list", () =>
    db
      .select()
      .from(consent_policies)
      .where(lt(consent_policies.policy_version, param("before")))
      .orderBy(desc(consent_policies.policy_version))
      .limit(param("limit")),
  );
  return {
    current: async () => first(await current({})),
    byVersion: async (version) => first(await byVersion({ version })),
    list: (before, limit) => list({ before: before ?? Number.MAX_SAFE_INTEGER, limit }),
  };
};
