import { asc, eq, lte } from "drizzle-orm";
import type { IdempotentAnswerReader } from "../../../ports/idempotent-answer-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const idempotentAnswerReader = (source: Source): IdempotentAnswerReader => {
  const { db, schema } = source;
  const { idempotent_answers } = schema;
  const byId = prepared(source, "idempotent_answers.byId", () =>
    db
      .select()
      .from(idempotent_answers)
      .where(eq(idempotent_answers.id, param("id"))),
  );
  const expired = prepared(source, "idempotent_answers.expired", () =>
    db
      .select()
      .from(idempotent_answers)
      .where(lte(idempotent_answers.expires_at, param("now")))
      .orderBy(asc(idempotent_answers.expires_at), asc(idempotent_answers.id))
      .limit(param("limit")),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    expired: (now, limit) => expired({ now, limit }),
  };
};
