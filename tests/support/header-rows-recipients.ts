// Recipients, what they are told, and what they say to it.
import { type Asker, GENERAL, ID, JSON_200, NOTHING, type Row, TAGGED } from "./header-rows.ts";
import { changes, insert } from "./records.ts";
import { anOpenDelivery, aRecipient, type Recipient, signedHeaders } from "./webhooks.ts";

const WEBHOOKS = "/v1/admin/webhooks";

/** The recipient of the last row that asked for one. */
let recipient: Recipient | null = null;

const aWebhook =
  (suffix = "") =>
  async ({ server }: Asker): Promise<string> => {
    recipient = await aRecipient(server);
    return `${WEBHOOKS}/${recipient.id}${suffix}`;
  };

const deliveryPath = async (asker: Asker): Promise<string> => {
  const deliveries = await aWebhook("/deliveries")(asker);
  return `${deliveries}/${await anOpenDelivery(asker.server, recipient ?? { id: ID as never })}/redelivery`;
};

const aBreach = async ({ server }: Asker): Promise<string> => {
  await server.deps.unitOfWork.commit(changes([insert("breaches")]));
  return `/v1/admin/breaches/${(await server.deps.readers.breaches.list(null, 1))[0]?.id}`;
};

export const RECIPIENT_ROWS: readonly Row[] = [
  {
    operation: "GET /v1/admin/processing-record",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    fails: false,
  },
  {
    operation: "GET /v1/admin/webhooks",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "POST /v1/admin/webhooks",
    as: "admin",
    limits: GENERAL,
    json: () => ({ name: "x", url: "https://newsletter.example/", events: ["subject.erased"] }),
    success: {
      status: 201,
      kind: "json",
      headers: { location: /^\/v1\/admin\/webhooks\/[0-9a-f-]{36}$/ },
    },
    invalid: { json: { name: "x", url: "https://newsletter.example/", events: [] } },
    fails: true,
  },
  {
    operation: "DELETE /v1/admin/webhooks/{id}",
    as: "admin",
    limits: GENERAL,
    path: aWebhook(),
    success: NOTHING,
    nowhere: `${WEBHOOKS}/${ID}`,
    fails: true,
  },
  {
    operation: "POST /v1/admin/webhooks/{id}/secrets",
    as: "admin",
    limits: GENERAL,
    path: aWebhook("/secrets"),
    success: { status: 201, kind: "json" },
    nowhere: `${WEBHOOKS}/${ID}/secrets`,
    fails: true,
  },
  {
    operation: "GET /v1/admin/webhooks/{id}/deliveries",
    as: "admin",
    limits: GENERAL,
    path: aWebhook("/deliveries"),
    success: JSON_200,
    nowhere: `${WEBHOOKS}/${ID}/deliveries`,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "POST /v1/admin/webhooks/{id}/deliveries/{delivery}/redelivery",
    as: "admin",
    limits: GENERAL,
    path: deliveryPath,
    success: { status: 202, kind: "json" },
    nowhere: `${WEBHOOKS}/${ID}/deliveries/${ID}/redelivery`,
    fails: true,
  },
  {
    operation: "POST /v1/webhook-acknowledgements",
    as: "nobody",
    limits: GENERAL,
    json: async ({ server }) => {
      recipient = await aRecipient(server);
      return { delivery_id: await anOpenDelivery(server, recipient) };
    },
    headers: ({ server }, json) => signedHeaders(server, recipient?.secret ?? "", JSON.stringify(json)),
    success: NOTHING,
    invalid: { json: { delivery_id: 7 } },
    fails: true,
  },
  {
    operation: "GET /v1/admin/breaches",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "POST /v1/admin/breaches",
    as: "admin",
    limits: GENERAL,
    json: () => ({ nature: "a lost laptop", aware_at: "2025-03-01T00:00:00Z" }),
    success: {
      status: 201,
      kind: "json",
      headers: { location: /^\/v1\/admin\/breaches\/[0-9a-f-]{36}$/, etag: '"1"' },
    },
    invalid: { json: { nature: "a lost laptop" } },
    fails: true,
  },
  {
    operation: "GET /v1/admin/breaches/{id}",
    as: "admin",
    limits: GENERAL,
    path: aBreach,
    success: TAGGED,
    nowhere: `/v1/admin/breaches/${ID}`,
    fails: true,
  },
  {
    operation: "PATCH /v1/admin/breaches/{id}",
    as: "admin",
    limits: GENERAL,
    path: aBreach,
    json: () => ({ risk: "high" }),
    ifMatch: true,
    success: TAGGED,
    nowhere: `/v1/admin/breaches/${ID}`,
    invalid: { json: { risk: "none" } },
    fails: true,
  },
  {
    operation: "GET /v1/admin/legal-holds",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "POST /v1/admin/legal-holds",
    as: "admin",
    limits: GENERAL,
    json: () => ({ scope: "subject", on: ID, reason: "a claim" }),
    success: {
      status: 201,
      kind: "json",
      headers: { location: /^\/v1\/admin\/legal-holds\/[0-9a-f-]{36}$/ },
    },
    invalid: { json: { scope: "everybody", on: ID, reason: "a claim" } },
    fails: true,
  },
  {
    operation: "DELETE /v1/admin/legal-holds/{id}",
    as: "admin",
    limits: GENERAL,
    path: async ({ server }) => {
      await server.deps.unitOfWork.commit(changes([insert("legal_holds")]));
      return `/v1/admin/legal-holds/${(await server.deps.readers.legalHolds.standing())[0]?.id}`;
    },
    success: NOTHING,
    nowhere: `/v1/admin/legal-holds/${ID}`,
    fails: true,
  },
];
