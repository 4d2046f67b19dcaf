import { afterEach, describe, expect, test } from "bun:test";
import { guardedWebhooks } from "../../src/adapters/resilience/guarded-webhooks.ts";
import { makeOutsideCalls } from "../../src/adapters/resilience/outside-calls.ts";
import { closeDeliveries } from "../../src/app/recipients/close-deliveries.ts";
import { type WebhookLanes, webhookLanes } from "../../src/app/recipients/webhook-lanes.ts";
import type { WebhookDelivery } from "../../src/domain/recipients/webhook-delivery.ts";
import type { WebhookDeliveryId } from "../../src/domain/shared/ids.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/domain/shared/instant.ts";
import type { SendWebhook, WebhookRequest } from "../../src/ports/webhook-sender.ts";
import { recordingLogger } from "../support/http.ts";
import { changes } from "../support/records.ts";
import { accepted, refused, type TestService, testService } from "../support/service.ts";
import { openReceiver, type Receiver, status } from "../support/webhook-receiver.ts";
import { aRecipient, type Recipient, signedHeaders, signer, tell } from "../support/webhooks.ts";

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

const receiver = async (...args: Parameters<typeof openReceiver>): Promise<Receiver> => {
  const opened = await openReceiver(...args);
  open.push(opened);
  return opened;
};

const aService = async (): Promise<TestService> => {
  const service = await testService({ settings: { webhookAllowPrivate: true } });
  open.push(service);
  return service;
};

/** Lanes as main wires them: the real sender behind real circuits, which go by the test's clock. */
const lanesOf = (service: TestService, send?: SendWebhook): WebhookLanes => {
  const calls = makeOutsideCalls({
    failureThreshold: 5,
    openSeconds: 60,
    logger: recordingLogger(),
    monotonic: service.deps.clock.now,
  });
  return webhookLanes({
    ...service.deps,
    send: send ?? guardedWebhooks(service.webhookSender, calls),
    random: () => 0.5,
    logger: recordingLogger(),
  });
};

const round = async (lanes: WebhookLanes): Promise<void> => {
  lanes.begin();
  await lanes.idle();
};

const urlOf = ({ port }: Receiver): string => `http://127.0.0.1:${port}/hooks`;

const only = async ({ deps }: TestService, { id }: Pick<Recipient, "id">): Promise<WebhookDelivery> => {
  const { webhookDeliveries } = deps.readers;
  const all = [
    ...(await webhookDeliveries.open(id, null, 10)),
    ...(await webhookDeliveries.closed(id, null, 10)),
  ];
  const [first] = all;
  if (first === undefined || all.length > 1) throw new Error(`there are ${all.length} deliveries`);
  return first;
};

const acknowledge = (
  service: TestService,
  secret: string,
  delivery: WebhookDeliveryId,
  over: Readonly<Record<string, string | null>> = {},
) => {
  const body = JSON.stringify({ delivery_id: delivery });
  const headers: Readonly<Record<string, string | null>> = {
    ...signedHeaders(service, secret, body),
    ...over,
  };
  return service.application.recipients.acknowledge(service.as({ kind: "anonymous" }), {
    delivery,
    signed: {
      id: headers["webhook-id"] ?? null,
      timestamp: headers["webhook-timestamp"] ?? null,
      signature: headers["webhook-signature"] ?? null,
      body,
    },
  });
};

describe("a recipient that is down for three days", () => {
  test("is told when it is back, under the same id, and the open item is to be seen until it acknowledges", async () => {
    const service = await aService();
    const there = await receiver((response) => void response.destroy());
    const recipient = await aRecipient(service, urlOf(there));
    const { caller } = await service.signIn("admin@example.org", "admin");
    const seen = async () =>
      accepted(
        await service.application.recipients.deliveries(caller, recipient.id, { limit: 20, cursor: null }),
      ).items;
    const subject = await tell(service);
    const lanes = lanesOf(service);
    for (let hours = 0; hours < 72; hours += 1) {
      await round(lanes);
      service.pass(HOUR);
    }
    const down = there.received.length;
    expect(down).toBeGreaterThanOrEqual(8);
    expect(await seen()).toMatchObject([
      { late: false, delivery: { attempts: down, last_outcome: "unreachable", closed_at: null } },
    ]);
    there.answer = status(204);
    for (let hours = 0; hours < 25; hours += 1) {
      await round(lanes);
      service.pass(HOUR);
    }
    expect(there.received).toHaveLength(down + 1);
    expect(new Set(there.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(new Set(there.received.map(({ headers }) => headers["webhook-timestamp"])).size).toBe(down + 1);
    for (const { headers, body } of there.received) {
      const [id, timestamp] = [String(headers["webhook-id"]), Number(headers["webhook-timestamp"])];
      const signatures = String(headers["webhook-signature"]);
      expect(signer.verify([recipient.secret], { id, timestamp, body }, signatures)).toBe(true);
      expect(JSON.parse(body)).toMatchObject({ type: "subject.erased", data: { subject } });
    }
    const [item] = await seen();
    expect(item).toMatchObject({
      delivery: { last_outcome: "delivered", last_status: 204, closed_at: null },
    });
    accepted(await acknowledge(service, recipient.secret, item?.delivery.id as WebhookDeliveryId));
    expect(await seen()).toMatchObject([{ late: false, delivery: { message: null, subject_id: null } }]);
    expect((await only(service, recipient)).closed_at).not.toBeNull();
  });

  test("for a month: it is tried until the deadline, then stays open, late, and an admin may send it again", async () => {
    const service = await aService();
    const there = await receiver((response) => void response.destroy());
    const recipient = await aRecipient(service, urlOf(there));
    const { caller } = await service.signIn("admin@example.org", "admin");
    await tell(service);
    const lanes = lanesOf(service);
    for (let quarters = 0; quarters < 4 * 40; quarters += 1) {
      await round(lanes);
      service.pass(6 * HOUR);
    }
    const tried = there.received.length;
    expect(tried).toBeGreaterThan(20);
    const late = await only(service, recipient);
    expect(late).toMatchObject({ next_attempt_at: null, closed_at: null, attempts: tried });
    const listed = accepted(await service.application.recipients.list(caller, { limit: 1, cursor: null }));
    expect(listed.items).toMatchObject([{ open: 1, late: 1 }]);
    there.answer = status(200);
    accepted(
      await service.application.recipients.redeliver(caller, { webhook: recipient.id, delivery: late.id }),
    );
    await round(lanes);
    expect(there.received).toHaveLength(tried + 1);
    expect(await only(service, recipient)).toMatchObject({ last_outcome: "delivered" });
  });
});

describe("a recipient that misbehaves", () => {
  test.each<readonly [string, Parameters<typeof openReceiver>[0], Partial<WebhookDelivery>]>([
    ["refuses", status(500), { last_outcome: "refused", last_status: 500 }],
    ["redirects", status(307, { location: "http://127.0.0.1:1/" }), { last_outcome: "redirected" }],
    [
      "sends half an answer",
      (response) => void response.socket?.end("HTTP/1.1 2"),
      { last_outcome: "unreachable", last_status: null },
    ],
    [
      "answers rubbish",
      (response) => void response.socket?.end("SSH-2.0-x\r\n"),
      { last_outcome: "unreachable" },
    ],
  ])("and %s is told again later", async (_what, answer, expected) => {
    const service = await aService();
    const there = await receiver(answer);
    const recipient = await aRecipient(service, urlOf(there));
    await tell(service);
    const lanes = lanesOf(service);
    await round(lanes);
    expect(await only(service, recipient)).toMatchObject({ ...expected, attempts: 1, closed_at: null });
    there.answer = status(204);
    service.pass(6 * SECOND);
    await round(lanes);
    expect(await only(service, recipient)).toMatchObject({ last_outcome: "delivered", attempts: 2 });
  });

  test("leads to an address that may not be called: nothing is sent, and the item is open", async () => {
    const service = await testService();
    open.push(service);
    const inside = await receiver();
    const recipient = await aRecipient(service, "https://newsletter.example/hooks");
    const { version } = (await service.deps.readers.webhooks.byId(recipient.id)) ?? { version: 0 };
    const set = { url: urlOf(inside) };
    await service.deps.unitOfWork.commit(
      changes([{ op: "update", in: "webhooks", id: recipient.id, version, set }]),
    );
    await service.deps.refreshRecipients();
    await tell(service);
    await round(lanesOf(service));
    expect(inside.received).toEqual([]);
    expect(await only(service, recipient)).toMatchObject({
      last_outcome: "forbidden-address",
      closed_at: null,
    });
  });

  test("and is slow holds no other up", async () => {
    const service = await aService();
    const [slow, quick] = [await receiver(() => undefined), await receiver()];
    await aRecipient(service, urlOf(slow));
    await aRecipient(service, urlOf(quick));
    await tell(service);
    const lanes = lanesOf(service);
    lanes.begin();
    while (slow.received.length === 0 || quick.received.length === 0) await Bun.sleep(5);
    await tell(service);
    while (quick.received.length < 2) {
      lanes.begin();
      await Bun.sleep(5);
    }
    expect(slow.received).toHaveLength(1);
    slow.answer = status(204);
    await slow.close();
    await lanes.idle();
  });

  test("and says that it is overloaded is left alone for as long as it asks", async () => {
    const service = await aService();
    const there = await receiver(status(429, { "retry-after": "600" }));
    const recipient = await aRecipient(service, urlOf(there));
    await tell(service);
    const lanes = lanesOf(service);
    await round(lanes);
    there.answer = status(204);
    await tell(service);
    service.pass(9 * MINUTE);
    await round(lanes);
    expect(there.received).toHaveLength(1);
    service.pass(MINUTE);
    await round(lanes);
    expect(there.received).toHaveLength(3);
    expect(
      await service.deps.readers.webhookDeliveries.due(recipient.id, service.deps.clock.now(), 9),
    ).toEqual([]);
  });

  test("and says that it is gone is disabled; what it must be told waits until an admin asks for it", async () => {
    const service = await aService();
    const there = await receiver(status(410));
    const recipient = await aRecipient(service, urlOf(there));
    const { caller } = await service.signIn("admin@example.org", "admin");
    await tell(service);
    const lanes = lanesOf(service);
    await round(lanes);
    expect((await service.deps.readers.webhooks.byId(recipient.id))?.disabled_at).not.toBeNull();
    await tell(service);
    there.answer = status(204);
    service.pass(DAY);
    await round(lanes);
    expect(there.received).toHaveLength(1);
    const [first] = await service.deps.readers.webhookDeliveries.open(recipient.id, null, 1);
    const delivery = first?.id as WebhookDeliveryId;
    accepted(await service.application.recipients.redeliver(caller, { webhook: recipient.id, delivery }));
    await round(lanes);
    expect(there.received).toHaveLength(3);
  });

  test("and is not there is asked no more than its circuit lets through, and nothing is counted that was not tried", async () => {
    const service = await aService();
    const there = await receiver((response) => void response.destroy());
    const recipient = await aRecipient(service, urlOf(there));
    for (let each = 0; each < 30; each += 1) await tell(service);
    const lanes = lanesOf(service);
    for (let rounds = 0; rounds < 20; rounds += 1) {
      await round(lanes);
      service.pass(SECOND);
    }
    expect(there.received.length).toBeLessThan(15);
    const waiting = await service.deps.readers.webhookDeliveries.open(recipient.id, null, 100);
    const attempts = waiting.reduce((sum, each) => sum + each.attempts, 0);
    expect(attempts).toBe(there.received.length);
  });
});

describe("several instances", () => {
  test("send each delivery once", async () => {
    const service = await aService();
    const there = await receiver();
    await aRecipient(service, urlOf(there));
    for (let each = 0; each < 60; each += 1) await tell(service);
    const lanes = [lanesOf(service), lanesOf(service), lanesOf(service)];
    await Promise.all(lanes.map(round));
    expect(there.received).toHaveLength(60);
    expect(new Set(there.received.map(({ headers }) => headers["webhook-id"])).size).toBe(60);
  });

  test("one that died in the middle is followed by another, under the same id", async () => {
    const service = await aService();
    const there = await receiver();
    await aRecipient(service, urlOf(there));
    await tell(service);
    const asked: WebhookRequest[] = [];
    const dying = lanesOf(service, (request) => {
      asked.push(request);
      return new Promise(() => undefined);
    });
    dying.begin();
    while (asked.length === 0) await Bun.sleep(5);
    const other = lanesOf(service);
    service.pass(2 * MINUTE);
    await round(other);
    expect(there.received).toEqual([]);
    service.pass(MINUTE);
    await round(other);
    expect(there.received.map(({ headers }) => headers["webhook-id"])).toEqual([
      asked[0]?.headers["webhook-id"],
    ]);
  });
});

describe("secrets", () => {
  test("two sign what is sent while one replaces the other, and both are taken from the recipient", async () => {
    const service = await aService();
    const there = await receiver();
    const recipient = await aRecipient(service, urlOf(there));
    const { caller } = await service.signIn("admin@example.org", "admin");
    const { secret } = accepted(await service.application.recipients.rotateSecret(caller, recipient.id));
    await tell(service);
    const lanes = lanesOf(service);
    await round(lanes);
    const signedBy = ({ headers, body }: Receiver["received"][number], by: string): boolean => {
      const message = {
        id: String(headers["webhook-id"]),
        timestamp: Number(headers["webhook-timestamp"]),
        body,
      };
      return signer.verify([by], message, String(headers["webhook-signature"]));
    };
    expect(there.received.map((each) => [signedBy(each, recipient.secret), signedBy(each, secret)])).toEqual([
      [true, true],
    ]);
    const { id } = await only(service, recipient);
    service.pass(7 * DAY);
    expect(refused(await acknowledge(service, recipient.secret, id))).toBe("webhook-signature-invalid");
    accepted(await acknowledge(service, secret, id));
    accepted(await acknowledge(service, secret, id));
  });

  test("an acknowledgement is taken from the recipient alone, about what it was told, and just now", async () => {
    const service = await aService();
    const [mine, others] = [await aRecipient(service), await aRecipient(service)];
    await tell(service);
    const { id } = await only(service, mine);
    const unknown = service.deps.ids.next<WebhookDeliveryId>();
    const attempts = [
      acknowledge(service, others.secret, id),
      acknowledge(service, mine.secret, unknown),
      acknowledge(service, mine.secret, id, { "webhook-id": null }),
      acknowledge(service, mine.secret, id, { "webhook-id": "a.b" }),
      acknowledge(service, mine.secret, id, { "webhook-timestamp": "x" }),
      acknowledge(service, mine.secret, id, { "webhook-timestamp": null }),
      acknowledge(service, mine.secret, id, { "webhook-signature": "v1," }),
    ];
    for (const attempt of attempts) expect(refused(await attempt)).toBe("webhook-signature-invalid");
    const signed = signedHeaders(service, mine.secret, JSON.stringify({ delivery_id: id }));
    service.pass(5 * MINUTE + SECOND);
    expect(refused(await acknowledge(service, mine.secret, id, signed))).toBe("webhook-signature-invalid");
    expect((await only(service, mine)).closed_at).toBeNull();
    accepted(await acknowledge(service, mine.secret, id));
  });
});

describe("what recipients are told", () => {
  test("is stored with its cause: a consent that grants or takes back, and none that changes nothing", async () => {
    const service = await aService();
    const there = await receiver();
    const recipient = await aRecipient(service, urlOf(there), ["consent.changed"]);
    const visitor = service.as({ kind: "anonymous" });
    const decide = (caller: typeof visitor, marketing: boolean) =>
      service.application.consent.recordConsent(caller, {
        decisions: { marketing },
        notice_token: null,
        method: "api",
      });
    accepted(await decide(visitor, false));
    expect(await service.deps.readers.webhookDeliveries.open(recipient.id, null, 9)).toEqual([]);
    const { record } = accepted(await decide(visitor, true));
    const delivery = await only(service, recipient);
    expect(delivery).toMatchObject({ event: "consent.changed", subject_id: record.subject_id });
    await round(lanesOf(service));
    expect(there.received.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: "consent.changed", data: { subject: record.subject_id, reference: record.id } },
    ]);
  });

  test("of a person who was erased meanwhile is not sent any more", async () => {
    const service = await aService();
    const there = await receiver();
    const recipient = await aRecipient(service, urlOf(there));
    await tell(service, "subject.rectified");
    const { id, version } = await only(service, recipient);
    const erased = { message: null, subject_id: service.deps.ids.subject(), anonymized: true };
    await service.deps.unitOfWork.commit(
      changes([{ op: "update", in: "webhook_deliveries", id, version, set: erased }]),
    );
    await round(lanesOf(service));
    expect(there.received).toEqual([]);
    expect((await only(service, recipient)).closed_at).not.toBeNull();
  });

  test("is closed when the recipient is removed, whose secrets go and whose name stays", async () => {
    const service = await aService();
    const there = await receiver();
    const recipient = await aRecipient(service, urlOf(there));
    const { caller } = await service.signIn("admin@example.org", "admin");
    await tell(service);
    accepted(await service.application.recipients.remove(caller, recipient.id));
    await round(lanesOf(service));
    await closeDeliveries(service.deps);
    expect(there.received).toEqual([]);
    expect(await only(service, recipient)).toMatchObject({ message: null, next_attempt_at: null });
    const removed = await service.deps.readers.webhooks.byId(recipient.id);
    expect(removed).toMatchObject({ name: "Newsletter", secret: null, previous_secret: null });
  });
});
