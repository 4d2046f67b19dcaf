import { and, desc, eq, lt } from "drizzle-orm";
import type { ConsentReader } from "../../../ports/consent-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const consentReader = (source: Source): ConsentReader => {
  const { db, schema } = source;
  const { consents } = schema;
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
  const newest = Number.MAX_SAFE_INTEGER;
  return {
    latest: async (subject) => first(await history({ subject, before: newest, limit: 1 })),
    byId: async (id) => first(await byId({ id })),
    history: (subject, before, limit) => history({ subject, before: before ?? newest, limit }),
  };
};
