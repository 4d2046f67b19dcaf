import { enableWebhook } from "../../domain/recipients/webhook.ts";
import { askAgain, type WebhookDelivery } from "../../domain/recipients/webhook-delivery.ts";
import { parseId, type WebhookDeliveryId, type WebhookId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import { requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";
import type { Recipients } from "./recipients.ts";

/** Where a page goes on: among the open ones, or among the closed ones that come after them. */
interface Place {
  readonly state: "open" | "closed";
  readonly id: WebhookDeliveryId;
}

const cursorOf = ({ closed_at, id }: WebhookDelivery): string =>
  `${closed_at === null ? "open" : "closed"}.${id}`;

const parsePlace = (cursor: string): Place | null => {
  const [state, text, ...rest] = cursor.split(".");
  const id = parseId<WebhookDeliveryId>(text ?? "");
  return (state === "open" || state === "closed") && id !== null && rest.length === 0 ? { state, id } : null;
};

/** Open ones first, oldest first: what a person may have to see to. Then the closed ones, newest first. */
const rowsFrom = async (
  { readers: { webhookDeliveries } }: Pick<Deps, "readers">,
  webhook: WebhookId,
  place: Place | null,
  limit: number,
): Promise<readonly WebhookDelivery[]> => {
  if (place?.state === "closed") return webhookDeliveries.closed(webhook, place.id, limit);
  const open = await webhookDeliveries.open(webhook, place?.id ?? null, limit);
  const room = limit - open.length;
  return room === 0 ? open : [...open, ...(await webhookDeliveries.closed(webhook, null, room))];
};

export const listDeliveries =
  (deps: Deps): Recipients["deliveries"] =>
  async (caller, id, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const place = cursor === null ? null : parsePlace(cursor);
    if (cursor !== null && place === null) return badCursor();
    if ((await deps.readers.webhooks.byId(id)) === null) return err({ type: "not-found" });
    const rows = await rowsFrom(deps, id, place, limit + 1);
    const now = deps.clock.now();
    return ok(
      pageOf(rows, limit, cursorOf, (delivery) => ({
        delivery,
        late: delivery.closed_at === null && delivery.acknowledgement_due_at <= now,
      })),
    );
  };

/** Sends it again at once, to a recipient that was disabled as well: whoever asks knows that it is back. */
export const redeliver =
  (deps: Deps): Recipients["redeliver"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const again = await decideAndCommit(deps, caller, async () => {
      const [webhook, delivery] = await Promise.all([
        deps.readers.webhooks.byId(input.webhook),
        deps.readers.webhookDeliveries.byId(input.delivery),
      ]);
      if (webhook === null || delivery === null || delivery.webhook_id !== webhook.id) {
        return err({ type: "not-found" });
      }
      const asked = askAgain(delivery, await occasionOf(deps, caller));
      if (!asked.ok) return asked;
      const enabling = enableWebhook(webhook, await occasionOf(deps, caller));
      const { delivery: value, changes } = asked.value;
      const late = delivery.acknowledgement_due_at <= deps.clock.now();
      if (enabling === null) return ok({ changes, value: { delivery: value, late } });
      return ok({
        changes: {
          expects: [],
          writes: [...changes.writes, ...enabling.writes],
          audit: [...changes.audit, ...enabling.audit],
        },
        value: { delivery: value, late },
      });
    });
    if (again.ok) await deps.refreshRecipients();
    return again;
  };
