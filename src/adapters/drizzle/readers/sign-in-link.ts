import { eq } from "drizzle-orm";
import type { SignInLinkReader } from "../../../ports/sign-in-link-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const signInLinkReader = (source: Source): SignInLinkReader => {
  const { db, schema } = source;
  const byTokenHash = prepared(source, "sign_in_links.byTokenHash", () =>
    db
      .select()
      .from(schema.sign_in_links)
      .where(eq(schema.sign_in_links.token_hash, param("hash"))),
  );
  return { byTokenHash: async (hash) => first(await byTokenHash({ hash })) };
};
