import { describe, expect, test } from "bun:test";
import {
  type AttemptResult,
  afterAttempt,
  pauseAfter,
  pauseFor,
} from "../../src/domain/recipients/delivery-attempt.ts";
import {
  addWebhook,
  disableWebhook,
  enableWebhook,
  recipientsOf,
  removeWebhook,
  rotateSecret,
  secretsInForce,
  type Webhook,
} from "../../src/domain/recipients/webhook.ts";
import {
  acknowledgeDelivery,
  askAgain,
  closeDelivery,
  newDelivery,
  payloadOf,
  type RecipientEvent,
  type WebhookDelivery,
} from "../../src/domain/recipients/webhook-delivery.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import type { Sealed, SubjectId, WebhookDeliveryId, WebhookId } from "../../src/domain/shared/ids.ts";
import { DAY, HOUR, type Instant, MINUTE, plus, SECOND } from "../../src/domain/shared/instant.ts";
import { T0 as NOW, occasion } from "./given.ts";

const EVENT: RecipientEvent = {
  type: "consent.changed",
  subject: "5f0e4a4e-0b7f-4f39-9d0a-6a2a2f3b1c11" as SubjectId,
  reference: "0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
  due_at: null,
};
const SEALED = "v1.sealed" as Sealed;

const delivery = (event: RecipientEvent = EVENT, over: Partial<WebhookDelivery> = {}): WebhookDelivery => ({
  ...newDelivery("d" as WebhookDeliveryId, "w" as WebhookId, event, SEALED, NOW, DEFAULT_RETENTION),
  ...over,
});

const failed: AttemptResult = { outcome: "refused", status: 500, retry_after: null };

describe("what a recipient is told", () => {
  test("is ids and no more, with the date by which it must have said that it is done", () => {
    const payload = payloadOf(EVENT, NOW, (at) => `at ${at - NOW}`);
    expect(JSON.parse(payload)).toEqual({
      type: "consent.changed",
      timestamp: "at 0",
      data: {
        subject: EVENT.subject,
        reference: EVENT.reference,
        acknowledge_by: `at ${28 * DAY}`,
      },
    });
  });

  test("keeps whose it is, unless it is of her erasure: then only the sealed message knows", () => {
    expect(delivery()).toMatchObject({ subject_id: EVENT.subject, next_attempt_at: NOW, closed_at: null });
    expect(delivery({ ...EVENT, type: "subject.erased" })).toMatchObject({
      subject_id: null,
      message: SEALED,
    });
  });

  test("is due within a month at its shortest, or when its cause says", () => {
    expect(delivery().acknowledgement_due_at).toBe(plus(NOW, 28 * DAY));
    expect(delivery({ ...EVENT, due_at: plus(NOW, DAY) }).acknowledgement_due_at).toBe(plus(NOW, DAY));
  });
});

describe("the pause after an attempt", () => {
  test("follows the schedule of Standard Webhooks, and is a day from then on", () => {
    expect(Array.from({ length: 11 }, (_, at) => pauseAfter(at + 1, 0))).toEqual([
      5 * SECOND,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      14 * HOUR,
      20 * HOUR,
      DAY,
      DAY,
      DAY,
    ]);
  });

  test("is at most a tenth longer by chance", () => {
    expect(pauseAfter(9, 0.999)).toBeLessThan(1.1 * DAY);
    expect(pauseAfter(9, 0.5)).toBe(1.05 * DAY);
  });

  test.each<readonly [string, AttemptResult, number, number]>([
    ["what the recipient asks for", { ...failed, retry_after: HOUR }, 1, HOUR],
    ["never less than the schedule", { ...failed, retry_after: SECOND }, 4, 2 * HOUR],
    ["never more than a day", { ...failed, retry_after: 400 * DAY }, 1, DAY],
    ["a minute at least for one that is overloaded", { ...failed, status: 429 }, 1, MINUTE],
    ["a minute at least where nobody is behind the front", { ...failed, status: 502 }, 1, MINUTE],
  ])("is %s", (_what, result, attempts, pause) => {
    expect(pauseFor(attempts, result, 0)).toBe(pause);
  });
});

describe("a delivery after an attempt", () => {
  const claimed = delivery(EVENT, { attempts: 1, next_attempt_at: plus(NOW, MINUTE) });

  test("that was taken is not sent again and stays open", () => {
    const set = afterAttempt(claimed, { outcome: "delivered", status: 204, retry_after: null }, 0, NOW);
    expect(set).toMatchObject({ next_attempt_at: null, delivered_at: NOW, last_outcome: "delivered" });
  });

  test("that was not is sent again until it must have been acknowledged, and never after", () => {
    const due = claimed.acknowledgement_due_at;
    const at = (now: Instant) => afterAttempt({ ...claimed, attempts: 12 }, failed, 0, now).next_attempt_at;
    expect(afterAttempt(claimed, failed, 0, NOW).next_attempt_at).toBe(plus(NOW, 5 * SECOND));
    expect(at(plus(due, -DAY))).toBe(due);
    expect(at(plus(due, -DAY + 1))).toBeNull();
  });

  test("that was acknowledged meanwhile is not sent again", () => {
    const set = afterAttempt({ ...claimed, closed_at: NOW }, failed, 0, NOW);
    expect(set.next_attempt_at).toBeNull();
  });
});

describe("the end of a delivery", () => {
  test("an acknowledgement empties it, once, and says whether it was late", () => {
    const changes = acknowledgeDelivery(delivery(), occasion());
    const set = { acknowledged_at: NOW, closed_at: NOW, next_attempt_at: null, message: null };
    expect(changes?.writes).toMatchObject([{ op: "update", in: "webhook_deliveries", set }]);
    expect(JSON.parse(changes?.audit[0].details ?? "")).toEqual({ event: "consent.changed", late: false });
    const late = acknowledgeDelivery(delivery(EVENT, { acknowledgement_due_at: plus(NOW, -1) }), occasion());
    expect(JSON.parse(late?.audit[0].details ?? "")).toMatchObject({ late: true });
    expect(acknowledgeDelivery(delivery(EVENT, { closed_at: NOW }), occasion())).toBeNull();
  });

  test("closing empties it too", () => {
    const { writes } = closeDelivery(delivery(), "overtaken", occasion());
    expect(writes).toMatchObject([{ set: { closed_at: NOW, message: null, next_attempt_at: null } }]);
  });

  test("what is closed or overtaken cannot be sent again; what is open can, at once", () => {
    const refusal = { ok: false, error: { type: "delivery-closed" } } as const;
    expect(askAgain(delivery(EVENT, { closed_at: NOW }), occasion())).toEqual(refusal);
    expect(askAgain(delivery(EVENT, { message: null }), occasion())).toEqual(refusal);
    const asked = askAgain(delivery(EVENT, { next_attempt_at: null }), occasion());
    expect(asked).toMatchObject({ ok: true, value: { delivery: { next_attempt_at: NOW } } });
  });
});

describe("a recipient", () => {
  const { webhook } = addWebhook(
    {
      id: "w" as WebhookId,
      name: "Newsletter",
      url: "https://newsletter.example/",
      secret: SEALED,
      events: ["subject.erased"],
    },
    occasion(),
  );
  const other: Webhook = { ...webhook, id: "o" as WebhookId, events: '["consent.changed"]' as never };

  test("is told of what it asked for, disabled or not, until it is removed", () => {
    const disabled = { ...webhook, disabled_at: NOW };
    const removed = { ...webhook, removed_at: NOW };
    expect(recipientsOf([webhook, other, disabled, removed], "subject.erased")).toEqual([webhook, disabled]);
    expect(recipientsOf([webhook], "subject.restricted")).toEqual([]);
  });

  test("has two secrets for a week after a change, and none once it is removed", () => {
    const next = "v1.next" as Sealed;
    const { until, changes } = rotateSecret(webhook, next, occasion());
    const [write] = changes.writes;
    const rotated = { ...webhook, ...(write?.op === "update" ? write.set : {}) } as Webhook;
    expect(secretsInForce(webhook, NOW)).toEqual([SEALED]);
    expect(secretsInForce(rotated, plus(until, -1))).toEqual([next, SEALED]);
    expect(secretsInForce(rotated, until)).toEqual([next]);
    const [removal] = removeWebhook(rotated, occasion())?.writes ?? [];
    const removed = { ...rotated, ...(removal?.op === "update" ? removal.set : {}) } as Webhook;
    expect(secretsInForce(removed, NOW)).toEqual([]);
    expect(removeWebhook(removed, occasion())).toBeNull();
  });

  test("is disabled and enabled once", () => {
    const disabled = { ...webhook, disabled_at: NOW };
    expect(disableWebhook(webhook, occasion())?.writes).toHaveLength(1);
    expect(disableWebhook(disabled, occasion())).toBeNull();
    expect(enableWebhook(disabled, occasion())?.writes).toHaveLength(1);
    expect(enableWebhook(webhook, occasion())).toBeNull();
  });
});
