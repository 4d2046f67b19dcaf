import type { ProblemType } from "./refusals.ts";

/** What may be wrong with what recipients are told, and with what they answer. */
export const RECIPIENT_PROBLEMS = {
  "delivery-closed": {
    status: 409,
    title: "Delivery closed",
    error: "There is nothing left to be sent to this recipient.",
    detail: "It was acknowledged, or the erasure of the person has been told instead.",
  },
  "webhook-signature-invalid": {
    status: 401,
    title: "Signature not accepted",
    error: "The message is not signed by the recipient of the delivery that it names.",
    detail:
      "Sign `webhook-id.webhook-timestamp.body` with the secret of the webhook, over the very bytes that are sent, within five minutes.",
  },
} as const satisfies Readonly<Record<string, ProblemType>>;
