import { and, asc, eq, gt, lte, ne, sql } from "drizzle-orm";
import type { ErasureReader } from "../../../ports/erasure-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const erasureReader = (source: Source): ErasureReader => {
  const { db, schema } = source;
  const { erasures } = schema;
  const byId = prepared(source, "erasures.byId", () =>
    db
      .select()
      .from(erasures)
      .where(eq(erasures.id, param("id"))),
  );
  const ofSubject = prepared(source, "erasures.ofSubject", () =>
    db
      .select()
      .from(erasures)
      .where(eq(erasures.subject_id, param("subject"))),
  );
  // Spelled out, not bound: that is how a partial index is recognised.
  const unfinished = sql`${erasures.status} <> 'done'`;
  const open = prepared(source, "erasures.open", () =>
    db
      .select()
      .from(erasures)
      .where(and(unfinished, ne(erasures.status, "held"), lte(erasures.next_attempt_at, param("now"))))
      .orderBy(asc(erasures.next_attempt_at), asc(erasures.id))
      .limit(param("limit")),
  );
  const held = prepared(source, "erasures.held", () =>
    db
      .select()
      .from(erasures)
      .where(and(sql`${erasures.status} = 'held'`, gt(erasures.id, param("after"))))
      .orderBy(asc(erasures.id))
      .limit(param("limit")),
  );
  return {
    held: (after, limit) => held({ after: after ?? "", limit }),
    byId: async (id) => first(await byId({ id })),
    ofSubject: async (subject) => first(await ofSubject({ subject })),
    open: (now, limit) => open({ now, limit }),
  };
};
