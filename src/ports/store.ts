import type { AuditLogStore } from "./audit-log-store.ts";
import type { AuditReader } from "./audit-reader.ts";
import type { BreachReader } from "./breach-reader.ts";
import type { CommentReader } from "./comment-reader.ts";
import type { CommentReportReader } from "./comment-report-reader.ts";
import type { ConfigurationReader } from "./configuration-reader.ts";
import type { ConsentPolicyReader } from "./consent-policy-reader.ts";
import type { ConsentReader } from "./consent-reader.ts";
import type { ErasureReader } from "./erasure-reader.ts";
import type { GroupStore } from "./group-store.ts";
import type { IdempotentAnswerReader } from "./idempotent-answer-reader.ts";
import type { IdentityReader } from "./identity-reader.ts";
import type { KeyReader } from "./key-reader.ts";
import type { Leases } from "./leases.ts";
import type { LegalHoldReader } from "./legal-hold-reader.ts";
import type { MailPreferencesReader } from "./mail-preferences-reader.ts";
import type { OutgoingMailReader } from "./outgoing-mail-reader.ts";
import type { PersonalDataReader } from "./personal-data-reader.ts";
import type { PhysicalErasure } from "./physical-erasure.ts";
import type { PrivacyRequestReader } from "./privacy-request-reader.ts";
import type { RecordReader } from "./record-reader.ts";
import type { RestorePointReader } from "./restore-point-reader.ts";
import type { RetentionRunReader } from "./retention-run-reader.ts";
import type { RetentionStore } from "./retention-store.ts";
import type { SealedFieldReader } from "./sealed-field-reader.ts";
import type { ServiceCredentialReader } from "./service-credential-reader.ts";
import type { SessionReader } from "./session-reader.ts";
import type { SignInLinkReader } from "./sign-in-link-reader.ts";
import type { SignedReportReader } from "./signed-report-reader.ts";
import type { SubjectReader } from "./subject-reader.ts";
import type { WebhookDeliveryReader } from "./webhook-delivery-reader.ts";
import type { WebhookReader } from "./webhook-reader.ts";

/** Everything that can be asked of a store. */
export interface Readers {
  readonly subjects: SubjectReader;
  readonly identities: IdentityReader;
  readonly consents: ConsentReader;
  readonly consentPolicies: ConsentPolicyReader;
  readonly signInLinks: SignInLinkReader;
  readonly sessions: SessionReader;
  readonly comments: CommentReader;
  readonly commentReports: CommentReportReader;
  readonly serviceCredentials: ServiceCredentialReader;
  readonly outgoingMails: OutgoingMailReader;
  readonly mailPreferences: MailPreferencesReader;
  readonly privacyRequests: PrivacyRequestReader;
  readonly idempotentAnswers: IdempotentAnswerReader;
  readonly legalHolds: LegalHoldReader;
  readonly signedReports: SignedReportReader;
  readonly retentionRuns: RetentionRunReader;
  readonly personalData: PersonalDataReader;
  readonly restorePoints: RestorePointReader;
  readonly webhooks: WebhookReader;
  readonly webhookDeliveries: WebhookDeliveryReader;
  readonly breaches: BreachReader;
  readonly keys: KeyReader;
  readonly configuration: ConfigurationReader;
  readonly sealedFields: SealedFieldReader;
  readonly records: RecordReader;
  readonly erasures: ErasureReader;
  readonly audit: AuditReader;
}

/** Where the schema stands. */
export interface MigrationStatus {
  /** Names applied, oldest first. */
  readonly applied: readonly string[];
  /** Names this version of the service knows and the store does not have yet, oldest first. */
  readonly pending: readonly string[];
  /** Names applied that this version does not know: a newer version has been here. */
  readonly unknown: readonly string[];
}

/**
 * Schema migrations. One process applies them at a time: the others wait for its lock. A migration that fails is rolled
 * back whole and leaves the version before it in force; the rejection names the migration and the SQLSTATE.
 */
export interface Migrator {
  status(): Promise<MigrationStatus>;
  /** Applies what is pending; answers the names applied. */
  up(): Promise<readonly string[]>;
  /** Takes the newest `steps` migrations back, newest first; answers their names. */
  down(steps: number): Promise<readonly string[]>;
}

/** Connections that readers share. */
export interface Connections {
  /** Most that may be open. */
  readonly size: number;
  inUse(): number;
}

/** One opened store: memory, SQLite or PostgreSQL. Compose wraps `groups` in group commit. */
export interface Store {
  readonly readers: Readers;
  readonly groups: GroupStore;
  readonly leases: Leases;
  readonly retention: RetentionStore;
  /** Null where the store lives in this process. */
  readonly connections: Connections | null;
  readonly auditLog: AuditLogStore;
  readonly physicalErasure: PhysicalErasure;
  readonly migrator: Migrator;
  /** Resolves when the store answers; rejects with StorageFailure otherwise. */
  ping(): Promise<void>;
  /** Waits for what runs, then lets go of files and connections. Reading afterwards rejects with kind `closed`. */
  close(): Promise<void>;
}
