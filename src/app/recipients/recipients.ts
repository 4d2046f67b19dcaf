import type { Webhook, WebhookEvent } from "../../domain/recipients/webhook.ts";
import type { WebhookDelivery } from "../../domain/recipients/webhook-delivery.ts";
import type { WebhookDeliveryId, WebhookId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Result } from "../../domain/shared/result.ts";
import type { OpenDeliveries } from "../../ports/webhook-delivery-reader.ts";
import type { Page, PageRequest } from "../application.ts";
import type { Caller } from "../caller.ts";
import type { AppError } from "../errors.ts";

type Outcome<T> = Promise<Result<T, AppError>>;

/** A recipient, with how much of what it was to be told is open, and late. */
export interface RecipientView extends OpenDeliveries {
  readonly webhook: Webhook;
}

export interface DeliveryView {
  readonly delivery: WebhookDelivery;
  /** Open, and should have been acknowledged by now. */
  readonly late: boolean;
}

/** Headers of Standard Webhooks as they came, null where missing, and the body that they sign. */
export interface SignedByRecipient {
  readonly id: string | null;
  readonly timestamp: string | null;
  readonly signature: string | null;
  readonly body: string;
}

/** Recipients of personal data, and what they are told (GDPR Art. 19). */
export interface Recipients {
  /** By id, removed ones too. */
  list(caller: Caller, page: PageRequest): Outcome<Page<RecipientView>>;
  add(
    caller: Caller,
    input: { readonly name: string; readonly url: string; readonly events: readonly WebhookEvent[] },
  ): Outcome<RecipientView & { readonly secret: string }>;
  /** The secret before it counts until `previous_secret_until`. */
  rotateSecret(
    caller: Caller,
    id: WebhookId,
  ): Outcome<{ readonly secret: string; readonly previous_secret_until: Instant }>;
  remove(caller: Caller, id: WebhookId): Outcome<null>;
  /** Open ones first, oldest first; then closed ones, newest first. */
  deliveries(caller: Caller, webhook: WebhookId, page: PageRequest): Outcome<Page<DeliveryView>>;
  redeliver(
    caller: Caller,
    input: { readonly webhook: WebhookId; readonly delivery: WebhookDeliveryId },
  ): Outcome<DeliveryView>;
  /** From the recipient itself, which proves that by its signature. Saying it again changes nothing. */
  acknowledge(
    caller: Caller,
    input: { readonly delivery: WebhookDeliveryId; readonly signed: SignedByRecipient },
  ): Outcome<null>;
}
