import { eq } from "drizzle-orm";
import type { MailPreferencesReader } from "../../../ports/mail-preferences-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const mailPreferencesReader = (source: Source): MailPreferencesReader => {
  const { db, schema } = source;
  const { mail_preferences } = schema;
  const ofSubject = prepared(source, "mail_preferences.ofSubject", () =>
    db
      .select()
      .from(mail_preferences)
      .where(eq(mail_preferences.subject_id, param("subject"))),
  );
  return { ofSubject: async (subject) => first(await ofSubject({ subject })) };
};
