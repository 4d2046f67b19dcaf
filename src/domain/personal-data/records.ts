import type { SignedReport } from "../audit/signed-report.ts";
import type { Breach } from "../breaches/breach.ts";
import type { Comment, CommentReport } from "../comments/comment.ts";
import type { SystemConfiguration } from "../configuration/system-configuration.ts";
import type { ConsentRecord } from "../consent/consent.ts";
import type { ConsentPolicy } from "../consent/consent-policy.ts";
import type { Erasure } from "../erasure/erasure.ts";
import type { IdempotentAnswer } from "../idempotency/idempotent-answer.ts";
import type { MailPreferences } from "../notifications/mail-preferences.ts";
import type { PrivacyRequest } from "../privacy-requests/privacy-request.ts";
import type { Webhook } from "../recipients/webhook.ts";
import type { WebhookDelivery } from "../recipients/webhook-delivery.ts";
import type { LegalHold } from "../retention/legal-hold.ts";
import type { RetentionRun } from "../retention/retention-run.ts";
import type { ServiceCredential } from "../roles/service-credential.ts";
import type { Subject } from "../roles/subject.ts";
import type { Session } from "../sessions/session.ts";
import type { SignInLink } from "../sessions/sign-in-link.ts";
import type { GdprRecord, StoredRecord } from "../shared/gdpr-record.ts";
import type { MailId, Sealed, SubjectId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import type { Identity } from "./identity.ts";

/** A mail that was decided on with its cause and waits to be sent; deleted once it is. Readable only with the key. */
export interface OutgoingMail extends GdprRecord<MailId> {
  readonly kind: "sign_in" | "reply" | "moderation" | "privacy_request";
  /** Whom it tells something, so that erasing her takes it along; null for a sign-in link: whose it is, its use will tell. */
  readonly subject_id: SubjectId | null;
  /** Sealed JSON `{ to, subject, text, html, unsubscribe_url? }`. */
  readonly message: Sealed;
  /** Stays the same over every attempt, so that a mail sent twice is seen as one. */
  readonly message_id: string;
  /** Counted when one begins. */
  readonly attempts: number;
  /** While an attempt is under way: when another instance may take it for dead. */
  readonly next_attempt_at: Instant;
}

/** A random key, wrapped under SECRET_KEY: rotating SECRET_KEY wraps it anew and changes nothing it has hashed. */
export interface StoredKey extends StoredRecord {
  /** Purpose and period, such as `blind-index:email` or `pseudonym:ip:20414`. */
  readonly id: string;
  readonly wrapped: Sealed;
  /** When it must be destroyed, so that what it hashed can no longer be linked; null: lives as long as the store. */
  readonly destroy_at: Instant | null;
}

/** A version that decisions spanning several records move, so that only one of them stands. */
export interface Guard extends StoredRecord {
  readonly id: "admins" | "holds";
}

/** How far the erasure ledger is in force in this database. There is one, once the service has started on it. */
export interface RestorePoint extends StoredRecord {
  readonly id: "ledger";
  /** A LedgerPosition: what was told before it has been done here. */
  readonly ledger_position: string;
}

/** Every collection that decisions write to, and the record it keeps. Audit entries are apart: only commits add them. */
export interface Records {
  readonly subjects: Subject;
  readonly identities: Identity;
  readonly consents: ConsentRecord;
  readonly consent_policies: ConsentPolicy;
  readonly sign_in_links: SignInLink;
  readonly sessions: Session;
  readonly comments: Comment;
  readonly comment_reports: CommentReport;
  readonly outgoing_mails: OutgoingMail;
  readonly mail_preferences: MailPreferences;
  readonly privacy_requests: PrivacyRequest;
  readonly idempotent_answers: IdempotentAnswer;
  readonly legal_holds: LegalHold;
  readonly signed_reports: SignedReport;
  readonly retention_runs: RetentionRun;
  readonly erasures: Erasure;
  readonly webhooks: Webhook;
  readonly webhook_deliveries: WebhookDelivery;
  readonly breaches: Breach;
  readonly service_credentials: ServiceCredential;
  readonly system_config: SystemConfiguration;
  readonly keys: StoredKey;
  readonly guards: Guard;
  readonly restore_points: RestorePoint;
}

export type Collection = keyof Records;

export type RecordOf<C extends Collection> = Records[C];

/** Name of the field that identifies a record; `id` everywhere but in the specification's SystemConfiguration. */
export const keyField = (collection: Collection): "id" | "key" =>
  collection === "system_config" ? "key" : "id";

/** The fields, besides the key, that no two records of a collection share (null is shared freely). */
export const UNIQUE_FIELDS: {
  readonly [C in Collection]: readonly (readonly (keyof RecordOf<C> & string)[])[];
} = {
  subjects: [],
  identities: [
    ["kind", "blind_index"],
    ["subject_id", "kind"],
  ],
  consents: [["subject_id", "sequence"]],
  consent_policies: [["policy_version"]],
  sign_in_links: [["token_hash"]],
  sessions: [["token_hash"]],
  comments: [["source", "source_id"]],
  comment_reports: [],
  outgoing_mails: [],
  mail_preferences: [["subject_id"]],
  privacy_requests: [],
  idempotent_answers: [],
  legal_holds: [],
  signed_reports: [],
  retention_runs: [["running"]],
  erasures: [["subject_id"]],
  webhooks: [],
  webhook_deliveries: [],
  breaches: [],
  service_credentials: [["token_hash"]],
  system_config: [],
  keys: [],
  guards: [],
  restore_points: [],
};

export const COLLECTIONS = Object.keys(UNIQUE_FIELDS) as readonly Collection[];
