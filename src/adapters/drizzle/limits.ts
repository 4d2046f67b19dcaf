import { COMMENT_CHOICES } from "../../domain/anonymization/erase-comment.ts";
import {
  AUDIT_ACTION_MAX,
  AUDIT_RESOURCE_TYPE_MAX,
  type AuditEntry,
} from "../../domain/audit/audit-entry.ts";
import { COMMENT_STATUSES, THREAD_MAX } from "../../domain/comments/comment.ts";
import { CONFIGURATION_KEY_MAX, UPDATED_BY_MAX } from "../../domain/configuration/system-configuration.ts";
import { CONSENT_METHODS } from "../../domain/consent/consent-type.ts";
import { ERASURE_STATUSES } from "../../domain/erasure/erasure.ts";
import { IDENTITY_KINDS } from "../../domain/personal-data/identity.ts";
import type { Records } from "../../domain/personal-data/records.ts";
import { REQUEST_TYPES } from "../../domain/privacy-requests/privacy-request.ts";
import { WEBHOOK_NAME_MAX, WEBHOOK_URL_MAX } from "../../domain/recipients/webhook.ts";
import { ROLES } from "../../domain/roles/role.ts";

/** Every table: the collections that decisions write to, and the audit trail. */
export interface Rows extends Records {
  readonly audit_entries: AuditEntry;
}

export type TableName = keyof Rows;

type Texts<T extends TableName> = Partial<Record<keyof Rows[T] & string, number>>;

const UUID = 36;
const HASH = 64;

/**
 * Most code points of a text, checked by the databases. Every indexed text has a limit: PostgreSQL takes at most
 * 2,704 bytes into an index, SQLite any number.
 */
export const MAX_LENGTH: { readonly [T in TableName]: Texts<T> } = {
  subjects: { id: UUID },
  identities: { id: UUID, blind_index: HASH },
  consents: { id: UUID, notice_hash: HASH, ip_hash: HASH, user_agent_hash: HASH },
  consent_policies: { id: UUID },
  sign_in_links: { id: UUID, token_hash: HASH, email_index: HASH },
  sessions: { id: UUID, token_hash: HASH },
  comments: {
    id: UUID,
    thread: THREAD_MAX,
    root_id: UUID,
    edit_token_hash: HASH,
    source: 50,
    source_id: 500,
  },
  comment_reports: { id: UUID, comment_id: UUID },
  outgoing_mails: { id: UUID },
  mail_preferences: { id: UUID },
  privacy_requests: { id: UUID, state: 30, token_hash: HASH },
  idempotent_answers: { id: HASH, fingerprint: HASH },
  legal_holds: { id: UUID, subject_id: UUID, record_id: 100 },
  signed_reports: { id: UUID, kind: 20 },
  retention_runs: { id: UUID, trigger: 20, running: 20 },
  erasures: { id: UUID, subject_id: UUID, step: 20, cursor: 100, report_id: UUID, original_data_hash: HASH },
  webhooks: { id: UUID, name: WEBHOOK_NAME_MAX, url: WEBHOOK_URL_MAX },
  webhook_deliveries: { id: UUID, webhook_id: UUID },
  breaches: { id: UUID, risk: 10 },
  service_credentials: { id: UUID, token_hash: HASH },
  system_config: { key: CONFIGURATION_KEY_MAX, updated_by: UPDATED_BY_MAX },
  keys: { id: 100 },
  guards: { id: 100 },
  restore_points: { id: 100 },
  audit_entries: {
    id: UUID,
    action: AUDIT_ACTION_MAX,
    resource_type: AUDIT_RESOURCE_TYPE_MAX,
    user_id_hash: HASH,
    ip_address_hash: HASH,
    user_agent_hash: HASH,
    salts: 45,
    seal: 43,
    commitments: 87,
    unlinked_mark: 43,
  },
};

type Choices<T extends TableName> = Partial<Record<keyof Rows[T] & string, readonly string[]>>;

/** Enumerations that the databases check: those that cannot grow without a change of the law or of the specification. */
export const ONE_OF: { readonly [T in TableName]?: Choices<T> } = {
  subjects: { role: ROLES, status: ["active", "restricted", "erased"] },
  identities: { kind: IDENTITY_KINDS },
  consents: { event: ["decided", "withdrawn"], method: CONSENT_METHODS },
  consent_policies: { status: ["draft", "published"] },
  comments: { status: COMMENT_STATUSES },
  erasures: { comments: COMMENT_CHOICES, status: ERASURE_STATUSES },
  privacy_requests: { type: REQUEST_TYPES },
};

/** `isOpen` of a breach, in SQL that both databases read alike. */
export const OPEN_BREACH =
  "risk is null or (notified_at is null and risk <> 'unlikely') or (risk = 'high' and persons_told_at is null " +
  "and not data_unintelligible and coalesce(persons_exemption, '') <> 'risk_removed')";

export interface Check {
  readonly name: string;
  /** SQL that both databases read alike. */
  readonly condition: string;
}

export const checksOf = (table: TableName): readonly Check[] => [
  ...Object.entries<number>(MAX_LENGTH[table]).map(([field, max]) => ({
    name: `${table}_${field}_length`,
    condition: `length("${field}") <= ${max}`,
  })),
  ...Object.entries<readonly string[]>(ONE_OF[table] ?? {}).map(([field, choices]) => ({
    name: `${table}_${field}_choice`,
    condition: `"${field}" in (${choices.map((choice) => `'${choice}'`).join(", ")})`,
  })),
];
