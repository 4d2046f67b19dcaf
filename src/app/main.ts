import { Cron } from "croner";
import { systemClock } from "../adapters/crypto/system-clock.ts";
import { createServer } from "../adapters/http/server.ts";
import { makeMetrics } from "../adapters/metrics/metrics.ts";
import { deleteExpiredLogFiles, type LogFilesOptions } from "../adapters/pino/log-files.ts";
import { makeLogger } from "../adapters/pino/logger.ts";
import { makeHttpWitness } from "../adapters/witness/http-witness.ts";
import { LedgerBroken } from "../ports/erasure-ledger.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import { SealBroken } from "../ports/secrets.ts";
import { StorageFailure } from "../ports/unit-of-work.ts";
import { AuditLogBroken } from "./audit/audit-log-broken.ts";
import { type Sequencer, sequenceLog, TURN_MS } from "./audit/sequence-log.ts";
import { showWitness } from "./audit/show-witness.ts";
import { nightlyBackup } from "./cli/nightly-backup.ts";
import { sweepCopies } from "./cli/sweep-copies.ts";
import { compose, openConfigurationWatch, type Service } from "./compose.ts";
import { composeEdge, openOutsideCalls, openTracing } from "./compose-edge.ts";
import { readSettings, type Settings, WrongSettings } from "./config.ts";
import { publishDefaultPolicy } from "./consent/publish-default-policy.ts";
import { drain, within } from "./drain.ts";
import { runErasures } from "./erasure/run-erasures.ts";
import { breachNotices, lateRequests, tellDeadlines } from "./health/legal-deadlines.ts";
import { forgetAnswers } from "./idempotency/forget-answers.ts";
import { destroyExpiredKeys } from "./keys/destroy-expired-keys.ts";
import { deliverMails } from "./mail/deliver-mails.ts";
import { wakeRequests } from "./privacy-requests/wake-requests.ts";
import { closeDeliveries } from "./recipients/close-deliveries.ts";
import { recipientStanding } from "./recipients/recipient-standing.ts";
import { webhookLanes } from "./recipients/webhook-lanes.ts";
import { requestOrigin } from "./request-origin.ts";
import { catchUp, settleRestorePoint } from "./restoration/catch-up.ts";
import { eraseAgain } from "./restoration/erase-again.ts";
import { startNightlyRun } from "./retention/start-run.ts";
import { repeat } from "./schedule.ts";

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** People must be told who is responsible, and how to reach them. */
const isNamed = ({ controller }: Settings): boolean =>
  controller.name !== null && controller.contact !== null;

const welcome = (settings: Settings, service: Service, admins: number): string => {
  const url = service.deps.policies.publicUrl;
  const where = settings.database.kind === "sqlite" ? `SQLite at ${settings.database.path}` : "PostgreSQL";
  return [
    `GoNoGo is listening on http://${settings.host}:${settings.port} (${where})`,
    `  API reference   ${url}/docs`,
    `  OpenAPI         ${url}/docs/json`,
    `  Consent policy  ${url}/v1/consent-policy`,
    admins === 0
      ? "  Become admin    bun run cli admin add you@example.org, then sign in with that address"
      : `  Admins          ${admins}`,
    isNamed(settings)
      ? ""
      : "  Controller      not named: set CONTROLLER_NAME and CONTROLLER_CONTACT, which receipts and records state (GDPR Art. 13, 30)",
    settings.smtpUrl === null
      ? `  Mail            written to ${settings.dataDir}/outbox (set SMTP_URL to send it)`
      : "",
  ]
    .filter((line) => line !== "")
    .join("\n");
};

/** Where log files go; undefined: lines go to standard output only. */
const logFilesOf = ({ logDir, retention }: Settings): LogFilesOptions | undefined =>
  logDir === null ? undefined : { directory: logDir, retentionDays: retention.logs, clock: systemClock };

/** Counting a long outbox further would cost more than the number is worth. */
const OUTBOX_COUNTED = 10_000;

const watchService = (metrics: Metrics, { commitQueueLength, store, deps }: Service): void => {
  metrics.watch("commit_queue_length", commitQueueLength);
  metrics.watch("mail_outbox_length", () => store.readers.outgoingMails.waiting(OUTBOX_COUNTED));
  metrics.watch("webhook_deliveries_open", async () => (await recipientStanding(deps)).open);
  metrics.watch("webhook_acknowledgements_late", async () => (await recipientStanding(deps)).late);
  metrics.watch("privacy_requests_late", () => lateRequests(deps));
  metrics.watch("breach_notices_due_soon", async () => (await breachNotices(deps)).due_soon);
  metrics.watch("breach_notices_overdue", async () => (await breachNotices(deps)).overdue);
  const { connections } = store;
  if (connections === null) return;
  metrics.watch("database_pool_size", () => connections.size);
  metrics.watch("database_pool_in_use", connections.inUse);
};

const whatFailed = (failure: unknown) => ({
  operation: "retention",
  exception_type: failure instanceof Error ? failure.name : typeof failure,
});

/** Every night at the same time, on every instance: one of them starts the run. */
const nightlyRetention = (
  { retentionAt }: Settings,
  { deps, retentionRunner }: Service,
  logger: Logger,
): Cron | null => {
  if (retentionAt === null) return null;
  const { hour, minute } = retentionAt;
  const failed = (failure: unknown) => logger.error("scheduled_task_failed", whatFailed(failure));
  return new Cron(`${minute} ${hour} * * *`, { timezone: "UTC", catch: failed }, async () => {
    if (await startNightlyRun(deps)) retentionRunner.wake();
  });
};

/** What to do about a log that is not what was signed stands in the log line: until then nothing more is signed. */
const sequenceAloud = (sequencer: Sequencer, logger: Logger) => async (): Promise<void> => {
  try {
    await sequencer.run();
  } catch (failure) {
    if (!(failure instanceof AuditLogBroken)) throw failure;
    logger.error("audit_log_not_signed", { failure: failure.message });
  }
};

/** What a scheduled task under way has to end, once the last request was answered. */
const TASKS_MS = 5_000;

/** Starts the service; resolves once it listens. Rejects with WrongSettings or with what keeps the store from opening. */
export const start = async (settings: Settings): Promise<{ stop(): Promise<void> }> => {
  const logFiles = logFilesOf(settings);
  const logger = makeLogger(undefined, logFiles);
  const metrics = makeMetrics();
  const tracer = await openTracing(settings, logger);
  const outsideCalls = openOutsideCalls(settings, { metrics, tracer, logger });
  const service = await compose(settings, {
    outsideCalls,
    onGroup: metrics.groupCommitted,
    onRetentionBatch: metrics.retentionBatch,
    tracer,
    onRetentionFailure: (failure) => logger.error("retention_run_interrupted", whatFailed(failure)),
    onLedgerHeadFailure: () => logger.error("ledger_head_not_written"),
    // Without SMTP a developer finds the link here; never in staging or production.
    ...(settings.mode === "development"
      ? {
          onMail: (mail) => say(`Mail to the outbox: ${mail.text.match(/https?:\/\/\S+/)?.[0] ?? "no link"}`),
        }
      : {}),
  });
  watchService(metrics, service);
  await service.store.migrator.up();
  // Nothing is served before nobody whom a restored copy brought back is in it any more.
  const erase = eraseAgain(service.deps);
  const caughtUp = await catchUp(service.deps, erase);
  if (caughtUp !== null) logger.warn("ledger_replayed", { count: caughtUp.told });
  await publishDefaultPolicy(service.deps);
  const { deps, application } = service;
  await Promise.all([deps.refreshFlags(), deps.refreshRecipients()]);
  const edge = await composeEdge(settings, service, outsideCalls, { metrics, logger });
  let draining = false;
  const server = createServer({
    application,
    logger,
    clock: deps.clock,
    ids: deps.ids,
    requestOrigin: requestOrigin(deps),
    rateLimiter: edge.rateLimiter,
    metrics,
    tracer,
    circuits: edge.circuits,
    draining: () => draining,
    settings: {
      publicUrl: deps.policies.publicUrl,
      corsOrigins: settings.corsOrigins,
      consentCookieDays: settings.consentCookieDays,
      trustedProxies: edge.trustedProxies,
      metricsToken: settings.metricsToken,
    },
  }).listen({
    hostname: settings.host,
    port: settings.port,
    // Two services on one port would each get some of the requests, and whoever started the second would not know.
    reusePort: false,
  });
  const refreshFlags = repeat("refresh-flags", 2_000, logger, deps.refreshFlags);
  const watch = await openConfigurationWatch(settings.database, {
    changed: refreshFlags.now,
    deaf: () => logger.warn("configuration_watch_deaf"),
  });
  const sequencer = sequenceLog({ ...deps, leases: service.store.leases, logger, holder: deps.ids.next() });
  const webhooks = webhookLanes({ ...deps, send: edge.sendWebhook, random: Math.random, logger });
  const schedules = [
    repeat("sequence-audit-log", TURN_MS, logger, sequenceAloud(sequencer, logger)),
    refreshFlags,
    repeat("refresh-recipients", 2_000, logger, deps.refreshRecipients),
    repeat("deliver-mails", 1_000, logger, () => deliverMails({ ...deps, mailer: edge.mailer, logger })),
    repeat("deliver-webhooks", 1_000, logger, async () => webhooks.begin()),
    repeat("close-deliveries", 60_000, logger, () => closeDeliveries(deps)),
    repeat("erase", 5_000, logger, () => runErasures({ ...deps, logger, leases: service.store.leases })),
    repeat("destroy-expired-keys", 3_600_000, logger, () => destroyExpiredKeys(deps)),
    repeat("wake-requests", 60_000, logger, () => wakeRequests(deps)),
    repeat("tell-deadlines", 3_600_000, logger, () => tellDeadlines({ ...deps, logger })),
    repeat("forget-answers", 600_000, logger, () => forgetAnswers(deps)),
    // Also goes on with a run whose runner has died.
    repeat("continue-retention", 30_000, logger, () => service.retentionRunner.run()),
    repeat("settle-restore-point", 60_000, logger, settleRestorePoint(service.deps, erase)),
    repeat("sweep-outbox", 3_600_000, logger, service.sweepOutbox),
    repeat("sweep-copies", 900_000, logger, () => sweepCopies(settings, service.store.leases, deps.clock)),
    repeat("record-denials", 60_000, logger, application.access.flush),
  ];
  const nightly = nightlyRetention(settings, service, logger);
  if (settings.witnessUrl !== null) {
    const witness = makeHttpWitness(settings.witnessUrl, edge.calls);
    schedules.push(repeat("show-witness", 5_000, logger, showWitness(deps, witness)));
  }
  if (logFiles !== undefined) {
    schedules.push(
      repeat("delete-log-files", 3_600_000, logger, async () => deleteExpiredLogFiles(logFiles)),
    );
  }
  const backups = nightlyBackup(settings, service, logger);
  say(welcome(settings, service, (await deps.readers.subjects.admins()).count));
  if (settings.mode !== "development" && !isNamed(settings)) logger.warn("controller_not_named");
  logger.info("service_started", { port: settings.port });
  const stop = async (): Promise<void> => {
    // From now on every answer closes its connection, so that the requests in flight are the last ones.
    draining = true;
    nightly?.stop();
    const tasks = Promise.all([
      watch?.close(),
      webhooks.stop(),
      service.retentionRunner.stop(),
      ...schedules.map((schedule) => schedule.stop()),
    ]);
    backups?.stop();
    if (server.server !== null) await drain(server.server);
    // A mail server that hangs may keep a mail longer than that: it is sent again, under the same message id.
    await within(TASKS_MS, tasks);
    await application.access.flush();
    await sequencer.release();
    await edge.close();
    await service.close();
    await tracer.close();
    logger.info("service_stopped");
  };
  let stopping: Promise<void> | null = null;
  return {
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
};

if (import.meta.main) {
  try {
    const running = await start(readSettings(process.env));
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => void running.stop().then(() => process.exit(0)));
    }
  } catch (failure) {
    if (failure instanceof WrongSettings) {
      process.stderr.write(`${failure.message}\n`);
      process.exit(2);
    }
    if (failure instanceof LedgerBroken || failure instanceof SealBroken) {
      process.stderr.write(`${failure.message}\n`);
      process.exit(1);
    }
    if (failure instanceof Error && "code" in failure && failure.code === "EADDRINUSE") {
      process.stderr.write(
        "Another program listens on this address already: set PORT to a free one, or end the other.\n",
      );
      process.exit(1);
    }
    if (!(failure instanceof StorageFailure)) throw failure;
    process.stderr.write(
      `The database does not answer as it must (${failure.message}); nothing was started. Look at DATABASE_URL and at the server behind it.\n`,
    );
    process.exit(1);
  }
}
