import type { Origin } from "../anonymization/pseudonym.ts";
import type { CommentStatus, ModerationDecision } from "../comments/comment.ts";
import type { ConsentMethod, ConsentType } from "../consent/consent-type.ts";
import type { SealedCollection } from "../personal-data/sealed-fields.ts";
import type { RetentionPeriods } from "../retention/retention-period.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import type { Scope, UserRole } from "../roles/role.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { AuditEntryId, CanonicalJson, KeyedHash } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";

/** Limits of the specification's AuditLog columns, in characters. */
export const AUDIT_ACTION_MAX = 100;
export const AUDIT_RESOURCE_TYPE_MAX = 50;

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
  };
  "consent.withdrawn": { readonly purposes: readonly ConsentType[]; readonly policy_version: number };
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
  "configuration.changed": {
    readonly key: string;
    readonly is_sensitive: boolean;
    readonly created: boolean;
  };
  "configuration.deleted": { readonly key: string; readonly is_sensitive: boolean };
  "service_credential.created": { readonly scopes: readonly Scope[] };
  "service_credential.revoked": { readonly scopes: readonly Scope[] };
  "key.created": { readonly purpose: string };
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
  "mail_preferences.changed": { readonly notifications: boolean };
  "mail.claimed": { readonly kind: string; readonly attempts: number };
  "mail.sent": { readonly kind: string; readonly attempts: number };
  "mail.deferred": { readonly kind: string; readonly attempts: number };
  "mail.abandoned": { readonly kind: string; readonly attempts: number };
}

export type AuditAction = keyof AuditDetails;

const RESOURCE_TYPES = {
  "consent.recorded": "consent",
  "consent.withdrawn": "consent",
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
  "configuration.changed": "configuration",
  "configuration.deleted": "configuration",
  "service_credential.created": "service_credential",
  "service_credential.revoked": "service_credential",
  "key.created": "key",
  "key.destroyed": "key",
  "keys.rewrapped": "key",
  "keys.rotation_finished": "key",
  "mail_preferences.changed": "mail_preferences",
  "mail.claimed": "mail",
  "mail.sent": "mail",
  "mail.deferred": "mail",
  "mail.abandoned": "mail",
} as const satisfies Record<AuditAction, string>;

export type AuditResourceType = (typeof RESOURCE_TYPES)[AuditAction];

/** Who did it, as keyed hashes only; all null for the system itself. */
export interface Actor extends Origin {
  readonly user_id_hash: KeyedHash | null;
}

export const SYSTEM: Actor = { user_id_hash: null, ip_hash: null, user_agent_hash: null };

/** One line of the audit trail (the specification's AuditLog). Written once, in the commit of the change it tells of. */
export interface AuditEntry extends GdprRecord<AuditEntryId> {
  readonly action: AuditAction;
  readonly resource_type: AuditResourceType;
  /** Null where the resource has no UUID (a key, a batch). */
  readonly resource_id: string | null;
  readonly user_id_hash: KeyedHash | null;
  readonly ip_address_hash: KeyedHash | null;
  readonly user_agent_hash: KeyedHash | null;
  readonly details: CanonicalJson | null;
}

/** Everything about the moment of a decision that a pure function may not find out itself. */
export interface Occasion {
  readonly now: Instant;
  readonly actor: Actor;
  /** Fresh for every attempt but the sending again after an unknown outcome: it is what tells "stored" from "not". */
  readonly audit_id: AuditEntryId;
  readonly retention: RetentionPeriods;
}

/** Tells of one action; its payload is kept for the audit trail's period (2,555 days). */
export const auditEntry = <A extends AuditAction>(
  action: A,
  resourceId: string | null,
  details: AuditDetails[A],
  occasion: Occasion,
): AuditEntry => ({
  ...newGdprRecord(
    occasion.audit_id,
    occasion.now,
    retentionUntil("audit_trail", occasion.now, occasion.retention),
  ),
  action,
  resource_type: RESOURCE_TYPES[action],
  resource_id: resourceId,
  user_id_hash: occasion.actor.user_id_hash,
  ip_address_hash: occasion.actor.ip_hash,
  user_agent_hash: occasion.actor.user_agent_hash,
  details: canonicalJson(details as unknown as Json),
});
