import type { Static } from "typebox";
import Value from "typebox/value";
import { parseTrustedProxies } from "../adapters/http/client-address.ts";
import type { FeatureFlags } from "../domain/configuration/feature-flags.ts";
import type { Controller } from "../domain/controller/controller.ts";
import { type CountryCode, parseCountryCode } from "../domain/controller/country-codes.ts";
import { parseDay } from "../domain/privacy-requests/calendar.ts";
import type { Processor } from "../domain/processing-record/processing-record.ts";
import { parseProcessors } from "../domain/processing-record/processors.ts";
import type { RetentionPeriods } from "../domain/retention/retention-period.ts";
import { isTimeZone } from "./privacy-requests/controller-calendar.ts";
import { EXPECTED, SETTINGS } from "./settings.ts";

export type DatabaseSetting =
  | { readonly kind: "sqlite"; readonly path: string }
  | {
      readonly kind: "postgres";
      readonly url: string;
      readonly directUrl: string | null;
      readonly poolSize: number;
    };

export interface BackupSetting {
  /** Null: no backup is made. */
  readonly directory: string | null;
  readonly retentionDays: number;
  /** Public keys of age; none: a key of its own in the data folder (development only). */
  readonly recipients: readonly string[];
  /** Where the secret key is that opens backups; null: it is not here, or in the data folder. */
  readonly identityFile: string | null;
}

export interface ControllerSetting extends Pick<Controller, "address" | "country" | "dpo" | "dataLocation"> {
  readonly name: string | null;
  readonly contact: string | null;
}

export interface Settings {
  readonly database: DatabaseSetting;
  /** Folder for what is kept beside the database: generated keys, outbox, ledger, logs. */
  readonly dataDir: string;
  readonly mode: "development" | "staging" | "production";
  /** Null: read from, or generated into, the data folder (development only). */
  readonly secretKey: string | null;
  readonly secretKeyPrevious: string | null;
  readonly retention: RetentionPeriods;
  /** When the nightly retention run begins (UTC); null: never. */
  readonly retentionAt: { readonly hour: number; readonly minute: number } | null;
  readonly anonymizationDelayDays: number;
  /** IANA name of the controller's time zone, and its public holidays as `2026-12-25`. */
  readonly timeZone: string;
  readonly holidays: readonly string[];
  readonly consentCookieDays: number;
  readonly sessionHours: number;
  readonly moderation: "pre" | "post";
  readonly corsOrigins: readonly string[];
  readonly rateLimitPerMinute: number;
  /** Of one service credential. */
  readonly serviceRateLimitPerMinute: number;
  /** Checked: addresses and CIDR ranges, separated by commas. */
  readonly trustedProxies: string;
  readonly redisUrl: string | null;
  /** Who keeps our checkpoints; null: nobody is told. */
  readonly witnessUrl: string | null;
  readonly metricsToken: string | null;
  readonly circuit: { readonly failureThreshold: number; readonly timeoutSeconds: number };
  /** Null: lines go to standard output only. By default `logs` in the data folder. */
  readonly logDir: string | null;
  /** Null: nobody collects traces. */
  readonly tracing: { readonly endpoint: string; readonly serviceName: string } | null;
  /** The erasure ledger, and the second place where its heads are kept. */
  readonly ledger: { readonly directory: string; readonly headsDirectory: string };
  readonly backup: BackupSetting;
  /** Who answers for the processing; what was not set is null. */
  readonly controller: ControllerSetting;
  readonly processors: readonly Processor[];
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Recipients may be told at addresses of this machine and of private networks: for development and tests. */
  readonly webhookAllowPrivate: boolean;
  /** Null: http://localhost with the port that is listened on. */
  readonly publicUrl: string | null;
  readonly host: string;
  readonly port: number;
  readonly flags: FeatureFlags;
}

/** One or more settings are wrong. Names every one and what it must be, never what it was. */
export class WrongSettings extends Error {
  override readonly name = "WrongSettings";
  constructor(readonly names: readonly (keyof typeof EXPECTED)[]) {
    super(
      [
        `${names.length === 1 ? "A setting is" : `${names.length} settings are`} wrong; nothing was started:`,
        ...names.map((name) => `  ${name} must be ${EXPECTED[name]}`),
      ].join("\n"),
    );
  }
}

const databaseOf = (url: string, directUrl: string | undefined, poolSize: number): DatabaseSetting =>
  url.startsWith("sqlite://")
    ? // sqlite:///./relative and sqlite://./relative, sqlite:////absolute
      { kind: "sqlite", path: url.replace(/^sqlite:\/\/\/(?=\.{1,2}\/|\/)/, "").replace(/^sqlite:\/\//, "") }
    : { kind: "postgres", url, directUrl: directUrl ?? null, poolSize };

/** The folder of the file; with a server there is none. */
const besides = (database: DatabaseSetting): string => {
  if (database.kind === "postgres") return "./data";
  const slash = database.path.lastIndexOf("/");
  return slash <= 0 ? "." : database.path.slice(0, slash);
};

const timeOfDay = (setting: string): Settings["retentionAt"] => {
  if (setting === "never") return null;
  const [hour, minute] = setting.split(":");
  return { hour: Number(hour), minute: Number(minute) };
};

const listOf = (setting: string): readonly string[] =>
  setting === "" ? [] : setting.split(",").map((each) => each.trim());

const isProxyList = (setting: unknown): boolean => {
  try {
    parseTrustedProxies(String(setting ?? ""));
    return true;
  } catch {
    // Whatever is wrong with it, the message about the setting says what it must be.
    return false;
  }
};

/** Reads settings from an environment. Throws WrongSettings. Variables that are not settings are left alone. */
export const readSettings = (environment: Readonly<Record<string, string | undefined>>): Settings => {
  const names = Object.keys(EXPECTED) as (keyof typeof EXPECTED)[];
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(environment)) {
    const known = names.find((each) => each === name.toUpperCase());
    // An empty variable is what `NAME=` in an .env file leaves: not set.
    if (known !== undefined && value !== undefined && value !== "") given[known] = value.trim();
  }
  const values = Value.Convert(SETTINGS, Value.Default(SETTINGS, given));
  const wrong = new Set(
    Value.Errors(SETTINGS, values).map(({ instancePath }) => instancePath.split("/")[1] ?? ""),
  );
  if (
    given["GDPR_MODE"] !== undefined &&
    given["GDPR_MODE"] !== "development" &&
    given["SECRET_KEY"] === undefined
  ) {
    wrong.add("SECRET_KEY");
  }
  if (
    given["GDPR_MODE"] !== undefined &&
    given["GDPR_MODE"] !== "development" &&
    given["BACKUP_DIR"] !== undefined &&
    given["BACKUP_AGE_RECIPIENT"] === undefined
  ) {
    wrong.add("BACKUP_AGE_RECIPIENT");
  }
  if (given["GDPR_MODE"] === "production" && given["PUBLIC_URL"] === undefined) wrong.add("PUBLIC_URL");
  if (parseProcessors(String(given["PROCESSORS"] ?? "")) === null) wrong.add("PROCESSORS");
  for (const name of ["CONTROLLER_COUNTRY", "DATA_LOCATION"] as const) {
    if (given[name] !== undefined && parseCountryCode(String(given[name])) === null) wrong.add(name);
  }
  if (given["GDPR_MODE"] === "production" && (values as Static<typeof SETTINGS>).WEBHOOK_ALLOW_PRIVATE)
    wrong.add("WEBHOOK_ALLOW_PRIVATE");
  if (!isTimeZone(String(given["TIME_ZONE"] ?? "UTC"))) wrong.add("TIME_ZONE");
  if (listOf(String(given["HOLIDAYS"] ?? "")).some((day) => parseDay(day) === null)) wrong.add("HOLIDAYS");
  if (!isProxyList(given["TRUSTED_PROXIES"])) wrong.add("TRUSTED_PROXIES");
  if (wrong.size > 0) throw new WrongSettings(names.filter((name) => wrong.has(name)));
  const env = values as Static<typeof SETTINGS>;

  const database = databaseOf(env.DATABASE_URL, env.DATABASE_DIRECT_URL, env.DATABASE_POOL_SIZE);
  const dataDir = env.DATA_DIR ?? besides(database);
  return {
    database,
    dataDir,
    mode: env.GDPR_MODE,
    secretKey: env.SECRET_KEY ?? null,
    secretKeyPrevious: env.SECRET_KEY_PREVIOUS ?? null,
    retention: {
      logs: env.DATA_RETENTION_DAYS,
      user_data: env.USER_DATA_RETENTION_DAYS,
      comments: env.COMMENT_RETENTION_DAYS,
      audit_trail: env.AUDIT_RETENTION_DAYS,
    },
    retentionAt: timeOfDay(env.RETENTION_AT),
    anonymizationDelayDays: env.ANONYMIZATION_DELAY_DAYS,
    timeZone: env.TIME_ZONE,
    holidays: listOf(env.HOLIDAYS),
    consentCookieDays: env.CONSENT_COOKIE_DURATION,
    sessionHours: env.SESSION_HOURS,
    moderation: env.COMMENT_MODERATION,
    corsOrigins: listOf(env.CORS_ORIGINS),
    rateLimitPerMinute: env.RATE_LIMIT_PER_MINUTE,
    serviceRateLimitPerMinute: env.RATE_LIMIT_SERVICE_PER_MINUTE,
    trustedProxies: env.TRUSTED_PROXIES,
    redisUrl: env.REDIS_URL ?? null,
    witnessUrl: env.WITNESS_URL ?? null,
    metricsToken: env.METRICS_TOKEN ?? null,
    circuit: {
      failureThreshold: env.CIRCUIT_FAILURE_THRESHOLD,
      timeoutSeconds: env.CIRCUIT_TIMEOUT_SECONDS,
    },
    logDir: env.LOG_DIR === "none" ? null : (env.LOG_DIR ?? `${dataDir}/logs`),
    tracing:
      env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, serviceName: env.OTEL_SERVICE_NAME },
    ledger: {
      directory: env.ERASURE_LEDGER_DIR ?? `${dataDir}/ledger`,
      headsDirectory: env.ERASURE_LEDGER_HEADS_DIR ?? `${env.BACKUP_DIR ?? dataDir}/ledger-heads`,
    },
    backup: {
      directory: env.BACKUP_DIR ?? null,
      retentionDays: env.BACKUP_RETENTION_DAYS,
      recipients: listOf(env.BACKUP_AGE_RECIPIENT),
      identityFile: env.BACKUP_AGE_IDENTITY_FILE ?? null,
    },
    processors: parseProcessors(env.PROCESSORS) ?? [],
    controller: {
      name: env.CONTROLLER_NAME ?? null,
      contact: env.CONTROLLER_CONTACT ?? null,
      address: env.CONTROLLER_ADDRESS ?? null,
      // Looked at above.
      country: env.CONTROLLER_COUNTRY as CountryCode,
      dpo: env.DPO_CONTACT ?? null,
      dataLocation: env.DATA_LOCATION as CountryCode,
    },
    smtpUrl: env.SMTP_URL ?? null,
    mailFrom: env.MAIL_FROM,
    webhookAllowPrivate: env.WEBHOOK_ALLOW_PRIVATE,
    publicUrl: env.PUBLIC_URL ?? null,
    host: env.HOST,
    port: env.PORT,
    flags: {
      enable_comments: env.ENABLE_COMMENTS,
      enable_user_registration: env.ENABLE_USER_REGISTRATION,
      enable_gdpr_banner: env.ENABLE_GDPR_BANNER,
      enable_analytics: env.ENABLE_ANALYTICS,
      enable_email_notifications: env.ENABLE_EMAIL_NOTIFICATIONS,
    },
  };
};
