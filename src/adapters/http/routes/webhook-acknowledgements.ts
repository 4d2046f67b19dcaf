import { parseId, type WebhookDeliveryId } from "../../../domain/shared/ids.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { type Route, route } from "../route.ts";
import { WebhookAcknowledgement } from "../schemas/recipients.ts";

export const webhookAcknowledgementRoutes = ({ application: { recipients } }: Service): readonly Route[] => [
  route({
    method: "POST",
    path: "/v1/webhook-acknowledgements",
    operationId: "acknowledgeWebhook",
    tag: "recipients",
    summary: "Say that what was told has been done",
    description:
      "From the recipient, signed with its secret as webhooks are. Saying it again changes nothing.",
    permission: ["recipient"],
    body: WebhookAcknowledgement,
    signedBody: true,
    success: { status: 204, description: "Noted", schema: null },
    problems: ["webhook-signature-invalid", "conflict"],
    handle: async ({ caller, body, signed }) => {
      const delivery = parseId<WebhookDeliveryId>(body.delivery_id);
      if (delivery === null || signed === undefined) return err({ type: "webhook-signature-invalid" });
      const noted = await recipients.acknowledge(caller, { delivery, signed });
      return noted.ok ? ok({ content: null }) : noted;
    },
  }),
];
