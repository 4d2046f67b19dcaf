// Sample records of invented people. Everything a test does not care about has a valid value.
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { type AuditEntry, auditEntry, SYSTEM } from "../../src/domain/audit/audit-entry.ts";
import { newErasure } from "../../src/domain/erasure/erasure.ts";
import type { IdempotencyId } from "../../src/domain/idempotency/idempotent-answer.ts";
import type { Collection, Records } from "../../src/domain/personal-data/records.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import type { Changes, Expectation, Write } from "../../src/domain/shared/changes.ts";
import { newGdprRecord, type StoredRecord } from "../../src/domain/shared/gdpr-record.ts";
import type {
  AuditEntryId,
  Branded,
  CanonicalJson,
  CommentId,
  IdentityId,
  KeyedHash,
  Sealed,
  SubjectId,
  TokenHash,
} from "../../src/domain/shared/ids.ts";
import { DAY, type Instant, plus } from "../../src/domain/shared/instant.ts";

/** Noon of a day in March 2025. */
export const NOON = Date.UTC(2025, 2, 14, 12) as Instant;

export const ids = makeIdGenerator({ now: () => NOON });

export const id = <Id extends Branded<string, string>>(): Id => ids.next<Id>();

/** 64 hexadecimal characters that no other call gives. */
export const hash = <Hash extends KeyedHash | TokenHash>(): Hash =>
  `${crypto.randomUUID()}${crypto.randomUUID()}`.replaceAll("-", "") as Hash;

export const sealed = (text = "sealed"): Sealed => `v1.${Buffer.from(text).toString("base64url")}` as Sealed;

export const json = (value: unknown): CanonicalJson => JSON.stringify(value) as CanonicalJson;

const stored = (): StoredRecord => ({ created_at: NOON, updated_at: NOON, version: 1 });

export const occasion = (now: Instant = NOON) => ({
  now,
  actor: SYSTEM,
  audit_id: id<AuditEntryId>(),
  retention: DEFAULT_RETENTION,
});

const makers = {
  subjects: (): Records["subjects"] => ({
    ...newGdprRecord(ids.subject(), NOON, plus(NOON, 1095 * DAY)),
    role: "commenter",
    status: "active",
    sessions_valid_from: null,
  }),
  identities: (): Records["identities"] => ({
    ...newGdprRecord(id<IdentityId>(), NOON, null),
    subject_id: ids.subject(),
    kind: "email",
    blind_index: hash<KeyedHash>(),
    ciphertext: sealed("ada@example.org"),
  }),
  consents: (): Records["consents"] => ({
    ...newGdprRecord(id(), NOON, plus(NOON, 1460 * DAY)),
    subject_id: ids.subject(),
    sequence: 1,
    event: "decided",
    consent_types: json(["essential"]),
    purpose_states: json({}),
    policy_version: 1,
    language: "en",
    notice_hash: hash<KeyedHash>(),
    method: "banner",
    gpc: false,
    timestamp: NOON,
    expires_at: plus(NOON, 365 * DAY),
    audit_entry_id: id(),
    ip_hash: hash<KeyedHash>(),
    user_agent_hash: null,
  }),
  consent_policies: (): Records["consent_policies"] => ({
    id: id(),
    ...stored(),
    policy_version: 1,
    status: "published",
    content: json({ texts: {} }),
    material_version: 1,
    published_at: NOON,
  }),
  sign_in_links: (): Records["sign_in_links"] => ({
    ...newGdprRecord(id(), NOON, plus(NOON, DAY)),
    token_hash: hash<TokenHash>(),
    email_index: hash<KeyedHash>(),
    email_ciphertext: sealed("grace@example.org"),
    return_to: null,
    expires_at: plus(NOON, DAY),
    used_at: null,
  }),
  sessions: (): Records["sessions"] => ({
    ...newGdprRecord(id(), NOON, plus(NOON, DAY)),
    token_hash: hash<TokenHash>(),
    subject_id: ids.subject(),
    permissions: null,
    expires_at: plus(NOON, DAY),
    ended_at: null,
  }),
  comments: (): Records["comments"] => {
    const own = id<CommentId>();
    return {
      ...newGdprRecord(own, NOON, plus(NOON, 2190 * DAY)),
      thread: "/posts/engines",
      subject_id: ids.subject(),
      parent_id: null,
      root_id: own,
      depth: 0,
      content: "<p>Well said.</p>",
      status: "approved",
      queued_at: null,
      moderated_at: null,
      moderation_note: null,
      edited_at: null,
      edit_token_hash: hash<TokenHash>(),
      notify_replies: false,
      source: null,
      source_id: null,
    };
  },
  comment_reports: (): Records["comment_reports"] => ({
    ...newGdprRecord(id(), NOON, null),
    comment_id: id<CommentId>(),
    subject_id: null,
    reason: "off topic",
  }),
  outgoing_mails: (): Records["outgoing_mails"] => ({
    ...newGdprRecord(id(), NOON, plus(NOON, DAY)),
    kind: "sign_in",
    subject_id: null,
    message: sealed("mail"),
    message_id: `${crypto.randomUUID()}@example.org`,
    attempts: 0,
    next_attempt_at: NOON,
  }),
  mail_preferences: (): Records["mail_preferences"] => ({
    ...newGdprRecord(id(), NOON, null),
    subject_id: ids.subject(),
    notifications: false,
  }),
  privacy_requests: (): Records["privacy_requests"] => ({
    ...newGdprRecord(id(), NOON, null),
    subject_id: null,
    type: "access",
    state: "open",
    channel: "session",
    comments: null,
    purpose: null,
    restriction_ground: null,
    statement: sealed("What do you have on me?"),
    rectification: null,
    contact: null,
    received_at: NOON,
    target_at: plus(NOON, 30 * DAY),
    due_at: plus(NOON, 31 * DAY),
    unsuspended_due_at: plus(NOON, 31 * DAY),
    suspended_since: null,
    suspended_ms: 0,
    extended_at: null,
    extension_reason: null,
    effective_at: null,
    hindrance: null,
    token_hash: null,
    refusal_ground: null,
    answer: null,
    closed_at: null,
    lift_at: null,
    lifted_at: null,
    reminded: "none",
    wakes_at: plus(NOON, 24 * DAY),
  }),
  idempotent_answers: (): Records["idempotent_answers"] => ({
    ...newGdprRecord(hash<KeyedHash>() as string as IdempotencyId, NOON, plus(NOON, DAY)),
    subject_id: null,
    fingerprint: hash<KeyedHash>(),
    answer: null,
    expires_at: plus(NOON, DAY),
  }),
  legal_holds: (): Records["legal_holds"] => ({
    ...newGdprRecord(id(), NOON, null),
    subject_id: ids.subject(),
    record_id: null,
    reason: "claim before a court",
    since: NOON,
    lifted_at: null,
  }),
  signed_reports: (): Records["signed_reports"] => ({
    ...newGdprRecord(id(), NOON, plus(NOON, 2555 * DAY)),
    kind: "erasure",
    document: "header.payload.signature",
  }),
  retention_runs: (): Records["retention_runs"] => ({
    ...newGdprRecord(id(), NOON, plus(NOON, 2555 * DAY)),
    dry_run: false,
    trigger: "schedule",
    due: NOON,
    running: null,
    resumed: 0,
    finished_at: NOON,
    progress: json({ counts: {}, next: null }),
    report_id: null,
  }),
  erasures: (): Records["erasures"] => ({
    ...newErasure(id(), ids.subject(), "keep_text", NOON),
    work: sealed("work"),
  }),
  webhooks: (): Records["webhooks"] => ({
    id: id(),
    ...stored(),
    name: "Newsletter",
    url: "https://newsletter.example/hooks",
    events: json(["subject.erased"]),
    secret: sealed("whsec_"),
    previous_secret: null,
    previous_secret_until: null,
    disabled_at: null,
    removed_at: null,
  }),
  webhook_deliveries: (): Records["webhook_deliveries"] => ({
    ...newGdprRecord(id(), NOON, plus(NOON, 1095 * DAY)),
    webhook_id: id(),
    subject_id: null,
    event: "subject.erased",
    message: sealed("message"),
    attempts: 0,
    next_attempt_at: NOON,
    last_attempt_at: null,
    last_outcome: null,
    last_status: null,
    delivered_at: null,
    acknowledged_at: null,
    acknowledgement_due_at: plus(NOON, 28 * DAY),
    closed_at: null,
  }),
  breaches: (): Records["breaches"] => ({
    ...newGdprRecord(id(), NOON, plus(NOON, 2555 * DAY)),
    nature: "A laptop was stolen",
    person_categories: null,
    persons: null,
    record_categories: null,
    records: null,
    contact: null,
    consequences: null,
    measures: null,
    aware_at: NOON,
    risk: null,
    data_unintelligible: false,
    persons_exemption: null,
    phases: json([]),
    notified_at: null,
    late_reason: null,
    persons_told_at: null,
  }),
  service_credentials: (): Records["service_credentials"] => ({
    id: id(),
    ...stored(),
    name: "newsletter",
    scopes: json(["consents:check"]),
    token_hash: hash<TokenHash>(),
    revoked_at: null,
  }),
  system_config: (): Records["system_config"] => ({
    key: `key-${crypto.randomUUID()}`,
    ...stored(),
    value: "on",
    description: null,
    is_sensitive: false,
    updated_by: "cli",
  }),
  keys: (): Records["keys"] => ({
    id: `pseudonym:ip:${crypto.randomUUID()}`,
    ...stored(),
    wrapped: sealed("key"),
    destroy_at: null,
  }),
  guards: (): Records["guards"] => ({ id: "admins", ...stored() }),
  restore_points: (): Records["restore_points"] => ({ id: "ledger", ...stored(), ledger_position: "here" }),
} satisfies { readonly [C in Collection]: () => Records[C] };

/** A valid record of a collection, with what the test cares about. */
export const record = <C extends Collection>(collection: C, over: Partial<Records[C]> = {}): Records[C] =>
  ({ ...makers[collection](), ...over }) as Records[C];

export const insert = <C extends Collection>(collection: C, over: Partial<Records[C]> = {}) =>
  ({ op: "insert", into: collection, row: record(collection, over) }) as const;

/** A write as `Changes` takes it: `insert` of a collection that only the caller knows. */
export const asWrite = (write: {
  readonly op: "insert";
  readonly into: Collection;
  readonly row: object;
}): Write => write as Write;

export const reply = (
  to: Records["comments"],
  over: Partial<Records["comments"]> = {},
): Records["comments"] =>
  record("comments", {
    thread: to.thread,
    parent_id: to.id,
    root_id: to.root_id,
    depth: to.depth + 1,
    ...over,
  });

/** An entry for changes that no use case makes. */
export const anEntry = (): AuditEntry =>
  auditEntry("mail.sent", null, { kind: "sign_in", attempts: 1 }, occasion());

export const changes = (
  writes: readonly Write[],
  expects: readonly Expectation[] = [],
  audit: Changes["audit"] = [anEntry()],
): Changes => ({ expects, writes, audit });

export const subjectId = (): SubjectId => ids.subject();
