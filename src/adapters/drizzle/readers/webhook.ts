import { asc, eq, gt } from "drizzle-orm";
import type { WebhookReader } from "../../../ports/webhook-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

export const webhookReader = (source: Source): WebhookReader => {
  const { db, schema } = source;
  const { webhooks } = schema;
  const byId = prepared(source, "webhooks.byId", () =>
    db
      .select()
      .from(webhooks)
      .where(eq(webhooks.id, param("id"))),
  );
  const list = prepared(source, "webhooks.list", () =>
    db
      .select()
      .from(webhooks)
      .where(gt(webhooks.id, param("after")))
      .orderBy(asc(webhooks.id))
      .limit(param("limit")),
  );
  return {
    byId: async (id) => first(await byId({ id })),
    list: (after, limit) => list({ after: after ?? "", limit }),
  };
};
