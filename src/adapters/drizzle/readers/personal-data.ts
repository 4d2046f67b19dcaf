import { and, asc, eq, gt } from "drizzle-orm";
import type { Records } from "../../../domain/personal-data/records.ts";
import type { PersonalDataReader, WalkedCollection } from "../../../ports/personal-data-reader.ts";
import { param, prepared, type Source } from "../portable.ts";

type Walks = {
  readonly [C in WalkedCollection]: (values: {
    readonly subject: string;
    readonly after: string;
    readonly limit: number;
  }) => Promise<readonly Records[C][]>;
};

export const personalDataReader = (source: Source): PersonalDataReader => {
  const { db, schema } = source;
  const walk = <C extends WalkedCollection>(collection: C) =>
    prepared<Records[C]>(source, `${collection}.ofSubject`, () => {
      const table = schema[collection];
      // Every one of these tables has the columns that are named here, which the union of their types does not show.
      const rows = db
        .select()
        .from(table as typeof schema.sessions)
        .where(and(eq(table.subject_id, param("subject")), gt(table.id, param("after"))))
        .orderBy(asc(table.id))
        .limit(param("limit"));
      return rows as unknown as { prepare(name: string): { execute(values: object): Promise<Records[C][]> } };
    });
  const walks: Walks = {
    comments: walk("comments"),
    comment_reports: walk("comment_reports"),
    sessions: walk("sessions"),
    outgoing_mails: walk("outgoing_mails"),
    idempotent_answers: walk("idempotent_answers"),
    webhook_deliveries: walk("webhook_deliveries"),
  };
  return {
    ofSubject: (collection, subject, after, limit) =>
      walks[collection]({ subject, after: after ?? "", limit }),
  };
};
