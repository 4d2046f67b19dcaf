import { t } from "elysia";
import { parseId, type WebhookDeliveryId, type WebhookId } from "../../../domain/shared/ids.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";
import {
  CreatedWebhook,
  deliveryBody,
  NewWebhook,
  NewWebhookSecret,
  newSecretBody,
  WebhookDelivery,
  WebhookDeliveryPage,
  WebhookPage,
  webhookBody,
} from "../schemas/recipients.ts";

const PATH = "/v1/admin/webhooks";
const params = { id: uuid() };

export const adminWebhookRoutes = ({ application: { recipients } }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: PATH,
    operationId: "listWebhooks",
    tag: "recipients",
    summary: "Recipients of personal data, removed ones too",
    permission: ["system:administer"],
    query: t.Object(PAGE_QUERY),
    success: { status: 200, description: "A page of recipients", schema: WebhookPage },
    problems: [],
    handle: async ({ caller, query }) => {
      const found = await recipients.list(caller, pageRequest(query));
      if (!found.ok) return found;
      const { items, next_cursor } = found.value;
      return ok(json({ items: items.map(webhookBody), next_cursor }));
    },
  }),
  route({
    method: "POST",
    path: PATH,
    operationId: "addWebhook",
    tag: "recipients",
    summary: "Add a recipient",
    description:
      "From now on it is told of these events, signed as the Standard Webhooks specification says: `{ type, timestamp, data: { subject, reference, acknowledge_by } }`, ids and no more. Each is sent until the recipient answers 2xx, for up to a month, and stays open until the recipient has acknowledged it. Its secret is in this answer and nowhere else.",
    permission: ["system:administer"],
    body: NewWebhook,
    success: {
      status: 201,
      description: "Added",
      schema: CreatedWebhook,
      headers: { Location: "The recipient" },
    },
    problems: ["conflict"],
    handle: async ({ caller, body: input }) => {
      const added = await recipients.add(caller, input);
      if (!added.ok) return added;
      const body = { ...webhookBody(added.value), secret: added.value.secret };
      return ok(json(body, { headers: { Location: `${PATH}/${body.id}` } }));
    },
  }),
  route({
    method: "DELETE",
    path: `${PATH}/:id`,
    operationId: "removeWebhook",
    tag: "recipients",
    summary: "Remove a recipient",
    description:
      "Nothing more is sent to it, and what was open is closed. Its name stays: persons may ask who received their data (GDPR Art. 19).",
    permission: ["system:administer"],
    params,
    success: { status: 204, description: "Removed", schema: null },
    problems: ["not-found", "conflict"],
    handle: async ({ caller, params: { id } }) => {
      const webhook = parseId<WebhookId>(id);
      if (webhook === null) return err({ type: "not-found" });
      const removed = await recipients.remove(caller, webhook);
      return removed.ok ? ok({ content: null }) : removed;
    },
  }),
  route({
    method: "POST",
    path: `${PATH}/:id/secrets`,
    operationId: "rotateWebhookSecret",
    tag: "recipients",
    summary: "Give a recipient a new secret",
    description: "For a week everything is signed with both, and both are accepted in acknowledgements.",
    permission: ["system:administer"],
    params,
    success: { status: 201, description: "In force", schema: NewWebhookSecret },
    problems: ["not-found", "conflict"],
    handle: async ({ caller, params: { id } }) => {
      const webhook = parseId<WebhookId>(id);
      if (webhook === null) return err({ type: "not-found" });
      const rotated = await recipients.rotateSecret(caller, webhook);
      return rotated.ok ? ok(json(newSecretBody(rotated.value))) : rotated;
    },
  }),
  route({
    method: "GET",
    path: `${PATH}/:id/deliveries`,
    operationId: "listWebhookDeliveries",
    reads: "webhook",
    tag: "recipients",
    summary: "What a recipient was told, open items first",
    description: "Open ones oldest first, then closed ones newest first.",
    permission: ["system:administer"],
    params,
    query: t.Object(PAGE_QUERY),
    success: { status: 200, description: "A page of deliveries", schema: WebhookDeliveryPage },
    problems: ["not-found"],
    handle: async ({ caller, params: { id }, query }) => {
      const webhook = parseId<WebhookId>(id);
      if (webhook === null) return err({ type: "not-found" });
      const found = await recipients.deliveries(caller, webhook, pageRequest(query));
      if (!found.ok) return found;
      const { items, next_cursor } = found.value;
      return ok(json({ items: items.map(deliveryBody), next_cursor }));
    },
  }),
  route({
    method: "POST",
    path: `${PATH}/:id/deliveries/:delivery/redelivery`,
    operationId: "redeliverWebhook",
    tag: "recipients",
    summary: "Send an open item again now",
    description: "Under the same id. A recipient that was disabled is told again from now on.",
    permission: ["system:administer"],
    params: { ...params, delivery: uuid() },
    success: { status: 202, description: "It is sent within seconds", schema: WebhookDelivery },
    problems: ["not-found", "conflict", "delivery-closed"],
    handle: async ({ caller, params: { id, delivery: text } }) => {
      const webhook = parseId<WebhookId>(id);
      const delivery = parseId<WebhookDeliveryId>(text);
      if (webhook === null || delivery === null) return err({ type: "not-found" });
      const again = await recipients.redeliver(caller, { webhook, delivery });
      return again.ok ? ok(json(deliveryBody(again.value))) : again;
    },
  }),
];
