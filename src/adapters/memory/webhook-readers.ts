import type { Readers } from "../../ports/store.ts";
import type { MemoryContents } from "./contents.ts";
import { FROM_OLDEST, take, until } from "./take.ts";

/** After every id: they are hexadecimal. */
const NEWEST = "~";

/** Readers of recipients and of what they are told. */
export const webhookReaders = (
  { tables, indexes }: Pick<MemoryContents, "tables" | "indexes">,
  attempt: <T>(operation: string, read: () => T) => Promise<T>,
): Pick<Readers, "webhooks" | "webhookDeliveries"> => ({
  webhooks: {
    byId: (id) => attempt("webhooks.byId", () => tables.webhooks.get(id)),
    list: (after, limit) => attempt("webhooks.list", () => take(tables.webhooks.after(after ?? ""), limit)),
  },
  webhookDeliveries: {
    byId: (id) => attempt("webhook_deliveries.byId", () => tables.webhook_deliveries.get(id)),
    due: (webhook, now, limit) =>
      attempt("webhook_deliveries.due", () =>
        take(
          until(
            indexes.deliveriesByDate.after(webhook, [FROM_OLDEST, ""]),
            ({ next_attempt_at }) => next_attempt_at !== null && next_attempt_at <= now,
          ),
          limit,
        ),
      ),
    open: (webhook, after, limit) =>
      attempt("webhook_deliveries.open", () =>
        take(indexes.openDeliveries.after(webhook, [after ?? ""]), limit),
      ),
    closed: (webhook, before, limit) =>
      attempt("webhook_deliveries.closed", () =>
        take(indexes.closedDeliveries.before(webhook, [before ?? NEWEST]), limit),
      ),
    standing: (webhook, now) =>
      attempt("webhook_deliveries.standing", () => {
        const open = [...indexes.openDeliveries.after(webhook, [""])];
        const late = open.filter(({ acknowledgement_due_at }) => acknowledgement_due_at <= now);
        return { open: open.length, late: late.length };
      }),
  },
});
