import { eq } from "drizzle-orm";
import type { SessionReader, SessionWithSubject } from "../../../ports/session-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const sessionReader = (source: Source): SessionReader => {
  const { db, schema } = source;
  const { sessions, subjects } = schema;
  const withSubject = () =>
    db
      .select({ session: sessions, subject: subjects })
      .from(sessions)
      .innerJoin(subjects, eq(subjects.id, sessions.subject_id));
  const byTokenHash = prepared<SessionWithSubject>(source, "sessions.byTokenHash", () =>
    withSubject().where(eq(sessions.token_hash, param("hash"))),
  );
  const byId = prepared<SessionWithSubject>(source, "sessions.byId", () =>
    withSubject().where(eq(sessions.id, param("id"))),
  );
  return {
    byTokenHash: async (hash) => first(await byTokenHash({ hash })),
    byId: async (id) => first(await byId({ id })),
  };
};
