import type { AuditDetails } from "../../domain/audit/audit-details.ts";
import { auditEntry, type Occasion, SYSTEM } from "../../domain/audit/audit-entry.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { type AttemptResult, afterAttempt, isOverloaded } from "../../domain/recipients/delivery-attempt.ts";
import { disableWebhook, secretsInForce, type Webhook } from "../../domain/recipients/webhook.ts";
import { closeDelivery, type WebhookDelivery } from "../../domain/recipients/webhook-delivery.ts";
import type { Changes, Settable } from "../../domain/shared/changes.ts";
import { MINUTE, plus, SECOND } from "../../domain/shared/instant.ts";
import type { SendWebhook, WebhookOutcome } from "../../ports/webhook-sender.ts";
import type { Deps } from "../deps.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Well over the longest attempt: a delivery that has not been settled by then was left by an instance that was killed. */
const LEASE = 3 * MINUTE;
/** What could not even be tried is looked at again so soon. */
const HELD = 5 * SECOND;
/** How often an outcome is stored anew when the delivery has moved meanwhile. */
const SETTLE_ATTEMPTS = 5;

export type DeliverWebhooksDeps = Pick<
  Deps,
  "unitOfWork" | "clock" | "ids" | "sealer" | "recipients" | "refreshRecipients" | "webhookSigner"
> & {
  readonly readers: Pick<Deps["readers"], "webhooks" | "webhookDeliveries">;
  readonly policies: Pick<Deps["policies"], "retention">;
  readonly send: SendWebhook;
  /** 0 to below 1. */
  readonly random: () => number;
};

/** What an attempt means for the recipient's other deliveries. */
export interface Attempted {
  /** Nothing was sent: another instance has it, or there was nothing to send. */
  readonly result: AttemptResult | null;
  /** The others wait for so many milliseconds; null: they need not. */
  readonly rest: number | null;
}

const systemOccasion = (deps: DeliverWebhooksDeps): Occasion => ({
  now: deps.clock.now(),
  actor: SYSTEM,
  audit_id: deps.ids.next<never>(),
  retention: deps.policies.retention,
});

const changed = (
  deps: DeliverWebhooksDeps,
  { id, version }: WebhookDelivery,
  set: Settable<"webhook_deliveries">,
  ...[action, details]: {
    [A in "webhook_delivery.claimed" | "webhook_delivery.attempted" | "webhook_delivery.held"]: [
      A,
      AuditDetails[A],
    ];
  }["webhook_delivery.claimed" | "webhook_delivery.attempted" | "webhook_delivery.held"]
): Changes => ({
  expects: [],
  writes: [{ op: "update", in: "webhook_deliveries", id, version, set }],
  audit: [auditEntry(action, id, details as never, systemOccasion(deps))],
});

/** Takes a delivery before it is sent, so that of several instances one sends it. Null: another one did. */
const claim = async (
  deps: DeliverWebhooksDeps,
  delivery: WebhookDelivery,
): Promise<WebhookDelivery | null> => {
  const now = deps.clock.now();
  const { event } = delivery;
  const set = { attempts: delivery.attempts + 1, next_attempt_at: plus(now, LEASE), updated_at: now };
  const committed = await deps.unitOfWork.commit(
    changed(deps, delivery, set, "webhook_delivery.claimed", { event, attempts: set.attempts }),
  );
  return committed.ok ? { ...delivery, ...set, version: delivery.version + 1 } : null;
};

/** The recipient is left alone from now on, in the commit that says why (410: there is nobody any more). */
const withDisabling = async (
  deps: DeliverWebhooksDeps,
  delivery: WebhookDelivery,
  changes: Changes,
): Promise<Changes> => {
  const webhook = await deps.readers.webhooks.byId(delivery.webhook_id);
  const disabling = webhook === null ? null : disableWebhook(webhook, systemOccasion(deps));
  return disabling === null
    ? changes
    : {
        expects: [],
        writes: [...changes.writes, ...disabling.writes],
        audit: [...changes.audit, ...disabling.audit],
      };
};

/**
 * Stores what became of an attempt. A delivery with another count of attempts is another instance's by now; one that was
 * acknowledged or encrypted anew meanwhile is still ours.
 */
const settle = async (
  deps: DeliverWebhooksDeps,
  delivery: WebhookDelivery,
  changesOf: (current: WebhookDelivery) => Promise<Changes>,
): Promise<void> => {
  let current: WebhookDelivery | null = delivery;
  for (let turn = 0; turn < SETTLE_ATTEMPTS && current?.attempts === delivery.attempts; turn += 1) {
    if ((await deps.unitOfWork.commit(await changesOf(current))).ok) return;
    current = await deps.readers.webhookDeliveries.byId(delivery.id);
  }
};

const settleResult = (
  deps: DeliverWebhooksDeps,
  delivery: WebhookDelivery,
  result: AttemptResult,
): Promise<void> => {
  const jitter = deps.random();
  const { event, attempts } = delivery;
  const { outcome, status } = result;
  return settle(deps, delivery, async (current) => {
    const set = afterAttempt(current, result, jitter, deps.clock.now());
    const changes = changed(deps, current, set, "webhook_delivery.attempted", {
      event,
      attempts,
      outcome,
      status,
    });
    return outcome === "gone" ? withDisabling(deps, current, changes) : changes;
  });
};

/** Gives a claimed delivery back: it was not tried. */
const giveBack = (deps: DeliverWebhooksDeps, delivery: WebhookDelivery): Promise<void> =>
  settle(deps, delivery, async (current) => {
    const now = deps.clock.now();
    const attempts = current.attempts - 1;
    const next_attempt_at = current.closed_at === null ? plus(now, HELD) : null;
    const set = { attempts, next_attempt_at, updated_at: now };
    return changed(deps, current, set, "webhook_delivery.held", { event: delivery.event, attempts });
  });

/** Sends it, signed with every secret in force. Null: it could not be opened. */
const post = async (
  deps: DeliverWebhooksDeps,
  webhook: Webhook,
  { id, message }: WebhookDelivery,
): Promise<WebhookOutcome | null> => {
  const now = deps.clock.now();
  let body: string;
  let secrets: readonly string[];
  try {
    if (message === null) return null;
    body = deps.sealer.open(message, SEAL_CONTEXTS.webhook_deliveries.message({ id }));
    secrets = secretsInForce(webhook, now).map((secret) =>
      deps.sealer.open(secret, SEAL_CONTEXTS.webhooks.secret(webhook)),
    );
  } catch {
    // Its outcome says so, and the audit trail with it; nothing of it may be told.
    return null;
  }
  const timestamp = Math.floor(now / SECOND);
  return deps.send({
    url: webhook.url,
    headers: {
      "content-type": "application/json",
      "user-agent": "GoNoGo-Webhooks/1",
      "webhook-id": id,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": deps.webhookSigner.sign(secrets, { id, timestamp, body }),
    },
    body,
  });
};

const outcomeOfStatus = (status: number): AttemptResult["outcome"] => {
  if (status >= 200 && status < 300) return "delivered";
  if (status === 410) return "gone";
  return status >= 300 && status < 400 ? "redirected" : "refused";
};

const resultOf = (deps: DeliverWebhooksDeps, outcome: WebhookOutcome | null): AttemptResult => {
  if (outcome === null) return { outcome: "unreadable", status: null, retry_after: null };
  if (outcome.kind === "held") return { outcome: "unreachable", status: null, retry_after: null };
  if (outcome.kind !== "answered") return { outcome: outcome.kind, status: null, retry_after: null };
  const { status, retry_after } = outcome;
  return {
    outcome: outcomeOfStatus(status),
    status,
    retry_after: retryAfterMs(retry_after, deps.clock.now()),
  };
};

/** What the recipient's other deliveries have to wait for; a silent one is asked again at the next round. */
const restAfter = (result: AttemptResult): number | null => {
  if (isOverloaded(result)) return Math.max(MINUTE, Math.min(result.retry_after ?? 0, 60 * MINUTE));
  return ["unreachable", "timeout", "gone"].includes(result.outcome) ? 0 : null;
};

/** One attempt at one delivery. Rejects with StorageFailure. */
export const attemptDelivery = async (
  deps: DeliverWebhooksDeps,
  webhook: Webhook,
  waiting: WebhookDelivery,
): Promise<Attempted> => {
  if (waiting.message === null) {
    await deps.unitOfWork.commit(closeDelivery(waiting, "overtaken", systemOccasion(deps)));
    return { result: null, rest: null };
  }
  const delivery = await claim(deps, waiting);
  if (delivery === null) return { result: null, rest: null };
  const outcome = await post(deps, webhook, delivery);
  if (outcome?.kind === "held") {
    await giveBack(deps, delivery);
    return { result: null, rest: HELD };
  }
  const result = resultOf(deps, outcome);
  await settleResult(deps, delivery, result);
  if (result.outcome === "gone") await deps.refreshRecipients();
  return { result, rest: restAfter(result) };
};
