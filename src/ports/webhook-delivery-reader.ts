import type { WebhookDelivery } from "../domain/recipients/webhook-delivery.ts";
import type { WebhookDeliveryId, WebhookId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** How one recipient stands. */
export interface OpenDeliveries {
  readonly open: number;
  /** Of these, the ones that should have been acknowledged by now. */
  readonly late: number;
}

/** What recipients have to be told, and were. Rejects with StorageFailure only. */
export interface WebhookDeliveryReader {
  byId(id: WebhookDeliveryId): Promise<WebhookDelivery | null>;
  /** Those of a recipient whose next attempt is due at `now`, longest due first, at most `limit`. */
  due(webhook: WebhookId, now: Instant, limit: number): Promise<readonly WebhookDelivery[]>;
  /** Open ones of a recipient, oldest first, after `after` (null: from the oldest), at most `limit`. */
  open(
    webhook: WebhookId,
    after: WebhookDeliveryId | null,
    limit: number,
  ): Promise<readonly WebhookDelivery[]>;
  /** Closed ones of a recipient, newest first, before `before` (null: from the newest), at most `limit`. */
  closed(
    webhook: WebhookId,
    before: WebhookDeliveryId | null,
    limit: number,
  ): Promise<readonly WebhookDelivery[]>;
  /** `late`: due at `now`, the moment itself included. */
  standing(webhook: WebhookId, now: Instant): Promise<OpenDeliveries>;
}
