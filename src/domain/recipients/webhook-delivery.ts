import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { type RetentionPeriods, retentionUntil } from "../retention/retention-period.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import type { Changes, Settable, Write } from "../shared/changes.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { CanonicalJson, Sealed, SubjectId, WebhookDeliveryId, WebhookId } from "../shared/ids.ts";
import { type Instant, plusDays } from "../shared/instant.ts";
import { err, ok, type Result } from "../shared/result.ts";
import type { WebhookEvent } from "./webhook.ts";

/** What became of the last attempt. */
export type DeliveryOutcome =
  | "delivered"
  /** Answered with a status that is no success. */
  | "refused"
  /** 410: there is nobody any more. */
  | "gone"
  /** A redirect, which is never followed. */
  | "redirected"
  | "unreachable"
  | "timeout"
  /** What its name leads to is no address of the public internet, or the URL is not one that may be called. */
  | "forbidden-address"
  /** What was to be sent could not be opened. */
  | "unreadable";

/** One recipient that has to be told one thing. Open until the recipient has said that it is done, or is none any more. */
export interface WebhookDelivery extends GdprRecord<WebhookDeliveryId> {
  readonly webhook_id: WebhookId;
  /** Whom it tells of; null where that is an erasure: then only `message` knows, until it has been acknowledged. */
  readonly subject_id: SubjectId | null;
  readonly event: WebhookEvent;
  /**
   * Sealed text, exactly as it is sent. Null once it is of no use: acknowledged, closed, or overtaken by the erasure of
   * the person, of which the recipient is told instead.
   */
  readonly message: Sealed | null;
  /** Counted when one begins. */
  readonly attempts: number;
  /** While an attempt is under way: when another instance may take it for dead. Null: none is planned. */
  readonly next_attempt_at: Instant | null;
  readonly last_attempt_at: Instant | null;
  readonly last_outcome: DeliveryOutcome | null;
  /** HTTP status of the last answer; null where there was none. */
  readonly last_status: number | null;
  readonly delivered_at: Instant | null;
  readonly acknowledged_at: Instant | null;
  readonly acknowledgement_due_at: Instant;
  /** Null while it is open. */
  readonly closed_at: Instant | null;
}

/** Something that recipients have to be told. */
export interface RecipientEvent {
  readonly type: WebhookEvent;
  readonly subject: SubjectId;
  /** Id of what it follows from, by which a recipient may ask: the consent, the privacy request. */
  readonly reference: string | null;
  /** By when recipients must have said that it is done; null: within a month. */
  readonly due_at: Instant | null;
}

/** A month at its shortest, so that it is never more than the month of GDPR Art. 12(3). */
const ACKNOWLEDGEMENT_DAYS = 28;

export const acknowledgementDue = (event: RecipientEvent, now: Instant): Instant =>
  event.due_at ?? plusDays(now, ACKNOWLEDGEMENT_DAYS);

/** What is sent: ids and no more (GDPR Art. 5(1)(c)); what else the recipient needs it asks for. */
export const payloadOf = (
  event: RecipientEvent,
  now: Instant,
  timeText: (at: Instant) => string,
): CanonicalJson =>
  canonicalJson({
    type: event.type,
    timestamp: timeText(now),
    data: {
      subject: event.subject,
      reference: event.reference,
      acknowledge_by: timeText(acknowledgementDue(event, now)),
    },
  } satisfies Json);

/** A delivery that is due at once. */
export const newDelivery = (
  id: WebhookDeliveryId,
  to: WebhookId,
  event: RecipientEvent,
  message: Sealed,
  now: Instant,
  retention: RetentionPeriods,
): WebhookDelivery => ({
  ...newGdprRecord(id, now, retentionUntil("user_data", now, retention)),
  webhook_id: to,
  // Evidence that she was erased must not keep the id that was erased.
  subject_id: event.type === "subject.erased" ? null : event.subject,
  event: event.type,
  message,
  attempts: 0,
  next_attempt_at: now,
  last_attempt_at: null,
  last_outcome: null,
  last_status: null,
  delivered_at: null,
  acknowledged_at: null,
  acknowledgement_due_at: acknowledgementDue(event, now),
  closed_at: null,
});

/** The changes with what recipients are told of them: stored together or not at all (GDPR Art. 19). */
export const withDeliveries = (changes: Changes, deliveries: readonly WebhookDelivery[]): Changes => ({
  ...changes,
  writes: [
    ...changes.writes,
    ...deliveries.map((row): Write => ({ op: "insert", into: "webhook_deliveries", row })),
  ],
});

const update = (
  delivery: WebhookDelivery,
  set: Settable<"webhook_deliveries">,
  { now }: Occasion,
): Write => ({
  op: "update",
  in: "webhook_deliveries",
  id: delivery.id,
  version: delivery.version,
  set: { ...set, updated_at: now },
});

/** Ends what is of no use any more: the recipient is none, or the erasure of the person is told instead. */
export const closeDelivery = (
  delivery: WebhookDelivery,
  reason: "recipient-removed" | "overtaken",
  occasion: Occasion,
): Changes => ({
  expects: [],
  writes: [update(delivery, { closed_at: occasion.now, next_attempt_at: null, message: null }, occasion)],
  audit: [auditEntry("webhook_delivery.closed", delivery.id, { event: delivery.event, reason }, occasion)],
});

/**
 * The recipient says that it is done (GDPR Art. 19). From now on nobody needs to know whom it told of: what was sent goes.
 * Null: it has been said, or closed, before.
 */
export const acknowledgeDelivery = (delivery: WebhookDelivery, occasion: Occasion): Changes | null => {
  if (delivery.closed_at !== null) return null;
  const { now } = occasion;
  const set = { acknowledged_at: now, closed_at: now, next_attempt_at: null, message: null };
  const details = { event: delivery.event, late: now > delivery.acknowledgement_due_at };
  return {
    expects: [],
    writes: [update(delivery, set, occasion)],
    audit: [auditEntry("webhook_delivery.acknowledged", delivery.id, details, occasion)],
  };
};

/** Sends an open one again, at once. */
export const askAgain = (
  delivery: WebhookDelivery,
  occasion: Occasion,
): Result<
  { readonly delivery: WebhookDelivery; readonly changes: Changes },
  { readonly type: "delivery-closed" }
> => {
  if (delivery.closed_at !== null || delivery.message === null) return err({ type: "delivery-closed" });
  const set = { next_attempt_at: occasion.now, updated_at: occasion.now };
  const details = { event: delivery.event, attempts: delivery.attempts };
  return ok({
    delivery: { ...delivery, ...set, version: delivery.version + 1 },
    changes: {
      expects: [],
      writes: [update(delivery, set, occasion)],
      audit: [auditEntry("webhook_delivery.asked_again", delivery.id, details, occasion)],
    },
  });
};
