import { describe, expect, test } from "bun:test";
import type { WebhookDeliveryId, WebhookId } from "../../../src/domain/shared/ids.ts";
import { type Instant, plus } from "../../../src/domain/shared/instant.ts";
import { id, NOON, record } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

export const webhookReaderLaws = (kind: StoreKind): void => {
  const h = harness(kind);

  describe("webhook reader", () => {
    test("finds recipients by id and lists them in order, removed ones too", async () => {
      const rows = [
        record("webhooks"),
        record("webhooks", { removed_at: NOON, secret: null }),
        record("webhooks"),
      ];
      for (const row of rows.toReversed()) await h.given({ op: "insert", into: "webhooks", row });
      const { webhooks } = h.readers();
      const [first, second, last] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
      expect(await webhooks.byId(second.id)).toEqual(second);
      expect(await webhooks.byId(id<WebhookId>())).toBeNull();
      expect(await webhooks.list(null, 10)).toEqual(rows);
      expect(await webhooks.list(first.id, 1)).toEqual([second]);
      expect(await webhooks.list(last.id, 10)).toEqual([]);
    });
  });

  describe("webhook delivery reader", () => {
    const delivery = (to: WebhookId, over: Parameters<typeof record<"webhook_deliveries">>[1] = {}) =>
      record("webhook_deliveries", { webhook_id: to, ...over });

    test("finds what is due to one recipient, longest due first, the moment itself included", async () => {
      const to = id<WebhookId>();
      const at = (milliseconds: number) => delivery(to, { next_attempt_at: plus(NOON, milliseconds) });
      const [later, now, twin, before] = [at(1), at(0), at(0), at(-1)] as const;
      const none = delivery(to, { next_attempt_at: null });
      const others = record("webhook_deliveries", { next_attempt_at: plus(NOON, -9) });
      for (const row of [twin, later, none, others, now, before]) {
        await h.given({ op: "insert", into: "webhook_deliveries", row });
      }
      const { webhookDeliveries } = h.readers();
      expect(await webhookDeliveries.due(to, NOON, 10)).toEqual([before, now, twin]);
      expect(await webhookDeliveries.due(to, NOON, 1)).toEqual([before]);
      expect(await webhookDeliveries.due(to, plus(NOON, -2), 10)).toEqual([]);
      const set = { next_attempt_at: null, attempts: 1 };
      await h.given({ op: "update", in: "webhook_deliveries", id: before.id, version: 1, set });
      expect(await webhookDeliveries.due(to, NOON, 1)).toEqual([now]);
      expect(await webhookDeliveries.byId(before.id)).toEqual({ ...before, ...set, version: 2 });
      expect(await webhookDeliveries.byId(id<WebhookDeliveryId>())).toBeNull();
    });

    test("keeps open and closed ones apart, and counts what is late", async () => {
      const to = id<WebhookId>();
      const due = (milliseconds: number, closed_at: Instant | null = null) =>
        delivery(to, { acknowledgement_due_at: plus(NOON, milliseconds), closed_at });
      const [early, onTime, late] = [due(-1), due(0), due(1)] as const;
      const [done, doneToo] = [due(-1, NOON), due(1, NOON)] as const;
      for (const row of [doneToo, late, early, done, onTime]) {
        await h.given({ op: "insert", into: "webhook_deliveries", row });
      }
      const { webhookDeliveries } = h.readers();
      expect(await webhookDeliveries.open(to, null, 10)).toEqual([early, onTime, late]);
      expect(await webhookDeliveries.open(to, early.id, 1)).toEqual([onTime]);
      expect(await webhookDeliveries.open(to, late.id, 10)).toEqual([]);
      expect(await webhookDeliveries.closed(to, null, 10)).toEqual([doneToo, done]);
      expect(await webhookDeliveries.closed(to, doneToo.id, 10)).toEqual([done]);
      expect(await webhookDeliveries.closed(to, done.id, 10)).toEqual([]);
      expect(await webhookDeliveries.standing(to, NOON)).toEqual({ open: 3, late: 2 });
      const other = id<WebhookId>();
      expect(await webhookDeliveries.standing(other, NOON)).toEqual({ open: 0, late: 0 });
      expect(await webhookDeliveries.open(other, null, 10)).toEqual([]);
      const set = { closed_at: NOON, message: null };
      await h.given({ op: "update", in: "webhook_deliveries", id: early.id, version: 1, set });
      expect(await webhookDeliveries.standing(to, NOON)).toEqual({ open: 2, late: 1 });
      expect((await webhookDeliveries.closed(to, null, 10)).map(({ id }) => id)).toContain(early.id);
    });
  });
};
