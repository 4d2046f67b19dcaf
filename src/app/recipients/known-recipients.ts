import type { Webhook } from "../../domain/recipients/webhook.ts";
import type { WebhookId } from "../../domain/shared/ids.ts";
import type { WebhookReader } from "../../ports/webhook-reader.ts";

const PAGE = 100;

/** Every recipient, removed ones too. Rejects with StorageFailure. */
export const allWebhooks = async (webhooks: WebhookReader): Promise<readonly Webhook[]> => {
  const all: Webhook[] = [];
  let after: WebhookId | null = null;
  for (;;) {
    const page: readonly Webhook[] = await webhooks.list(after, PAGE);
    all.push(...page);
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return all;
  }
};

/** The recipients in this process. */
export interface RecipientSource {
  current(): readonly Webhook[];
  /** Reads what is stored. Rejects with StorageFailure and keeps what was known. */
  refresh(): Promise<void>;
}

/** Reads are of memory, so that no request waits for them; other instances see a change at their next refresh. */
export const recipientSource = (webhooks: WebhookReader): RecipientSource => {
  let known: readonly Webhook[] = [];
  return {
    current: () => known,
    refresh: async () => {
      known = (await allWebhooks(webhooks)).filter(({ removed_at }) => removed_at === null);
    },
  };
};
