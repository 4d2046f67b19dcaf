import { asc, eq, gte, lte, sql } from "drizzle-orm";
import type { OutgoingMailReader } from "../../../ports/outgoing-mail-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const outgoingMailReader = (source: Source): OutgoingMailReader => {
  const { db, schema } = source;
  const { outgoing_mails } = schema;
  const byId = prepared(source, "outgoing_mails.byId", () =>
    db
      .select()
      .from(outgoing_mails)
      .where(eq(outgoing_mails.id, param("id"))),
  );
  const due = prepared(source, "outgoing_mails.due", () =>
    db
      .select()
      .from(outgoing_mails)
      .where(lte(outgoing_mails.next_attempt_at, param("now")))
      .orderBy(asc(outgoing_mails.next_attempt_at), asc(outgoing_mails.id))
      .limit(param("limit")),
  );
  const waiting = prepared(source, "outgoing_mails.waiting", () => {
    const found = db
      .select({ id: outgoing_mails.id })
      .from(outgoing_mails)
      // Said so that it is counted in the index.
      .where(gte(outgoing_mails.next_attempt_at, sql`0`))
      .limit(param("atMost"))
      .as("found");
    return db.select({ count: sql<number>`count(*)` }).from(found);
  });
  return {
    byId: async (id) => first(await byId({ id })),
    due: (now, limit) => due({ now, limit }),
    waiting: async (atMost) => Number(first(await waiting({ atMost }))?.count ?? 0),
  };
};
