import { sql } from "drizzle-orm";
import { check, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { CommentChoice } from "../../domain/anonymization/erase-comment.ts";
import type { AuditAction, AuditResourceType } from "../../domain/audit/audit-details.ts";
import type { SignedReportKind } from "../../domain/audit/signed-report.ts";
import type { BreachRisk, PersonsExemption } from "../../domain/breaches/breach.ts";
import type { CommentStatus } from "../../domain/comments/comment.ts";
import type { ConsentMethod, ConsentType } from "../../domain/consent/consent-type.ts";
import type { ErasureStatus, ErasureStep } from "../../domain/erasure/erasure.ts";
import type { IdempotencyId } from "../../domain/idempotency/idempotent-answer.ts";
import type { IdentityKind } from "../../domain/personal-data/identity.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import type {
  ErasureHindrance,
  PrivacyRequest,
  RefusalGround,
  RestrictionGround,
} from "../../domain/privacy-requests/privacy-request.ts";
import type { WebhookEvent } from "../../domain/recipients/webhook.ts";
import type { DeliveryOutcome } from "../../domain/recipients/webhook-delivery.ts";
import type { RetentionTrigger } from "../../domain/retention/retention-run.ts";
import type { UserRole } from "../../domain/roles/role.ts";
import type { SubjectStatus } from "../../domain/roles/subject.ts";
import type {
  AuditEntryId,
  BreachId,
  CanonicalJson,
  CommentId,
  CommentReportId,
  ConsentId,
  ConsentPolicyId,
  ErasureId,
  IdentityId,
  KeyedHash,
  LegalHoldId,
  MailId,
  MailPreferencesId,
  PrivacyRequestId,
  RetentionRunId,
  Sealed,
  ServiceCredentialId,
  SessionId,
  SignedReportId,
  SignInLinkId,
  SubjectId,
  TokenHash,
  WebhookDeliveryId,
  WebhookId,
} from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { checksOf, OPEN_BREACH, type TableName } from "./limits.ts";

const flag = () => integer({ mode: "boolean" }).notNull();
const instant = () => integer().$type<Instant>();
const checks = (table: TableName) =>
  checksOf(table).map(({ name, condition }) => check(name, sql.raw(condition)));

const storedFields = () => ({
  created_at: instant().notNull(),
  updated_at: instant().notNull(),
  version: integer().notNull(),
});

const personalFields = <Id extends string>() => ({
  id: text().$type<Id>().primaryKey(),
  ...storedFields(),
  consent_given: flag().default(false),
  consent_timestamp: instant(),
  retention_until: instant(),
  anonymized: flag().default(false),
});

export const subjects = sqliteTable(
  "subjects",
  {
    ...personalFields<SubjectId>(),
    role: text().$type<UserRole>().notNull(),
    status: text().$type<SubjectStatus>().notNull(),
    sessions_valid_from: instant(),
  },
  (t) => [
    ...checks("subjects"),
    index("subjects_active_admins").on(t.role).where(sql`role = 'admin' and status = 'active'`),
    // Whoever asks thousands of times a second whether somebody is restricted or erased reads these few, not her record.
    index("subjects_set_aside").on(t.id, t.status).where(sql`status <> 'active'`),
    index("subjects_retention_until").on(t.retention_until, t.id).where(sql`retention_until is not null`),
  ],
);

// Subjects are never deleted, so a reference to one always holds. Comments, policies and the rest do go: no references.
const subject = () =>
  text()
    .$type<SubjectId>()
    .references(() => subjects.id);

export const identities = sqliteTable(
  "identities",
  {
    ...personalFields<IdentityId>(),
    subject_id: subject().notNull(),
    kind: text().$type<IdentityKind>().notNull(),
    blind_index: text().$type<KeyedHash>(),
    ciphertext: text().$type<Sealed>().notNull(),
  },
  (t) => [
    ...checks("identities"),
    uniqueIndex("identities_kind_blind_index").on(t.kind, t.blind_index),
    uniqueIndex("identities_subject_id_kind").on(t.subject_id, t.kind),
    index("identities_retention_until").on(t.retention_until, t.id).where(sql`retention_until is not null`),
  ],
);

export const consents = sqliteTable(
  "consents",
  {
    ...personalFields<ConsentId>(),
    subject_id: subject().notNull(),
    sequence: integer().notNull(),
    event: text().$type<"decided" | "withdrawn">().notNull(),
    consent_types: text().$type<CanonicalJson>().notNull(),
    purpose_states: text().$type<CanonicalJson>().notNull(),
    policy_version: integer().notNull(),
    language: text(),
    notice_hash: text(),
    method: text().$type<ConsentMethod>().notNull(),
    gpc: flag(),
    timestamp: instant().notNull(),
    expires_at: instant().notNull(),
    audit_entry_id: text().$type<AuditEntryId>(),
    ip_hash: text().$type<KeyedHash>(),
    user_agent_hash: text().$type<KeyedHash>(),
  },
  (t) => [
    ...checks("consents"),
    uniqueIndex("consents_subject_id_sequence").on(t.subject_id, t.sequence),
    index("consents_retention_until").on(t.retention_until, t.id).where(sql`retention_until is not null`),
  ],
);

export const consent_policies = sqliteTable(
  "consent_policies",
  {
    id: text().$type<ConsentPolicyId>().primaryKey(),
    ...storedFields(),
    policy_version: integer().notNull(),
    status: text().$type<"draft" | "published">().notNull(),
    content: text().$type<CanonicalJson>().notNull(),
    material_version: integer().notNull(),
    published_at: instant(),
  },
  (t) => [
    ...checks("consent_policies"),
    uniqueIndex("consent_policies_policy_version").on(t.policy_version),
    index("consent_policies_published").on(t.policy_version).where(sql`status = 'published'`),
  ],
);

export const sign_in_links = sqliteTable(
  "sign_in_links",
  {
    ...personalFields<SignInLinkId>(),
    token_hash: text().$type<TokenHash>().notNull(),
    email_index: text().$type<KeyedHash>().notNull(),
    email_ciphertext: text().$type<Sealed>().notNull(),
    return_to: text(),
    expires_at: instant().notNull(),
    used_at: instant(),
  },
  (t) => [
    ...checks("sign_in_links"),
    uniqueIndex("sign_in_links_token_hash").on(t.token_hash),
    index("sign_in_links_retention_until")
      .on(t.retention_until, t.id)
      .where(sql`retention_until is not null`),
  ],
);

export const sessions = sqliteTable(
  "sessions",
  {
    ...personalFields<SessionId>(),
    token_hash: text().$type<TokenHash>().notNull(),
    subject_id: subject().notNull(),
    permissions: text().$type<CanonicalJson>(),
    expires_at: instant().notNull(),
    ended_at: instant(),
  },
  (t) => [
    ...checks("sessions"),
    uniqueIndex("sessions_token_hash").on(t.token_hash),
    index("sessions_subject_id").on(t.subject_id, t.id),
    index("sessions_retention_until").on(t.retention_until, t.id).where(sql`retention_until is not null`),
  ],
);

export const comments = sqliteTable(
  "comments",
  {
    ...personalFields<CommentId>(),
    thread: text().notNull(),
    subject_id: subject().notNull(),
    parent_id: text().$type<CommentId>(),
    root_id: text().$type<CommentId>().notNull(),
    depth: integer().notNull(),
    content: text().notNull(),
    status: text().$type<CommentStatus>().notNull(),
    queued_at: instant(),
    moderated_at: instant(),
    moderation_note: text(),
    edited_at: instant(),
    edit_token_hash: text().$type<TokenHash>(),
    notify_replies: flag(),
    source: text(),
    source_id: text(),
  },
  (t) => [
    ...checks("comments"),
    uniqueIndex("comments_source_source_id").on(t.source, t.source_id).where(sql`source_id is not null`),
    index("comments_roots").on(t.thread, t.id).where(sql`depth = 0 and status in ('approved', 'removed')`),
    index("comments_replies").on(t.root_id, t.id).where(sql`depth > 0 and status in ('approved', 'removed')`),
    index("comments_thread_status")
      .on(t.thread, t.status, t.id)
      .where(sql`depth > 0 or status <> 'approved'`),
    index("comments_queue").on(t.queued_at, t.id).where(sql`queued_at is not null`),
    index("comments_subject_id").on(t.subject_id, t.id),
    index("comments_answers").on(t.parent_id, t.id).where(sql`parent_id is not null`),
    index("comments_parent_id").on(t.parent_id, t.retention_until).where(sql`parent_id is not null`),
    index("comments_edit_token_hash").on(t.edit_token_hash).where(sql`edit_token_hash is not null`),
    index("comments_retention_until").on(t.retention_until, t.id).where(sql`retention_until is not null`),
  ],
);

export const comment_reports = sqliteTable(
  "comment_reports",
  {
    ...personalFields<CommentReportId>(),
    comment_id: text().$type<CommentId>().notNull(),
    subject_id: subject(),
    reason: text().notNull(),
  },
  (t) => [
    ...checks("comment_reports"),
    index("comment_reports_comment_id").on(t.comment_id, t.id),
    index("comment_reports_subject_id").on(t.subject_id, t.id).where(sql`subject_id is not null`),
    index("comment_reports_retention_until")
      .on(t.retention_until, t.id)
      .where(sql`retention_until is not null`),
  ],
);

export const outgoing_mails = sqliteTable(
  "outgoing_mails",
  {
    ...personalFields<MailId>(),
    kind: text().$type<OutgoingMail["kind"]>().notNull(),
    subject_id: text().$type<SubjectId>(),
    message: text().$type<Sealed>().notNull(),
    message_id: text().notNull(),
    attempts: integer().notNull(),
    next_attempt_at: instant().notNull(),
  },
  (t) => [
    ...checks("outgoing_mails"),
    index("outgoing_mails_next_attempt_at").on(t.next_attempt_at, t.id),
    index("outgoing_mails_subject_id").on(t.subject_id, t.id).where(sql`subject_id is not null`),
    index("outgoing_mails_retention_until")
      .on(t.retention_until, t.id)
      .where(sql`retention_until is not null`),
  ],
);

export const mail_preferences = sqliteTable(
  "mail_preferences",
  {
    ...personalFields<MailPreferencesId>(),
    subject_id: subject().notNull(),
    notifications: flag(),
  },
  (t) => [...checks("mail_preferences"), uniqueIndex("mail_preferences_subject_id").on(t.subject_id)],
);

export const privacy_requests = sqliteTable(
  "privacy_requests",
  {
    ...personalFields<PrivacyRequestId>(),
    subject_id: subject(),
    type: text().$type<PrivacyRequest["type"]>().notNull(),
    state: text().$type<PrivacyRequest["state"]>().notNull(),
    channel: text().$type<PrivacyRequest["channel"]>().notNull(),
    comments: text().$type<CommentChoice>(),
    purpose: text().$type<ConsentType>(),
    restriction_ground: text().$type<RestrictionGround>(),
    statement: text().$type<Sealed>(),
    rectification: text().$type<Sealed>(),
    contact: text().$type<Sealed>(),
    received_at: instant().notNull(),
    target_at: instant().notNull(),
    due_at: instant().notNull(),
    unsuspended_due_at: instant().notNull(),
    suspended_since: instant(),
    suspended_ms: integer().notNull(),
    extended_at: instant(),
    extension_reason: text().$type<Sealed>(),
    effective_at: instant(),
    hindrance: text().$type<ErasureHindrance>(),
    token_hash: text().$type<TokenHash>(),
    refusal_ground: text().$type<RefusalGround>(),
    answer: text().$type<Sealed>(),
    closed_at: instant(),
    lift_at: instant(),
    lifted_at: instant(),
    reminded: text().$type<PrivacyRequest["reminded"]>().notNull(),
    wakes_at: instant(),
  },
  (t) => [
    ...checks("privacy_requests"),
    index("privacy_requests_subject_id").on(t.subject_id, t.id).where(sql`subject_id is not null`),
    index("privacy_requests_inbox").on(t.due_at, t.id).where(sql`closed_at is null`),
    index("privacy_requests_state").on(t.state, t.due_at, t.id),
    index("privacy_requests_wakes_at").on(t.wakes_at, t.id).where(sql`wakes_at is not null`),
    index("privacy_requests_due_erasures")
      .on(t.effective_at, t.id)
      .where(sql`effective_at is not null and closed_at is null`),
    index("privacy_requests_retention_until").on(t.retention_until).where(sql`retention_until is not null`),
  ],
);

export const idempotent_answers = sqliteTable(
  "idempotent_answers",
  {
    ...personalFields<IdempotencyId>(),
    subject_id: text().$type<SubjectId>(),
    fingerprint: text().notNull(),
    answer: text().$type<Sealed>(),
    expires_at: instant().notNull(),
  },
  (t) => [
    ...checks("idempotent_answers"),
    index("idempotent_answers_subject_id").on(t.subject_id, t.id).where(sql`subject_id is not null`),
    index("idempotent_answers_expires_at").on(t.expires_at, t.id),
  ],
);

export const legal_holds = sqliteTable(
  "legal_holds",
  {
    ...personalFields<LegalHoldId>(),
    subject_id: text().$type<SubjectId>(),
    record_id: text(),
    reason: text().notNull(),
    since: instant().notNull(),
    lifted_at: instant(),
  },
  (t) => [
    ...checks("legal_holds"),
    index("legal_holds_standing").on(t.id).where(sql`lifted_at is null`),
    index("legal_holds_subject_id").on(t.subject_id, t.id).where(sql`lifted_at is null`),
    index("legal_holds_record_id").on(t.record_id, t.id).where(sql`lifted_at is null`),
    index("legal_holds_retention_until").on(t.retention_until, t.id).where(sql`retention_until is not null`),
  ],
);

export const signed_reports = sqliteTable(
  "signed_reports",
  {
    ...personalFields<SignedReportId>(),
    kind: text().$type<SignedReportKind>().notNull(),
    document: text().notNull(),
  },
  (t) => [
    ...checks("signed_reports"),
    index("signed_reports_kind_id").on(t.kind, t.id),
    index("signed_reports_retention_until")
      .on(t.retention_until, t.id)
      .where(sql`retention_until is not null`),
  ],
);

export const retention_runs = sqliteTable(
  "retention_runs",
  {
    ...personalFields<RetentionRunId>(),
    dry_run: flag(),
    trigger: text().$type<RetentionTrigger>().notNull(),
    due: instant().notNull(),
    running: text().$type<"running">(),
    resumed: integer().notNull(),
    finished_at: instant(),
    progress: text().$type<CanonicalJson>().notNull(),
    report_id: text().$type<SignedReportId>(),
  },
  (t) => [
    ...checks("retention_runs"),
    uniqueIndex("retention_runs_running").on(t.running),
    index("retention_runs_retention_until")
      .on(t.retention_until, t.id)
      .where(sql`retention_until is not null`),
  ],
);

export const webhooks = sqliteTable(
  "webhooks",
  {
    id: text().$type<WebhookId>().primaryKey(),
    ...storedFields(),
    name: text().notNull(),
    url: text().notNull(),
    events: text().$type<CanonicalJson>().notNull(),
    secret: text().$type<Sealed>(),
    previous_secret: text().$type<Sealed>(),
    previous_secret_until: instant(),
    disabled_at: instant(),
    removed_at: instant(),
  },
  () => checks("webhooks"),
);

export const webhook_deliveries = sqliteTable(
  "webhook_deliveries",
  {
    ...personalFields<WebhookDeliveryId>(),
    webhook_id: text().$type<WebhookId>().notNull(),
    subject_id: text().$type<SubjectId>(),
    event: text().$type<WebhookEvent>().notNull(),
    message: text().$type<Sealed>(),
    attempts: integer().notNull(),
    next_attempt_at: instant(),
    last_attempt_at: instant(),
    last_outcome: text().$type<DeliveryOutcome>(),
    last_status: integer(),
    delivered_at: instant(),
    acknowledged_at: instant(),
    acknowledgement_due_at: instant().notNull(),
    closed_at: instant(),
  },
  (t) => [
    ...checks("webhook_deliveries"),
    index("webhook_deliveries_due")
      .on(t.webhook_id, t.next_attempt_at, t.id)
      .where(sql`next_attempt_at is not null`),
    index("webhook_deliveries_open").on(t.webhook_id, t.id).where(sql`closed_at is null`),
    index("webhook_deliveries_closed").on(t.webhook_id, t.id).where(sql`closed_at is not null`),
    index("webhook_deliveries_late").on(t.webhook_id, t.acknowledgement_due_at).where(sql`closed_at is null`),
    index("webhook_deliveries_subject_id").on(t.subject_id, t.id).where(sql`subject_id is not null`),
    index("webhook_deliveries_retention_until")
      .on(t.retention_until, t.id)
      .where(sql`retention_until is not null`),
  ],
);

export const service_credentials = sqliteTable(
  "service_credentials",
  {
    id: text().$type<ServiceCredentialId>().primaryKey(),
    ...storedFields(),
    name: text().notNull(),
    scopes: text().$type<CanonicalJson>().notNull(),
    token_hash: text().$type<TokenHash>().notNull(),
    revoked_at: instant(),
  },
  (t) => [...checks("service_credentials"), uniqueIndex("service_credentials_token_hash").on(t.token_hash)],
);

export const system_config = sqliteTable(
  "system_config",
  {
    key: text().primaryKey(),
    ...storedFields(),
    value: text().notNull(),
    description: text(),
    is_sensitive: flag(),
    updated_by: text().notNull(),
  },
  () => checks("system_config"),
);

export const keys = sqliteTable(
  "keys",
  {
    id: text().primaryKey(),
    ...storedFields(),
    wrapped: text().$type<Sealed>().notNull(),
    destroy_at: instant(),
  },
  (t) => [
    ...checks("keys"),
    index("keys_destroy_at").on(t.destroy_at, t.id).where(sql`destroy_at is not null`),
  ],
);

export const guards = sqliteTable(
  "guards",
  {
    id: text().$type<"admins" | "holds">().primaryKey(),
    ...storedFields(),
  },
  () => checks("guards"),
);

export const restore_points = sqliteTable(
  "restore_points",
  {
    id: text().$type<"ledger">().primaryKey(),
    ...storedFields(),
    ledger_position: text().notNull(),
  },
  () => checks("restore_points"),
);

export const audit_entries = sqliteTable(
  "audit_entries",
  {
    // Order of insertion, which is the order of the log's leaves. The database's own: no record has it.
    position: integer().primaryKey(),
    ...personalFields<AuditEntryId>(),
    id: text().$type<AuditEntryId>().notNull(),
    action: text().$type<AuditAction>().notNull(),
    resource_type: text().$type<AuditResourceType>().notNull(),
    resource_id: text(),
    user_id_hash: text().$type<KeyedHash>(),
    ip_address_hash: text().$type<KeyedHash>(),
    user_agent_hash: text().$type<KeyedHash>(),
    details: text().$type<CanonicalJson>(),
    salts: text(),
    seal: text(),
    commitments: text(),
    unlinked_mark: text(),
  },
  (t) => [...checks("audit_entries"), uniqueIndex("audit_entries_id").on(t.id)],
);

// Tiles of the audit log's tree: up to 256 hashes of one level, base64. Written by the sequencer only.
export const audit_tiles = sqliteTable(
  "audit_tiles",
  {
    level: integer().notNull(),
    index: integer().notNull(),
    hashes: text().notNull(),
    // Of the first entry below it.
    first_position: integer().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.level, t.index] }),
    index("audit_tiles_first_position").on(t.level, t.first_position),
  ],
);

// Signed checkpoints: the newest one, and the last one of each day.
export const audit_checkpoints = sqliteTable("audit_checkpoints", {
  size: integer().primaryKey(),
  last_position: integer().notNull(),
  root: text().notNull(),
  note: text().notNull(),
  created_at: instant().notNull(),
});

export const erasures = sqliteTable(
  "erasures",
  {
    ...personalFields<ErasureId>(),
    subject_id: text().$type<SubjectId>().notNull(),
    comments: text().$type<CommentChoice>().notNull(),
    status: text().$type<ErasureStatus>().notNull(),
    step: text().$type<ErasureStep>().notNull(),
    cursor: text(),
    work: text().$type<Sealed>(),
    counts: text().$type<CanonicalJson>().notNull(),
    places: text()
      .$type<CanonicalJson>()
      .notNull()
      .default("{}" as CanonicalJson),
    held_by: text().$type<LegalHoldId>(),
    next_attempt_at: instant().notNull(),
    finished_at: instant(),
    report_id: text().$type<SignedReportId>(),
    original_data_hash: text().$type<KeyedHash>(),
  },
  (t) => [
    ...checks("erasures"),
    uniqueIndex("erasures_subject_id").on(t.subject_id),
    index("erasures_held").on(t.id).where(sql`status = 'held'`),
    index("erasures_open").on(t.next_attempt_at, t.id).where(sql`status <> 'done'`),
    index("erasures_retention_until").on(t.retention_until).where(sql`retention_until is not null`),
  ],
);

export const breaches = sqliteTable(
  "breaches",
  {
    ...personalFields<BreachId>(),
    nature: text().notNull(),
    person_categories: text(),
    persons: integer(),
    record_categories: text(),
    records: integer(),
    contact: text(),
    consequences: text(),
    measures: text(),
    aware_at: instant().notNull(),
    risk: text().$type<BreachRisk>(),
    data_unintelligible: flag(),
    persons_exemption: text().$type<PersonsExemption>(),
    phases: text().$type<CanonicalJson>().notNull(),
    notified_at: instant(),
    late_reason: text(),
    persons_told_at: instant(),
  },
  (t) => [
    ...checks("breaches"),
    index("breaches_open").on(t.aware_at, t.id).where(sql.raw(OPEN_BREACH)),
    index("breaches_retention_until").on(t.retention_until, t.id).where(sql`retention_until is not null`),
  ],
);

export const leases = sqliteTable("leases", {
  name: text().primaryKey(),
  holder: text().notNull(),
  expires_at: integer().notNull(),
});

/** Tables of the store itself: no decision writes to them, and nothing in them speaks of a person. */
export const sqliteMachinery = { leases, audit_tiles, audit_checkpoints } as const;

export const sqliteSchema = {
  subjects,
  identities,
  consents,
  consent_policies,
  sign_in_links,
  sessions,
  comments,
  comment_reports,
  outgoing_mails,
  mail_preferences,
  privacy_requests,
  idempotent_answers,
  legal_holds,
  signed_reports,
  retention_runs,
  erasures,
  webhooks,
  webhook_deliveries,
  breaches,
  service_credentials,
  system_config,
  keys,
  guards,
  restore_points,
  audit_entries,
} as const;
