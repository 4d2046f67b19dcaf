import { DAY, HOUR, type Instant, MINUTE, plus, SECOND } from "../shared/instant.ts";
import type { DeliveryOutcome, WebhookDelivery } from "./webhook-delivery.ts";

/** After the first, the second … attempt; daily from then on. Standard Webhooks' own schedule. */
const PAUSES = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  DAY,
] as const;

/** Spreads those who failed together: at most a tenth is added. */
const JITTER = 0.1;

/** A recipient that says it is overloaded is left alone for at least so long. */
const SLOWED = MINUTE;

const OVERLOADED: readonly (number | null)[] = [429, 502, 503, 504];

/** What one attempt found out. */
export interface AttemptResult {
  readonly outcome: DeliveryOutcome;
  readonly status: number | null;
  /** Milliseconds that the recipient asked for; null: it did not. */
  readonly retry_after: number | null;
}

export const isOverloaded = ({ status }: Pick<AttemptResult, "status">): boolean =>
  OVERLOADED.includes(status);

/** `jitter`: 0 to below 1. */
export const pauseAfter = (attempts: number, jitter: number): number =>
  Math.round((PAUSES[attempts - 1] ?? DAY) * (1 + JITTER * jitter));

/** How long to wait for the next attempt; what the recipient asks for counts up to a day. */
export const pauseFor = (attempts: number, result: AttemptResult, jitter: number): number =>
  Math.max(
    pauseAfter(attempts, jitter),
    Math.min(result.retry_after ?? 0, DAY),
    isOverloaded(result) ? SLOWED : 0,
  );

export type AttemptFields = Pick<
  WebhookDelivery,
  "next_attempt_at" | "last_attempt_at" | "last_outcome" | "last_status" | "delivered_at" | "updated_at"
>;

/**
 * What a delivery becomes by an attempt. It is tried again until the recipient must have acknowledged it (GDPR Art. 12(3),
 * 19) and stays open then: a person has to see to it. One that was acknowledged meanwhile is not sent again.
 */
export const afterAttempt = (
  delivery: Pick<WebhookDelivery, "attempts" | "closed_at" | "delivered_at" | "acknowledgement_due_at">,
  result: AttemptResult,
  jitter: number,
  now: Instant,
): AttemptFields => {
  const delivered = result.outcome === "delivered";
  const next = plus(now, pauseFor(delivery.attempts, result, jitter));
  const again = !delivered && delivery.closed_at === null && next <= delivery.acknowledgement_due_at;
  return {
    next_attempt_at: again ? next : null,
    last_attempt_at: now,
    last_outcome: result.outcome,
    last_status: result.status,
    delivered_at: delivered ? now : delivery.delivered_at,
    updated_at: now,
  };
};
