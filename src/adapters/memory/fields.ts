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
import { codePoints, storableText } from "../../domain/shared/text.ts";

/** Every table: the collections that decisions write to, and the audit trail. */
export interface Rows extends Records {
  readonly audit_entries: AuditEntry;
}

export type TableName = keyof Rows;

interface Field<Type extends "text" | "number" | "boolean", Nullable extends boolean> {
  readonly type: Type;
  readonly nullable: Nullable;
  /** Most code points. */
  readonly max?: number;
  readonly choices?: readonly string[];
}

type FieldOf<V> = Field<
  Exclude<V, null> extends string ? "text" : Exclude<V, null> extends number ? "number" : "boolean",
  null extends V ? true : false
>;

const text = { type: "text", nullable: false } as const;
const textOrNull = { type: "text", nullable: true } as const;
const number = { type: "number", nullable: false } as const;
const numberOrNull = { type: "number", nullable: true } as const;
const flag = { type: "boolean", nullable: false } as const;
const uuid = { ...text, max: 36 } as const;
const hash = { ...text, max: 64 } as const;
const hashOrNull = { ...textOrNull, max: 64 } as const;
const oneOf = (choices: readonly string[]) => ({ ...text, choices }) as const;

const stored = { created_at: number, updated_at: number, version: number } as const;
const personal = {
  id: uuid,
  ...stored,
  consent_given: flag,
  consent_timestamp: numberOrNull,
  retention_until: numberOrNull,
  anonymized: flag,
} as const;

/** What each table takes: the same as the databases' columns, not null and check constraints (the contract says so). */
export const FIELDS: { readonly [T in TableName]: { readonly [F in keyof Rows[T]]-?: FieldOf<Rows[T][F]> } } =
  {
    subjects: {
      ...personal,
      role: oneOf(ROLES),
      status: oneOf(["active", "restricted", "erased"]),
      sessions_valid_from: numberOrNull,
    },
    identities: {
      ...personal,
      subject_id: text,
      kind: oneOf(IDENTITY_KINDS),
      blind_index: hashOrNull,
      ciphertext: text,
    },
    consents: {
      ...personal,
      subject_id: text,
      sequence: number,
      event: oneOf(["decided", "withdrawn"]),
      consent_types: text,
      purpose_states: text,
      policy_version: number,
      language: textOrNull,
      notice_hash: hashOrNull,
      method: oneOf(CONSENT_METHODS),
      gpc: flag,
      timestamp: number,
      expires_at: number,
      audit_entry_id: textOrNull,
      ip_hash: hashOrNull,
      user_agent_hash: hashOrNull,
    },
    consent_policies: {
      id: uuid,
      ...stored,
      policy_version: number,
      status: oneOf(["draft", "published"]),
      content: text,
      material_version: number,
      published_at: numberOrNull,
    },
    sign_in_links: {
      ...personal,
      token_hash: hash,
      email_index: hash,
      email_ciphertext: text,
      return_to: textOrNull,
      expires_at: number,
      used_at: numberOrNull,
    },
    sessions: {
      ...personal,
      token_hash: hash,
      subject_id: text,
      permissions: textOrNull,
      expires_at: number,
      ended_at: numberOrNull,
    },
    comments: {
      ...personal,
      thread: { ...text, max: THREAD_MAX },
      subject_id: text,
      parent_id: textOrNull,
      root_id: uuid,
      depth: number,
      content: text,
      status: oneOf(COMMENT_STATUSES),
      queued_at: numberOrNull,
      moderated_at: numberOrNull,
      moderation_note: textOrNull,
      edited_at: numberOrNull,
      edit_token_hash: hashOrNull,
      notify_replies: flag,
      source: { ...textOrNull, max: 50 },
      source_id: { ...textOrNull, max: 500 },
    },
    comment_reports: { ...personal, comment_id: uuid, subject_id: textOrNull, reason: text },
    outgoing_mails: {
      ...personal,
      kind: text,
      subject_id: textOrNull,
      message: text,
      message_id: text,
      attempts: number,
      next_attempt_at: number,
    },
    mail_preferences: { ...personal, subject_id: text, notifications: flag },
    privacy_requests: {
      ...personal,
      subject_id: textOrNull,
      type: oneOf(REQUEST_TYPES),
      state: { ...text, max: 30 },
      channel: text,
      comments: textOrNull,
      purpose: textOrNull,
      restriction_ground: textOrNull,
      statement: textOrNull,
      rectification: textOrNull,
      contact: textOrNull,
      received_at: number,
      target_at: number,
      due_at: number,
      unsuspended_due_at: number,
      suspended_since: numberOrNull,
      suspended_ms: number,
      extended_at: numberOrNull,
      extension_reason: textOrNull,
      effective_at: numberOrNull,
      hindrance: textOrNull,
      token_hash: hashOrNull,
      refusal_ground: textOrNull,
      answer: textOrNull,
      closed_at: numberOrNull,
      lift_at: numberOrNull,
      lifted_at: numberOrNull,
      reminded: text,
      wakes_at: numberOrNull,
    },
    idempotent_answers: {
      ...personal,
      id: hash,
      subject_id: textOrNull,
      fingerprint: hash,
      answer: textOrNull,
      expires_at: number,
    },
    legal_holds: {
      ...personal,
      subject_id: { ...textOrNull, max: 36 },
      record_id: { ...textOrNull, max: 100 },
      reason: text,
      since: number,
      lifted_at: numberOrNull,
    },
    signed_reports: { ...personal, kind: { ...text, max: 20 }, document: text },
    retention_runs: {
      ...personal,
      dry_run: flag,
      trigger: { ...text, max: 20 },
      due: number,
      running: { ...textOrNull, max: 20 },
      resumed: number,
      finished_at: numberOrNull,
      progress: text,
      report_id: textOrNull,
    },
    erasures: {
      ...personal,
      subject_id: uuid,
      comments: oneOf(COMMENT_CHOICES),
      status: oneOf(ERASURE_STATUSES),
      step: { ...text, max: 20 },
      cursor: { ...textOrNull, max: 100 },
      work: textOrNull,
      counts: text,
      places: text,
      held_by: { ...textOrNull, max: 36 },
      next_attempt_at: number,
      finished_at: numberOrNull,
      report_id: { ...textOrNull, max: 36 },
      original_data_hash: hashOrNull,
    },
    webhooks: {
      id: uuid,
      ...stored,
      name: { ...text, max: WEBHOOK_NAME_MAX },
      url: { ...text, max: WEBHOOK_URL_MAX },
      events: text,
      secret: textOrNull,
      previous_secret: textOrNull,
      previous_secret_until: numberOrNull,
      disabled_at: numberOrNull,
      removed_at: numberOrNull,
    },
    webhook_deliveries: {
      ...personal,
      webhook_id: uuid,
      subject_id: textOrNull,
      event: text,
      message: textOrNull,
      attempts: number,
      next_attempt_at: numberOrNull,
      last_attempt_at: numberOrNull,
      last_outcome: textOrNull,
      last_status: numberOrNull,
      delivered_at: numberOrNull,
      acknowledged_at: numberOrNull,
      acknowledgement_due_at: number,
      closed_at: numberOrNull,
    },
    breaches: {
      ...personal,
      nature: text,
      person_categories: textOrNull,
      persons: numberOrNull,
      record_categories: textOrNull,
      records: numberOrNull,
      contact: textOrNull,
      consequences: textOrNull,
      measures: textOrNull,
      aware_at: number,
      risk: { ...textOrNull, max: 10 },
      data_unintelligible: flag,
      persons_exemption: textOrNull,
      phases: text,
      notified_at: numberOrNull,
      late_reason: textOrNull,
      persons_told_at: numberOrNull,
    },
    service_credentials: {
      id: uuid,
      ...stored,
      name: text,
      scopes: text,
      token_hash: hash,
      revoked_at: numberOrNull,
    },
    system_config: {
      key: { ...text, max: CONFIGURATION_KEY_MAX },
      ...stored,
      value: text,
      description: textOrNull,
      is_sensitive: flag,
      updated_by: { ...text, max: UPDATED_BY_MAX },
    },
    keys: { id: { ...text, max: 100 }, ...stored, wrapped: text, destroy_at: numberOrNull },
    guards: { id: { ...text, max: 100 }, ...stored },
    restore_points: { id: { ...text, max: 100 }, ...stored, ledger_position: text },
    audit_entries: {
      ...personal,
      action: { ...text, max: AUDIT_ACTION_MAX },
      resource_type: { ...text, max: AUDIT_RESOURCE_TYPE_MAX },
      resource_id: textOrNull,
      user_id_hash: hashOrNull,
      ip_address_hash: hashOrNull,
      user_agent_hash: hashOrNull,
      details: textOrNull,
      salts: { ...textOrNull, max: 45 },
      seal: { ...textOrNull, max: 43 },
      commitments: { ...textOrNull, max: 87 },
      unlinked_mark: { ...textOrNull, max: 43 },
    },
  };

type AnyField = Field<"text" | "number" | "boolean", boolean>;

export const fieldsOf = (table: TableName): Readonly<Record<string, AnyField>> | undefined => FIELDS[table];

/** Whether the value is of the field's type and can be stored at all. */
export const isStorable = (field: AnyField, value: unknown): boolean => {
  if (value === null) return field.nullable;
  if (field.type === "number") return Number.isSafeInteger(value);
  if (field.type === "boolean") return typeof value === "boolean";
  return typeof value === "string" && storableText(value) === null;
};

/** Whether the field's limit and enumeration allow a storable value. */
export const isAllowed = (field: AnyField, value: unknown): boolean =>
  typeof value !== "string" ||
  ((field.max === undefined || codePoints(value) <= field.max) &&
    (field.choices === undefined || field.choices.includes(value)));
