import { asc, eq, gt } from "drizzle-orm";
import type { ServiceCredentialReader } from "../../../ports/service-credential-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const serviceCredentialReader = (source: Source): ServiceCredentialReader => {
  const { db, schema } = source;
  const { service_credentials } = schema;
  const byTokenHash = prepared(source, "service_credentials.byTokenHash", () =>
    db
      .select()
      .from(service_credentials)
      .where(eq(service_credentials.token_hash, param("hash"))),
  );
  const byId = prepared(source, "service_credentials.byId", () =>
    db
      .select()
      .from(service_credentials)
      .where(eq(service_credentials.id, param("id"))),
  );
  const list = prepared(source, "service_credentials.list", () =>
    db
      .select()
      .from(service_credentials)
      .where(gt(service_credentials.id, param("after")))
      .orderBy(asc(service_credentials.id))
      .limit(param("limit")),
  );
  return {
    byTokenHash: async (hash) => first(await byTokenHash({ hash })),
    byId: async (id) => first(await byId({ id })),
    list: (after, limit) => list({ after: after ?? "", limit }),
  };
};
