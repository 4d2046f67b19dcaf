import type { ModerationMode } from "../domain/comments/comment.ts";
import type { FeatureFlags } from "../domain/configuration/feature-flags.ts";
import type { Controller } from "../domain/controller/controller.ts";
import type { Calendar } from "../domain/privacy-requests/calendar.ts";
import type { Processor } from "../domain/processing-record/processing-record.ts";
import type { Webhook } from "../domain/recipients/webhook.ts";
import type { RetentionPeriods } from "../domain/retention/retention-period.ts";
import type { AuditLogStore } from "../ports/audit-log-store.ts";
import type { AuditSeals } from "../ports/audit-seal.ts";
import type { CheckpointFile } from "../ports/checkpoint-file.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentSigner } from "../ports/document-signer.ts";
import type { ErasureLedger } from "../ports/erasure-ledger.ts";
import type { HtmlSanitizer } from "../ports/html-sanitizer.ts";
import type { IdGenerator } from "../ports/id-generator.ts";
import type { LogSigner } from "../ports/log-signer.ts";
import type { OwnedFiles } from "../ports/owned-files.ts";
import type { PhysicalErasure } from "../ports/physical-erasure.ts";
import type { Pseudonymiser } from "../ports/pseudonymiser.ts";
import type { BlindIndexer, Sealer, Signer, Tokens } from "../ports/secrets.ts";
import type { Readers } from "../ports/store.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { WebhookSigner } from "../ports/webhook-signer.ts";

/** Settings that decisions depend on. */
export interface Policies {
  readonly retention: RetentionPeriods;
  readonly consentCookieDays: number;
  readonly sessionHours: number;
  /** After so many days no backup holds what was erased. */
  readonly backupRetentionDays: number;
  readonly moderation: ModerationMode;
  /** How long an erasure waits for a change of mind, before the legal deadline wins. */
  readonly anonymizationDelayDays: number;
  /** By which the time to answer privacy requests is counted. */
  readonly calendar: Calendar;
  /** Origins to which a sign-in may return, such as `https://example.org`. */
  readonly allowedOrigins: readonly string[];
  /** Where this service is reached from outside, without a slash at the end. */
  readonly publicUrl: string;
  readonly controller: Controller;
  readonly processors: readonly Processor[];
}

/** What use cases stand on. Each takes the part it needs. */
export interface Deps {
  readonly readers: Readers;
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly tokens: Tokens;
  readonly sealer: Sealer;
  readonly blindIndexer: BlindIndexer;
  readonly signer: Signer;
  readonly documents: DocumentSigner;
  readonly ledger: ErasureLedger;
  readonly auditLog: AuditLogStore;
  readonly auditSeals: AuditSeals;
  readonly logSigner: LogSigner;
  readonly checkpointFile: CheckpointFile;
  readonly physicalErasure: PhysicalErasure;
  readonly ownedFiles: OwnedFiles;
  readonly pseudonymiser: Pseudonymiser;
  readonly sanitizer: HtmlSanitizer;
  /** The flags in force, from memory. */
  readonly flags: () => FeatureFlags;
  /** Reads again what is stored over them. */
  readonly refreshFlags: () => Promise<void>;
  /** Recipients to be told of what happens to personal data, from memory; what another instance adds is known within 5 s. */
  readonly recipients: () => readonly Webhook[];
  /** Reads them again: what must not be missed by anybody added just now does so first. */
  readonly refreshRecipients: () => Promise<void>;
  readonly webhookSigner: WebhookSigner;
  /** Whether a recipient may have this URL. */
  readonly acceptsWebhookUrl: (url: string) => boolean;
  /** Defaults under what the environment says. */
  readonly environmentFlags: FeatureFlags;
  readonly policies: Policies;
}
