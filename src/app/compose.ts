import { basename, join } from "node:path";
import { makeCheckpointFile } from "../adapters/backup/checkpoint-file.ts";
import { type FileLedger, openLedger } from "../adapters/backup/ledger/open-ledger.ts";
import { makeAuditSeals, sealedCommits } from "../adapters/crypto/audit-seal.ts";
import { makeBlindIndexer } from "../adapters/crypto/blind-indexer.ts";
import { deriveKey, type SecretKeys } from "../adapters/crypto/derived-keys.ts";
import { makeDocumentKeys } from "../adapters/crypto/document-keys.ts";
import { makeDocumentSigner } from "../adapters/crypto/document-signer.ts";
import { makeIdGenerator } from "../adapters/crypto/id-generator.ts";
import { type KeyVaultDeps, makeKeyVault } from "../adapters/crypto/key-vault.ts";
import { makeLogSigner } from "../adapters/crypto/log-signer.ts";
import { makePseudonymiser } from "../adapters/crypto/pseudonymiser.ts";
import { sealedRetention } from "../adapters/crypto/sealed-retention.ts";
import { makeSealer } from "../adapters/crypto/sealer.ts";
import { readOrMakeSecretKeys } from "../adapters/crypto/secret-file.ts";
import { makeSigner } from "../adapters/crypto/signer.ts";
import { systemClock } from "../adapters/crypto/system-clock.ts";
import { makeTokens } from "../adapters/crypto/tokens.ts";
import { makeWebhookSigner } from "../adapters/crypto/webhook-signer.ts";
import { openSqlite } from "../adapters/drizzle/sqlite/open-sqlite.ts";
import { type GroupReport, groupCommit } from "../adapters/group-commit/group-commit.ts";
import { makeEmlOutbox } from "../adapters/mail/eml-outbox.ts";
import { makeSmtpMailer } from "../adapters/mail/smtp.ts";
import { sweepOutbox } from "../adapters/mail/sweep-outbox.ts";
import { tracedCommits } from "../adapters/opentelemetry/traced-commits.ts";
import { type OwnedFolders, openOwnedFiles } from "../adapters/owned-files/owned-files.ts";
import { commentHtml } from "../adapters/sanitize-html/comment-html.ts";
import { makeWebhookSender } from "../adapters/webhooks/webhook-sender.ts";
import type { Controller } from "../domain/controller/controller.ts";
import { DAY, plus } from "../domain/shared/instant.ts";
import type { CheckpointFile } from "../ports/checkpoint-file.ts";
import type { Clock } from "../ports/clock.ts";
import type { ConfigurationListener, ConfigurationWatch } from "../ports/configuration-watch.ts";
import type { DocumentKeys } from "../ports/document-signer.ts";
import type { ErasureLedger } from "../ports/erasure-ledger.ts";
import type { Mail, Mailer } from "../ports/mailer.ts";
import type { OutsideCalls } from "../ports/outside-call.ts";
import type { OwnedFiles } from "../ports/owned-files.ts";
import type { Sealer } from "../ports/secrets.ts";
import type { Store } from "../ports/store.ts";
import { NO_TRACER, type Tracer } from "../ports/tracer.ts";
import type { UnitOfWork } from "../ports/unit-of-work.ts";
import type { WebhookSender } from "../ports/webhook-sender.ts";
import type { Application } from "./application.ts";
import type { ControllerSetting, DatabaseSetting, Settings } from "./config.ts";
import { flagSource } from "./configuration/stored-flags.ts";
import { createApplication } from "./create-application.ts";
import type { Deps } from "./deps.ts";
import { controllerCalendar } from "./privacy-requests/controller-calendar.ts";
import { recipientSource } from "./recipients/known-recipients.ts";
import { makeRetentionRunner, type RetentionRunner } from "./retention/retention-runner.ts";

/** A wired service, without anything that listens. */
export interface Service {
  readonly application: Application;
  readonly deps: Deps;
  readonly store: Store;
  readonly mailer: Mailer;
  /** Without circuits. */
  readonly webhookSender: WebhookSender;
  readonly retentionRunner: RetentionRunner;
  /** The erasure ledger in its folder. */
  readonly ledgerFiles: FileLedger;
  readonly documentKeys: DocumentKeys;
  /** Commits that wait for the store. */
  commitQueueLength(): number;
  /** Deletes what the outbox folder has kept for longer than a day, also once mail is sent instead. */
  readonly sweepOutbox: () => Promise<number>;
  /** Known to every instance with this SECRET_KEY and to nobody else: for what instances share outside the store. */
  readonly sharedSecret: string;
  /** Answers every commit that was admitted, then lets go of the store. */
  close(): Promise<void>;
}

export const openStore = async (
  database: DatabaseSetting,
  outsideCalls: OutsideCalls | null = null,
): Promise<Store> => {
  if (database.kind === "sqlite") return openSqlite({ path: database.path });
  // Loaded only where it is used: a start on SQLite need not wait for the other driver.
  const { openPostgres } = await import("../adapters/drizzle/postgres/open-postgres.ts");
  return openPostgres({ ...database, outsideCalls });
};

const secretsOf = async ({ secretKey, secretKeyPrevious, dataDir }: Settings): Promise<SecretKeys> => {
  if (secretKey !== null) return { current: secretKey, previous: secretKeyPrevious };
  const kept = await readOrMakeSecretKeys(dataDir);
  return { current: kept.current, previous: secretKeyPrevious ?? kept.previous };
};

/** Hears of configuration that other instances changed; null where the store cannot tell, and polling has to do. */
export const openConfigurationWatch = async (
  database: DatabaseSetting,
  listener: ConfigurationListener,
): Promise<ConfigurationWatch | null> => {
  if (database.kind === "sqlite") return null;
  const { watchConfiguration } = await import("../adapters/drizzle/postgres/configuration-watch.ts");
  return watchConfiguration({ url: database.directUrl ?? database.url }, listener);
};

/** What tests replace. */
export interface Overrides {
  readonly clock?: Clock;
  readonly store?: Store;
  readonly mailer?: Mailer;
  readonly webhookSender?: WebhookSender;
  readonly ledger?: ErasureLedger;
  readonly checkpointFile?: CheckpointFile;
  /** Told when the second place of the erasure ledger could not be written. */
  readonly onLedgerHeadFailure?: (failure: unknown) => void;
  /** Told when a retention run that was started by a request did not get to its end. */
  readonly onRetentionFailure?: (failure: unknown) => void;
  /** Told how long others may have waited for a batch of a retention run, in milliseconds. */
  readonly onRetentionBatch?: (milliseconds: number) => void;
  /** Told of every mail that is written to the outbox folder. */
  readonly onMail?: (mail: Mail) => void;
  /** Told of every group that was committed. */
  readonly onGroup?: (report: GroupReport) => void;
  /** The way to the database has no circuit without. */
  readonly outsideCalls?: OutsideCalls;
  /** Those of the settings without. */
  readonly ownedFiles?: OwnedFiles;
  /** Nothing is traced without. */
  readonly tracer?: Tracer;
}

const ledgerIn = (
  { ledger }: Settings,
  sealer: Sealer,
  onHeadFailure: (failure: unknown) => void = () => undefined,
): FileLedger =>
  openLedger({
    folders: { ledger: ledger.directory, heads: ledger.headsDirectory },
    sealer,
    onHeadFailure,
  });

/** The ledger alone, where there is no database yet. */
export const openLedgerOf = async (settings: Settings): Promise<FileLedger> =>
  ledgerIn(settings, makeSealer(await secretsOf(settings)));
/** Every folder that the service writes to, and what in them belongs to the store, which looks after itself. */
const ownedFoldersOf = (settings: Settings): OwnedFolders => ({
  outbox: outboxOf(settings),
  logs: settings.logDir,
  data: settings.dataDir,
  database: settings.database.kind === "sqlite" ? settings.database.path : null,
});

/** Where nobody said who answers, the site stands for whoever runs it; the start warns of it. */
const controllerOf = (setting: ControllerSetting, publicUrl: string): Controller => ({
  ...setting,
  name: setting.name ?? new URL(publicUrl).host,
  contact: setting.contact ?? publicUrl,
});

/** Which database it is, whoever signs in to it and wherever it has been copied to: without user and password. */
const databaseName = (database: DatabaseSetting): string => {
  if (database.kind === "sqlite") return basename(database.path);
  const { host, pathname } = new URL(database.url);
  return `${host}${pathname}`;
};

/** The newest checkpoint of the audit log of the database that the settings name. */
export const checkpointFileOf = ({ dataDir, database }: Settings): CheckpointFile =>
  makeCheckpointFile(dataDir, databaseName(database));

const outboxOf = ({ dataDir }: Settings): string => join(dataDir, "outbox");

/** Wires every port to its adapter, by settings. Does not migrate: whoever starts the service does. */
export const compose = async (settings: Settings, overrides: Overrides = {}): Promise<Service> => {
  const secrets = await secretsOf(settings);
  const store = overrides.store ?? (await openStore(settings.database, overrides.outsideCalls ?? null));
  const traced = tracedCommits(overrides.tracer ?? NO_TRACER);
  const queue = groupCommit(
    traced.groups(store.groups),
    overrides.onGroup === undefined ? {} : { onGroup: overrides.onGroup },
  );
  const unsealed = traced.unitOfWork(queue);
  const clock = overrides.clock ?? systemClock;
  const ids = makeIdGenerator(clock);
  const sealer = makeSealer(secrets);
  const vaultOn = (unitOfWork: UnitOfWork): KeyVaultDeps => ({
    keys: store.readers.keys,
    unitOfWork,
    sealer,
    clock,
    ids,
    retention: settings.retention,
  });
  const auditSeals = makeAuditSeals(vaultOn(unsealed));
  const unitOfWork = sealedCommits(unsealed, auditSeals);
  const keyDeps = vaultOn(unitOfWork);
  const keyVault = makeKeyVault(keyDeps);
  const documentKeys = makeDocumentKeys(keyDeps);
  const fileLedger = ledgerIn(settings, sealer, overrides.onLedgerHeadFailure);
  const webhookSender =
    overrides.webhookSender ??
    makeWebhookSender({
      allowPrivate: settings.webhookAllowPrivate,
      httpsOnly: settings.mode === "production",
    });
  const recipients = recipientSource(store.readers.webhooks);
  const flags = flagSource(store.readers.configuration, settings.flags);
  const publicUrl = settings.publicUrl ?? `http://localhost:${settings.port}`;
  const deps: Deps = {
    readers: store.readers,
    unitOfWork,
    clock,
    ids,
    tokens: makeTokens(),
    sealer,
    blindIndexer: makeBlindIndexer(keyVault),
    signer: makeSigner(keyVault),
    documents: makeDocumentSigner(documentKeys),
    ledger: overrides.ledger ?? fileLedger,
    auditLog: store.auditLog,
    auditSeals,
    logSigner: makeLogSigner(store.readers.keys, keyVault, auditSeals),
    checkpointFile: overrides.checkpointFile ?? checkpointFileOf(settings),
    physicalErasure: store.physicalErasure,
    ownedFiles: overrides.ownedFiles ?? openOwnedFiles(ownedFoldersOf(settings)),
    pseudonymiser: makePseudonymiser(keyVault),
    sanitizer: commentHtml,
    flags: flags.current,
    refreshFlags: flags.refresh,
    recipients: recipients.current,
    refreshRecipients: recipients.refresh,
    webhookSigner: makeWebhookSigner(),
    acceptsWebhookUrl: webhookSender.accepts,
    environmentFlags: settings.flags,
    policies: {
      retention: settings.retention,
      consentCookieDays: settings.consentCookieDays,
      sessionHours: settings.sessionHours,
      backupRetentionDays: settings.backup.retentionDays,
      moderation: settings.moderation,
      anonymizationDelayDays: settings.anonymizationDelayDays,
      calendar: controllerCalendar(settings.timeZone, settings.holidays),
      allowedOrigins: settings.corsOrigins,
      publicUrl,
      controller: controllerOf(settings.controller, publicUrl),
      processors: settings.processors,
    },
  };
  const retentionRunner = makeRetentionRunner(
    { ...deps, retention: sealedRetention(store.retention, auditSeals), leases: store.leases },
    {
      ...(overrides.onRetentionFailure === undefined ? {} : { onFailure: overrides.onRetentionFailure }),
      ...(overrides.onRetentionBatch === undefined ? {} : { onBatch: overrides.onRetentionBatch }),
    },
  );
  const mailer =
    overrides.mailer ??
    (settings.smtpUrl === null
      ? makeEmlOutbox({
          directory: outboxOf(settings),
          from: settings.mailFrom,
          ...(overrides.onMail === undefined ? {} : { onMail: overrides.onMail }),
        })
      : makeSmtpMailer({ url: settings.smtpUrl, from: settings.mailFrom }));
  return {
    application: createApplication(deps, store, retentionRunner),
    retentionRunner,
    deps,
    documentKeys,
    store,
    mailer,
    webhookSender,
    ledgerFiles: fileLedger,
    commitQueueLength: queue.waiting,
    // A file holds an address and a link that was of use for minutes.
    sweepOutbox: () => sweepOutbox(outboxOf(settings), plus(clock.now(), -DAY)),
    sharedSecret: deriveKey(secrets.current, "shared outside the store v1").toString("hex"),
    close: async () => {
      await retentionRunner.stop();
      await unitOfWork.close();
      await store.close();
      await fileLedger.close();
    },
  };
};
