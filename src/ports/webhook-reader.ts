import type { Webhook } from "../domain/recipients/webhook.ts";
import type { WebhookId } from "../domain/shared/ids.ts";

/** Recipients, removed ones too. Rejects with StorageFailure only. */
export interface WebhookReader {
  byId(id: WebhookId): Promise<Webhook | null>;
  /** By id, those after `after` (null: from the first), at most `limit`. */
  list(after: WebhookId | null, limit: number): Promise<readonly Webhook[]>;
}
