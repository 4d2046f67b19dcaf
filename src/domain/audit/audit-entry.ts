import type { Origin } from "../anonymization/pseudonym.ts";
import type { RetentionPeriods } from "../retention/retention-period.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { AuditEntryId, CanonicalJson, KeyedHash } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import {
  type AuditAction,
  type AuditDetails,
  type AuditResourceType,
  RESOURCE_TYPES,
} from "./audit-details.ts";

/** Limits of the specification's AuditLog columns, in characters. */
export const AUDIT_ACTION_MAX = 100;
export const AUDIT_RESOURCE_TYPE_MAX = 50;

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
  /**
   * Random salts of the identity and of the payload, `identity.payload`: a leaf of the audit log commits to both parts
   * and reveals neither. A part is empty once what it salted was blanked; null until the entry is sealed.
   */
  readonly salts: string | null;
  /** Keyed hash over everything else in the entry, made before it is stored; null until then. */
  readonly seal: string | null;
  /** What the leaf says of identity and payload, `identity.payload`; null until one of them is blanked. */
  readonly commitments: string | null;
  /** Keyed hash that allows the identity to be blank before its time, for an erasure (GDPR Art. 17); null otherwise. */
  readonly unlinked_mark: string | null;
}

/** Everything about the moment of a decision that a pure function may not find out itself. */
export interface Occasion {
  readonly now: Instant;
  readonly actor: Actor;
  /** Fresh for every attempt but the sending again after an unknown outcome: it is what tells "stored" from "not". */
  readonly audit_id: AuditEntryId;
  readonly retention: RetentionPeriods;
}

/** What staff read. `operation` is a fixed word; of a list nobody is named. */
export interface StaffRead {
  readonly operation: string;
  /** `type` null: an id that was asked for, of whatever it is. */
  readonly resource: { readonly type: AuditResourceType | null; readonly id: string } | null;
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
  salts: null,
  seal: null,
  commitments: null,
  unlinked_mark: null,
});

/** Tells that staff read personal data, and whose or what, so that a person can be told who saw hers (GDPR Art. 5(2), 15). */
export const staffRead = ({ operation, resource }: StaffRead, occasion: Occasion): AuditEntry => ({
  ...auditEntry("staff.read", resource?.id ?? null, { operation }, occasion),
  resource_type: resource?.type ?? RESOURCE_TYPES["staff.read"],
});
