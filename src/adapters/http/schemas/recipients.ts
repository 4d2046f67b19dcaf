import { t } from "elysia";
import type { DeliveryView, RecipientView } from "../../../app/recipients/recipients.ts";
import {
  WEBHOOK_EVENTS,
  WEBHOOK_NAME_MAX,
  WEBHOOK_URL_MAX,
  webhookEvents,
} from "../../../domain/recipients/webhook.ts";
import type { Instant } from "../../../domain/shared/instant.ts";
import { integer, named, nullable, oneOf, page, record, text, time, uuid } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

const Event = named(
  "WebhookEvent",
  oneOf(WEBHOOK_EVENTS, { description: "What a recipient can be told of" }),
);

const Name = text(WEBHOOK_NAME_MAX, {
  description: "Who it is, for admins and for persons who ask",
  examples: ["Newsletter service"],
});

const Url = text(WEBHOOK_URL_MAX, {
  description: "https, on a public address; looked up anew for each attempt",
  examples: ["https://newsletter.example/hooks/gdpr"],
});

export const NewWebhook = named(
  "NewWebhook",
  record({ name: Name, url: Url, events: t.Array(Event, { minItems: 1, maxItems: 20 }) }),
);

const WEBHOOK = {
  id: uuid(),
  name: Name,
  url: Url,
  events: t.Array(Event),
  created_at: time(),
  disabled_at: nullable(time("Since when nothing is sent, because the recipient answered 410")),
  removed_at: nullable(time("Since when it is a recipient no more")),
  open: integer({ minimum: 0, description: "Deliveries that it has not acknowledged" }),
  late: integer({ minimum: 0, description: "Of these, the ones that it should have acknowledged by now" }),
};

const Secret = t.String({
  description: "Shown here and never again",
  examples: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
});

export const Webhook = named("Webhook", record(WEBHOOK));

export const CreatedWebhook = named("CreatedWebhook", record({ ...WEBHOOK, secret: Secret }));

export const WebhookPage = page("WebhookPage", Webhook);

export const NewWebhookSecret = named(
  "NewWebhookSecret",
  record({
    secret: Secret,
    previous_secret_until: time("Until then everything is signed with the secret before it as well"),
  }),
);

export const WebhookDelivery = named(
  "WebhookDelivery",
  record({
    id: uuid("What is sent as webhook-id, over every attempt"),
    webhook_id: uuid(),
    event: Event,
    created_at: time(),
    attempts: integer({ minimum: 0 }),
    next_attempt_at: nullable(time("Null: none is planned")),
    last_attempt_at: nullable(time()),
    last_outcome: nullable(
      t.String({ description: "What became of the last attempt", examples: ["delivered"] }),
    ),
    last_status: nullable(integer({ description: "HTTP status of the last answer" })),
    delivered_at: nullable(time()),
    acknowledged_at: nullable(time()),
    acknowledgement_due_at: time("A month after the cause at most (GDPR Art. 12(3), 19)"),
    closed_at: nullable(time("Null while it is open")),
    late: t.Boolean({ description: "Open, and should have been acknowledged by now" }),
  }),
);

export const WebhookDeliveryPage = page("WebhookDeliveryPage", WebhookDelivery);

export const WebhookAcknowledgement = named(
  "WebhookAcknowledgement",
  record({ delivery_id: uuid("The webhook-id of what was told") }),
);

export const webhookBody = ({ webhook, open, late }: RecipientView) => ({
  id: webhook.id,
  name: webhook.name,
  url: webhook.url,
  events: webhookEvents(webhook),
  created_at: timeText(webhook.created_at),
  disabled_at: timeTextOrNull(webhook.disabled_at),
  removed_at: timeTextOrNull(webhook.removed_at),
  open,
  late,
});

export const newSecretBody = (rotated: {
  readonly secret: string;
  readonly previous_secret_until: Instant;
}) => ({ secret: rotated.secret, previous_secret_until: timeText(rotated.previous_secret_until) });

export const deliveryBody = ({ delivery, late }: DeliveryView) => ({
  id: delivery.id,
  webhook_id: delivery.webhook_id,
  event: delivery.event,
  created_at: timeText(delivery.created_at),
  attempts: delivery.attempts,
  next_attempt_at: timeTextOrNull(delivery.next_attempt_at),
  last_attempt_at: timeTextOrNull(delivery.last_attempt_at),
  last_outcome: delivery.last_outcome,
  last_status: delivery.last_status,
  delivered_at: timeTextOrNull(delivery.delivered_at),
  acknowledged_at: timeTextOrNull(delivery.acknowledged_at),
  acknowledgement_due_at: timeText(delivery.acknowledgement_due_at),
  closed_at: timeTextOrNull(delivery.closed_at),
  late,
});
