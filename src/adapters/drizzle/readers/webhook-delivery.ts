import { and, asc, count, desc, eq, gt, isNotNull, isNull, lt, lte } from "drizzle-orm";
import type { WebhookDeliveryReader } from "../../../ports/webhook-delivery-reader.ts";
import { first, param, prepared, type Source } from "../portable.ts";

/** After every id: they are hexadecimal. */
const NEWEST = "~";

export const webhookDeliveryReader = (source: Source): WebhookDeliveryReader => {
  const { db, schema } = source;
  const { webhook_deliveries } = schema;
  const { id, webhook_id, next_attempt_at, closed_at, acknowledgement_due_at } = webhook_deliveries;
  const mine = eq(webhook_id, param("webhook"));
  const byId = prepared(source, "webhook_deliveries.byId", () =>
    db
      .select()
      .from(webhook_deliveries)
      .where(eq(id, param("id"))),
  );
  const due = prepared(source, "webhook_deliveries.due", () =>
    db
      .select()
      .from(webhook_deliveries)
      .where(and(mine, isNotNull(next_attempt_at), lte(next_attempt_at, param("now"))))
      .orderBy(asc(next_attempt_at), asc(id))
      .limit(param("limit")),
  );
  const open = prepared(source, "webhook_deliveries.open", () =>
    db
      .select()
      .from(webhook_deliveries)
      .where(and(mine, isNull(closed_at), gt(id, param("after"))))
      .orderBy(asc(id))
      .limit(param("limit")),
  );
  const closed = prepared(source, "webhook_deliveries.closed", () =>
    db
      .select()
      .from(webhook_deliveries)
      .where(and(mine, isNotNull(closed_at), lt(id, param("before"))))
      .orderBy(desc(id))
      .limit(param("limit")),
  );
  const openCount = prepared(source, "webhook_deliveries.standing open", () =>
    db
      .select({ count: count() })
      .from(webhook_deliveries)
      .where(and(mine, isNull(closed_at))),
  );
  const lateCount = prepared(source, "webhook_deliveries.standing late", () =>
    db
      .select({ count: count() })
      .from(webhook_deliveries)
      .where(and(mine, isNull(closed_at), lte(acknowledgement_due_at, param("now")))),
  );
  return {
    byId: async (wanted) => first(await byId({ id: wanted })),
    due: (webhook, now, limit) => due({ webhook, now, limit }),
    open: (webhook, after, limit) => open({ webhook, after: after ?? "", limit }),
    closed: (webhook, before, limit) => closed({ webhook, before: before ?? NEWEST, limit }),
    standing: async (webhook, now) => ({
      open: first(await openCount({ webhook }))?.count ?? 0,
      late: first(await lateCount({ webhook, now }))?.count ?? 0,
    }),
  };
};
