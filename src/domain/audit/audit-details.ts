import type { CommentChoice } from "../anonymization/erase-comment.ts";
import type { BreachRisk } from "../breaches/breach.ts";
import type { BreachField, BreachKeeper } from "../breaches/record-breach.ts";
import type { CommentStatus, ModerationDecision } from "../comments/comment.ts";
import type { ConsentMethod, ConsentType } from "../consent/consent-type.ts";
import type { ErasureStep } from "../erasure/erasure.ts";
import type { SealedCollection } from "../personal-data/sealed-fields.ts";
import type {
  ErasureHindrance,
  RefusalGround,
  RequestChannel,
  RequestState,
  RequestType,
  RestrictionGround,
} from "../privacy-requests/privacy-request.ts";
import type { WebhookEvent } from "../recipients/webhook.ts";
import type { DeliveryOutcome } from "../recipients/webhook-delivery.ts";
import type { Scope, UserRole } from "../roles/role.ts";
import type { ErasureId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";

interface RetentionCounts {
  readonly collection: string;
  readonly deleted: number;
  readonly blanked: number;
  readonly cleared: number;
  readonly alongside: number;
}

/**
 * What can be told of each action. Closed and typed, so that no free text and no personal data can enter an entry:
 * a new action needs its details here before it compiles.
 */
export interface AuditDetails {
  "consent.recorded": {
    readonly purposes: readonly ConsentType[];
    readonly policy_version: number;
    readonly method: ConsentMethod;
    readonly gpc: boolean;
    readonly new_subject: boolean;
    /** SHA-256 of what its receipt says, base64url: with it the log proves a receipt whoever has the key. */
    readonly receipt_hash?: string;
  };
  "consent.withdrawn": {
    readonly purposes: readonly ConsentType[];
    readonly policy_version: number;
    readonly receipt_hash?: string;
  };
  "consent_policy.drafted": { readonly policy_version: number; readonly created: boolean };
  "consent_policy.published": { readonly policy_version: number; readonly material: boolean };
  "sign_in_link.sent": { readonly withheld: boolean };
  "session.created": { readonly via: "link" | "service"; readonly new_subject: boolean };
  "session.ended": { readonly everywhere: boolean };
  "comment.posted": { readonly status: CommentStatus; readonly reply: boolean; readonly new_name: boolean };
  "comment.edited": { readonly status: CommentStatus };
  "comment.removed": { readonly by: "author" | "moderator" };
  "comment.moderated": { readonly decision: ModerationDecision; readonly from: CommentStatus };
  "comment.reported": { readonly first: boolean };
  "comments.imported": { readonly source: string; readonly comments: number; readonly subjects: number };
  "role.changed": { readonly from: UserRole; readonly to: UserRole; readonly new_subject: boolean };
  "staff.read": { readonly operation: string };
  "access.denied": { readonly problem: string; readonly count: number };
  "idempotent_answers.deleted": { readonly count: number };
  "retention.started": { readonly dry_run: boolean; readonly trigger: "schedule" | "admin" | "cli" };
  "retention.resumed": { readonly resumed: number };
  /** People whose date had come, and who wait for an answer. */
  "retention.deferred": { readonly subjects: number };
  /** One batch, in the commit that took its records. */
  "retention.applied": RetentionCounts;
  "retention.rehearsed": RetentionCounts;
  /** Pages of the audit trail whose identities or payloads were due. */
  "retention.pruned": {
    readonly part: "identities" | "payloads";
    readonly pruned: number;
    readonly held: number;
  };
  "retention.finished": {
    readonly dry_run: boolean;
    /** Id of the signed report. */
    readonly report: string;
    readonly deleted: number;
    readonly blanked: number;
    readonly resumed: number;
  };
  "configuration.changed": {
    readonly key: string;
    readonly is_sensitive: boolean;
    readonly created: boolean;
  };
  "configuration.deleted": { readonly key: string; readonly is_sensitive: boolean };
  "service_credential.created": { readonly scopes: readonly Scope[] };
  "service_credential.revoked": { readonly scopes: readonly Scope[] };
  "webhook.added": { readonly events: readonly WebhookEvent[] };
  "webhook.secret_rotated": Readonly<Record<never, never>>;
  "webhook.disabled": Readonly<Record<never, never>>;
  "webhook.enabled": Readonly<Record<never, never>>;
  "webhook.removed": Readonly<Record<never, never>>;
  "webhook_delivery.claimed": { readonly event: WebhookEvent; readonly attempts: number };
  "webhook_delivery.attempted": {
    readonly event: WebhookEvent;
    readonly attempts: number;
    readonly outcome: DeliveryOutcome;
    readonly status: number | null;
  };
  "webhook_delivery.held": { readonly event: WebhookEvent; readonly attempts: number };
  "webhook_delivery.acknowledged": { readonly event: WebhookEvent; readonly late: boolean };
  "webhook_delivery.closed": {
    readonly event: WebhookEvent;
    readonly reason: "recipient-removed" | "overtaken";
  };
  "webhook_delivery.asked_again": { readonly event: WebhookEvent; readonly attempts: number };
  /** `public_key` in base64, where it is one that others check signatures with. */
  "key.created": { readonly purpose: string; readonly public_key?: string };
  /** It leaked: nothing that it signed is believed any more for its signature's sake. */
  "key.revoked": { readonly purpose: string };
  /** Signs nothing any more; from when on the private half is destroyed. */
  "key.retired": { readonly purpose: string; readonly destroy_at: Instant };
  "key.destroyed": { readonly purpose: string };
  "keys.rewrapped": {
    readonly collection: SealedCollection;
    readonly records: number;
    /** Name of the key they are encrypted with now. */
    readonly key_id: string;
  };
  "keys.rotation_finished": {
    readonly key_id: string;
    /** Values that were found under this key, and opened, by collection. */
    readonly values: Readonly<Record<SealedCollection, number>>;
    readonly rewrapped: number;
  };
  /** One fact of the erasure ledger was done again in a database that had not heard of it. */
  "ledger.replayed": { readonly kind: string };
  /** All of them were: how many were told, and how many of each kind concerned somebody here. */
  "restore.replayed": {
    readonly told: number;
    readonly erasures: number;
    readonly withdrawals: number;
    readonly objections: number;
    readonly restrictions: number;
    readonly unrestrictions: number;
    readonly rectifications: number;
  };
  "restore_point.moved": Readonly<Record<string, never>>;
  /**
   * A database took the place of one whose log had gone further: what is signed in it, and what was signed outside (null:
   * by a key that it does not know). What came after is given up, on purpose.
   */
  "audit_log.set_back": { readonly signed: number; readonly outside: number | null };
  "backup.created": { readonly name: string; readonly bytes: number };
  "backup.deleted": { readonly name: string };
  "backup.drilled": { readonly name: string; readonly passed: boolean };
  "privacy_request.received": {
    readonly type: RequestType;
    readonly channel: RequestChannel;
    readonly state: RequestState;
  };
  "privacy_request.confirmed": { readonly type: RequestType; readonly state: RequestState };
  "privacy_request.identity_asked": { readonly type: RequestType };
  "privacy_request.extended": { readonly type: RequestType };
  "privacy_request.refused": { readonly type: RequestType; readonly ground: RefusalGround };
  "privacy_request.completed": { readonly type: RequestType; readonly by: "system" | "admin" };
  "privacy_request.cancelled": { readonly type: RequestType; readonly by: "subject" | "expiry" };
  "privacy_request.erasure_begun": { readonly again: boolean };
  "privacy_request.erasure_hindered": { readonly hindrance: ErasureHindrance };
  "privacy_request.reminded": { readonly type: RequestType; readonly late: boolean };
  "restriction.lift_announced": { readonly ground: RestrictionGround };
  "restriction.lifted": { readonly ground: RestrictionGround; readonly by: "subject" | "system" };
  "erasure.begun": { readonly comments: CommentChoice };
  "erasure.advanced": { readonly step: ErasureStep; readonly records: number };
  "erasure.held": { readonly step: ErasureStep };
  /** Names of columns and kinds of files, which hold nothing of hers themselves. */
  "erasure.residue_found": { readonly places: readonly string[] };
  "erasure.certified": { readonly erasure: ErasureId };
  "legal_hold.placed": { readonly scope: "subject" | "record" };
  "legal_hold.lifted": { readonly scope: "subject" | "record" };
  "breach.recorded": {
    readonly by: BreachKeeper;
    readonly risk: BreachRisk | null;
    readonly told_late: boolean;
  };
  "breach.changed": {
    readonly by: BreachKeeper;
    /** Their names. What they say stands in the register alone. */
    readonly fields: readonly BreachField[];
    readonly risk: BreachRisk | null;
    readonly told_late: boolean;
  };
  "mail_preferences.changed": { readonly notifications: boolean };
  "mail.claimed": { readonly kind: string; readonly attempts: number };
  "mail.sent": { readonly kind: string; readonly attempts: number };
  "mail.deferred": { readonly kind: string; readonly attempts: number };
  "mail.abandoned": { readonly kind: string; readonly attempts: number };
}

export type AuditAction = keyof AuditDetails;

export const RESOURCE_TYPES = {
  "consent.recorded": "consent",
  "consent.withdrawn": "consent",
  "consent_policy.drafted": "consent_policy",
  "consent_policy.published": "consent_policy",
  "sign_in_link.sent": "sign_in_link",
  "session.created": "session",
  "session.ended": "session",
  "comment.posted": "comment",
  "comment.edited": "comment",
  "comment.removed": "comment",
  "comment.moderated": "comment",
  "comment.reported": "comment",
  "comments.imported": "comment",
  "role.changed": "subject",
  "staff.read": "request",
  "access.denied": "request",
  "idempotent_answers.deleted": "idempotent_answer",
  "retention.started": "retention_run",
  "retention.resumed": "retention_run",
  "retention.deferred": "retention_run",
  "retention.applied": "retention_run",
  "retention.rehearsed": "retention_run",
  "retention.pruned": "retention_run",
  "retention.finished": "retention_run",
  "configuration.changed": "configuration",
  "configuration.deleted": "configuration",
  "service_credential.created": "service_credential",
  "service_credential.revoked": "service_credential",
  "webhook.added": "webhook",
  "webhook.secret_rotated": "webhook",
  "webhook.disabled": "webhook",
  "webhook.enabled": "webhook",
  "webhook.removed": "webhook",
  "webhook_delivery.claimed": "webhook_delivery",
  "webhook_delivery.attempted": "webhook_delivery",
  "webhook_delivery.held": "webhook_delivery",
  "webhook_delivery.acknowledged": "webhook_delivery",
  "webhook_delivery.closed": "webhook_delivery",
  "webhook_delivery.asked_again": "webhook_delivery",
  "key.created": "key",
  "key.revoked": "key",
  "key.retired": "key",
  "key.destroyed": "key",
  "keys.rewrapped": "key",
  "keys.rotation_finished": "key",
  "ledger.replayed": "subject",
  "restore.replayed": "restore_point",
  "restore_point.moved": "restore_point",
  "audit_log.set_back": "audit_log",
  "backup.created": "backup",
  "backup.deleted": "backup",
  "backup.drilled": "backup",
  "privacy_request.received": "privacy_request",
  "privacy_request.confirmed": "privacy_request",
  "privacy_request.identity_asked": "privacy_request",
  "privacy_request.extended": "privacy_request",
  "privacy_request.refused": "privacy_request",
  "privacy_request.completed": "privacy_request",
  "privacy_request.cancelled": "privacy_request",
  "privacy_request.erasure_begun": "privacy_request",
  "privacy_request.erasure_hindered": "privacy_request",
  "privacy_request.reminded": "privacy_request",
  "restriction.lift_announced": "privacy_request",
  "restriction.lifted": "privacy_request",
  "erasure.begun": "erasure",
  "erasure.advanced": "erasure",
  "erasure.held": "erasure",
  "erasure.residue_found": "erasure",
  "erasure.certified": "signed_report",
  "legal_hold.placed": "legal_hold",
  "legal_hold.lifted": "legal_hold",
  "breach.recorded": "breach",
  "breach.changed": "breach",
  "mail_preferences.changed": "mail_preferences",
  "mail.claimed": "mail",
  "mail.sent": "mail",
  "mail.deferred": "mail",
  "mail.abandoned": "mail",
} as const satisfies Record<AuditAction, string>;

export type AuditResourceType = (typeof RESOURCE_TYPES)[AuditAction];
