import type { Webhook } from "../../domain/recipients/webhook.ts";
import type { WebhookId } from "../../domain/shared/ids.ts";
import { type Instant, plus } from "../../domain/shared/instant.ts";
import type { Logger } from "../../ports/logger.ts";
import { attemptDelivery, type DeliverWebhooksDeps } from "./deliver-webhooks.ts";

const BATCH = 50;
const CONCURRENT = 4;

export interface WebhookLanes {
  /** Begins to send what is due to every recipient that nothing is being sent to. */
  begin(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Ends what is under way after the attempts in progress, and begins nothing more. */
  stop(): Promise<void>;
}

/**
 * A lane for each recipient, so that one that is slow or dead holds no other up. Several instances may have lanes at once:
 * each delivery is taken by one of them. It is sent at least once, and again, under the same id, only when the recipient
 * did not say that it has it, or when whoever sent it was killed before that could be stored.
 */
export const webhookLanes = (deps: DeliverWebhooksDeps & { readonly logger: Logger }): WebhookLanes => {
  const running = new Map<WebhookId, Promise<void>>();
  const resting = new Map<WebhookId, Instant>();
  let stopped = false;

  /** Answers whether there may be more to send right now. */
  const round = async (webhook: Webhook): Promise<boolean> => {
    const { webhookDeliveries } = deps.readers;
    const waiting = [...(await webhookDeliveries.due(webhook.id, deps.clock.now(), BATCH))];
    const full = waiting.length === BATCH;
    let goesOn = true;
    const carry = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { result, rest } = await attemptDelivery(deps, webhook, next);
        if (result !== null && result.outcome !== "delivered") {
          deps.logger.warn("webhook_not_delivered", {
            failure: result.outcome,
            attempts: next.attempts + 1,
            ...(result.status === null ? {} : { status_code: result.status }),
          });
        }
        if (rest === null && !stopped) continue;
        waiting.length = 0;
        goesOn = false;
        if (rest !== null) resting.set(webhook.id, plus(deps.clock.now(), rest));
      }
    };
    const carriers = await Promise.allSettled(Array.from({ length: CONCURRENT }, carry));
    const failed = carriers.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
    return full && goesOn;
  };

  const lane = async (webhook: Webhook): Promise<void> => {
    try {
      while (!stopped && (await round(webhook)));
    } catch (failure) {
      deps.logger.error("scheduled_task_failed", {
        operation: "deliver-webhooks",
        exception_type: failure instanceof Error ? failure.name : typeof failure,
      });
    } finally {
      running.delete(webhook.id);
    }
  };

  const idle = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running.values());
  };

  return {
    begin: () => {
      if (stopped) return;
      const now = deps.clock.now();
      for (const webhook of deps.recipients()) {
        const rested = (resting.get(webhook.id) ?? now) <= now;
        if (webhook.disabled_at !== null || running.has(webhook.id) || !rested) continue;
        resting.delete(webhook.id);
        running.set(webhook.id, lane(webhook));
      }
    },
    idle,
    stop: async () => {
      stopped = true;
      await idle();
    },
  };
};
