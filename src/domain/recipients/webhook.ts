import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { canonicalJson } from "../shared/canonical-json.ts";
import type { Changes } from "../shared/changes.ts";
import type { StoredRecord } from "../shared/gdpr-record.ts";
import type { CanonicalJson, Sealed, WebhookId } from "../shared/ids.ts";
import { DAY, type Instant, plus } from "../shared/instant.ts";

/** What recipients can be told of (GDPR Art. 7(3), 17(2), 19). */
export const WEBHOOK_EVENTS = [
  "subject.erased",
  "subject.rectified",
  "subject.restricted",
  "subject.unrestricted",
  "consent.changed",
] as const;

export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

export const WEBHOOK_NAME_MAX = 100;
export const WEBHOOK_URL_MAX = 2_000;

/** How long what is sent is signed with the secret before the newest as well, so that a recipient can change over. */
export const SECRET_OVERLAP = 7 * DAY;

/** A recipient of personal data (GDPR Art. 4(9)), and where it is told what has become of them. */
export interface Webhook extends StoredRecord {
  readonly id: WebhookId;
  /** Who it is, for the admins and for persons who ask (GDPR Art. 19). */
  readonly name: string;
  readonly url: string;
  /** JSON list of WebhookEvent. */
  readonly events: CanonicalJson;
  /** Null once it has been removed. */
  readonly secret: Sealed | null;
  /** The secret before that, and until when it counts; both null where there is none. */
  readonly previous_secret: Sealed | null;
  readonly previous_secret_until: Instant | null;
  /** Since when nothing is sent because the recipient said that there is nobody (410); what is to be told waits. */
  readonly disabled_at: Instant | null;
  /** Since when it is a recipient no more. The record stays: whoever asks is told who received her data. */
  readonly removed_at: Instant | null;
}

export const webhookEvents = ({ events }: Pick<Webhook, "events">): readonly WebhookEvent[] =>
  JSON.parse(events) as WebhookEvent[];

/** Who has to be told of such an event. One that is disabled, too: the duty does not end with the line being dead. */
export const recipientsOf = (webhooks: readonly Webhook[], event: WebhookEvent): readonly Webhook[] =>
  webhooks.filter((webhook) => webhook.removed_at === null && webhookEvents(webhook).includes(event));

/** The newest first; another while both count. None once it has been removed. */
export const secretsInForce = (
  { secret, previous_secret, previous_secret_until }: Webhook,
  now: Instant,
): readonly Sealed[] => [
  ...(secret === null ? [] : [secret]),
  ...(previous_secret !== null && previous_secret_until !== null && now < previous_secret_until
    ? [previous_secret]
    : []),
];

export const addWebhook = (
  wanted: Pick<Webhook, "id" | "name" | "url"> & {
    readonly secret: Sealed;
    readonly events: readonly WebhookEvent[];
  },
  occasion: Occasion,
): { readonly webhook: Webhook; readonly changes: Changes } => {
  const webhook: Webhook = {
    id: wanted.id,
    created_at: occasion.now,
    updated_at: occasion.now,
    version: 1,
    name: wanted.name,
    url: wanted.url,
    events: canonicalJson([...wanted.events]),
    secret: wanted.secret,
    previous_secret: null,
    previous_secret_until: null,
    disabled_at: null,
    removed_at: null,
  };
  return {
    webhook,
    changes: {
      expects: [],
      writes: [{ op: "insert", into: "webhooks", row: webhook }],
      audit: [auditEntry("webhook.added", webhook.id, { events: wanted.events }, occasion)],
    },
  };
};

const updated = (
  webhook: Webhook,
  set: Partial<
    Pick<Webhook, "secret" | "previous_secret" | "previous_secret_until" | "disabled_at" | "removed_at">
  >,
  occasion: Occasion,
) => ({
  op: "update" as const,
  in: "webhooks" as const,
  id: webhook.id,
  version: webhook.version,
  set: { ...set, updated_at: occasion.now },
});

/** Gives a recipient a new secret; the one before it counts for another week. */
export const rotateSecret = (
  webhook: Webhook,
  secret: Sealed,
  occasion: Occasion,
): { readonly until: Instant; readonly changes: Changes } => {
  const until = plus(occasion.now, SECRET_OVERLAP);
  const set = { secret, previous_secret: webhook.secret, previous_secret_until: until };
  return {
    until,
    changes: {
      expects: [],
      writes: [updated(webhook, set, occasion)],
      audit: [auditEntry("webhook.secret_rotated", webhook.id, {}, occasion)],
    },
  };
};

/** Ends a recipient; null when that has been done already. Its secrets go, its name and address stay. */
export const removeWebhook = (webhook: Webhook, occasion: Occasion): Changes | null => {
  if (webhook.removed_at !== null) return null;
  const set = {
    secret: null,
    previous_secret: null,
    previous_secret_until: null,
    removed_at: occasion.now,
  };
  return {
    expects: [],
    writes: [updated(webhook, set, occasion)],
    audit: [auditEntry("webhook.removed", webhook.id, {}, occasion)],
  };
};

/** Sends nothing more until an admin asks for it again; null when it is so already. */
export const disableWebhook = (webhook: Webhook, occasion: Occasion): Changes | null =>
  webhook.disabled_at !== null || webhook.removed_at !== null
    ? null
    : {
        expects: [],
        writes: [updated(webhook, { disabled_at: occasion.now }, occasion)],
        audit: [auditEntry("webhook.disabled", webhook.id, {}, occasion)],
      };

/** Null when it is not disabled. */
export const enableWebhook = (webhook: Webhook, occasion: Occasion): Changes | null =>
  webhook.disabled_at === null
    ? null
    : {
        expects: [],
        writes: [updated(webhook, { disabled_at: null }, occasion)],
        audit: [auditEntry("webhook.enabled", webhook.id, {}, occasion)],
      };
