import Type, { type Static, type TSchema } from "typebox";
import { FEATURE_FLAGS, type FeatureFlag } from "../domain/configuration/feature-flags.ts";
import { DataRetentionPeriod } from "../domain/retention/retention-period.ts";

const days = (standard: number) => Type.Integer({ minimum: 1, maximum: 36_500, default: standard });
const flag = (name: FeatureFlag) => Type.Boolean({ default: FEATURE_FLAGS[name] });
/** Whether there is such a country is looked at when settings are read. */
const country = () => Type.String({ pattern: "^[A-Z]{2}$", default: "EU" });
const contact = () => Type.String({ pattern: "^([^@\\s/]+@[^@\\s/]+|https?://[^\\s]+)$", maxLength: 200 });
const optional = <S extends TSchema>(schema: S) => Type.Optional(schema);

/** Every setting, its shape and its default. Names are those of the environment, in any case. */
export const SETTINGS = Type.Object({
  DATABASE_URL: Type.String({
    pattern: "^(sqlite://.+|postgres(ql)?://.+)$",
    default: "sqlite:///./data/gonogo.db",
  }),
  DATABASE_DIRECT_URL: optional(Type.String({ pattern: "^postgres(ql)?://.+$" })),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 1_000, default: 10 }),
  DATA_DIR: optional(Type.String({ minLength: 1 })),

  DATA_RETENTION_DAYS: days(DataRetentionPeriod.LOGS),
  USER_DATA_RETENTION_DAYS: days(DataRetentionPeriod.USER_DATA),
  COMMENT_RETENTION_DAYS: days(DataRetentionPeriod.COMMENTS),
  AUDIT_RETENTION_DAYS: days(DataRetentionPeriod.AUDIT_TRAIL),
  ANONYMIZATION_DELAY_DAYS: Type.Integer({ minimum: 0, maximum: 365, default: 30 }),
  RETENTION_AT: Type.String({ pattern: "^(([01]\\d|2[0-3]):[0-5]\\d|never)$", default: "03:17" }),
  TIME_ZONE: Type.String({ default: "UTC" }),
  HOLIDAYS: Type.String({ default: "" }),
  CONSENT_COOKIE_DURATION: Type.Integer({ minimum: 1, maximum: 730, default: 365 }),

  SECRET_KEY: optional(Type.String({ minLength: 32 })),
  SECRET_KEY_PREVIOUS: optional(Type.String({ minLength: 32 })),
  CORS_ORIGINS: Type.String({
    pattern: "^$|^https?://[^/\\s,]+(\\s*,\\s*https?://[^/\\s,]+)*$",
    default: "",
  }),
  RATE_LIMIT_PER_MINUTE: Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: 60 }),
  RATE_LIMIT_SERVICE_PER_MINUTE: Type.Integer({ minimum: 1, maximum: 1_000_000_000, default: 60_000 }),
  TRUSTED_PROXIES: Type.String({ default: "" }),
  WITNESS_URL: optional(Type.String({ pattern: "^https?://[^/\\s?#@]+(/[^\\s#]*)?$" })),
  REDIS_URL: optional(Type.String({ pattern: "^rediss?://.+$" })),
  METRICS_TOKEN: optional(Type.String({ minLength: 16 })),
  CIRCUIT_FAILURE_THRESHOLD: Type.Integer({ minimum: 1, maximum: 1_000, default: 5 }),
  CIRCUIT_TIMEOUT_SECONDS: Type.Integer({ minimum: 1, maximum: 86_400, default: 60 }),
  LOG_DIR: optional(Type.String({ minLength: 1 })),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(Type.String({ pattern: "^https?://[^/\\s?#@]+(/[^\\s?#]*)?$" })),
  OTEL_SERVICE_NAME: Type.String({ pattern: "^[\\w.-]{1,64}$", default: "gonogo" }),
  SMTP_URL: optional(Type.String({ pattern: "^smtps?://.+$" })),
  WEBHOOK_ALLOW_PRIVATE: Type.Boolean({ default: false }),
  MAIL_FROM: Type.String({ pattern: "^[^@\\s]+@[^@\\s]+$", default: "noreply@localhost" }),

  ERASURE_LEDGER_DIR: optional(Type.String({ minLength: 1 })),
  ERASURE_LEDGER_HEADS_DIR: optional(Type.String({ minLength: 1 })),
  BACKUP_DIR: optional(Type.String({ minLength: 1 })),
  BACKUP_RETENTION_DAYS: days(30),
  BACKUP_AGE_RECIPIENT: Type.String({ pattern: "^$|^age1[a-z0-9]+(\\s*,\\s*age1[a-z0-9]+)*$", default: "" }),
  BACKUP_AGE_IDENTITY_FILE: optional(Type.String({ minLength: 1 })),

  CONTROLLER_NAME: optional(Type.String({ minLength: 1, maxLength: 200 })),
  CONTROLLER_CONTACT: optional(contact()),
  CONTROLLER_ADDRESS: optional(Type.String({ minLength: 1, maxLength: 300 })),
  CONTROLLER_COUNTRY: country(),
  DPO_CONTACT: optional(contact()),
  PROCESSORS: Type.String({ default: "" }),
  DATA_LOCATION: country(),

  GDPR_MODE: Type.Enum(["development", "staging", "production"], { default: "development" }),
  SESSION_HOURS: Type.Integer({ minimum: 1, maximum: 24, default: 24 }),
  COMMENT_MODERATION: Type.Enum(["pre", "post"], { default: "pre" }),
  PUBLIC_URL: optional(Type.String({ pattern: "^https?://[^/\\s]+$" })),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 8_000 }),
  HOST: Type.String({ minLength: 1, default: "127.0.0.1" }),

  ENABLE_COMMENTS: flag("enable_comments"),
  ENABLE_USER_REGISTRATION: flag("enable_user_registration"),
  ENABLE_GDPR_BANNER: flag("enable_gdpr_banner"),
  ENABLE_ANALYTICS: flag("enable_analytics"),
  ENABLE_EMAIL_NOTIFICATIONS: flag("enable_email_notifications"),
});

/** What each setting must be, in words for whoever set it wrong. */
export const EXPECTED: Readonly<Record<keyof Static<typeof SETTINGS>, string>> = {
  DATABASE_URL: "sqlite:///./path, sqlite:////absolute/path or postgres://user:password@host/database",
  DATABASE_DIRECT_URL: "postgres://user:password@host/database",
  DATABASE_POOL_SIZE: "a whole number from 1 to 1000",
  DATA_DIR: "a folder",
  DATA_RETENTION_DAYS: "days, from 1 to 36500",
  USER_DATA_RETENTION_DAYS: "days, from 1 to 36500",
  COMMENT_RETENTION_DAYS: "days, from 1 to 36500",
  AUDIT_RETENTION_DAYS: "days, from 1 to 36500",
  ANONYMIZATION_DELAY_DAYS: "days, from 0 to 365",
  RETENTION_AT: "a time of day in UTC, such as 03:17, or never",
  TIME_ZONE: "the controller's IANA time zone, such as Europe/Amsterdam",
  HOLIDAYS: "days separated by commas, such as 2026-12-25,2026-12-26",
  CONSENT_COOKIE_DURATION: "days, from 1 to 730",
  SECRET_KEY:
    "at least 32 bytes (for example: openssl rand -base64 32); required when GDPR_MODE is not development",
  SECRET_KEY_PREVIOUS: "at least 32 bytes: the key in use before SECRET_KEY",
  CORS_ORIGINS: "origins separated by commas, such as https://example.org,https://www.example.org",
  RATE_LIMIT_PER_MINUTE: "requests a minute, from 1",
  RATE_LIMIT_SERVICE_PER_MINUTE: "requests a minute of one service credential, from 1",
  TRUSTED_PROXIES: "addresses or CIDR ranges separated by commas, such as 10.0.0.0/8, and never /0",
  WITNESS_URL: "https://host/path, without user and password",
  REDIS_URL: "redis://host:6379 or rediss://user:password@host:6379",
  METRICS_TOKEN: "at least 16 characters",
  CIRCUIT_FAILURE_THRESHOLD: "failures in a row, from 1 to 1000",
  CIRCUIT_TIMEOUT_SECONDS: "seconds, from 1 to 86400",
  LOG_DIR: "a folder, or none",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://host:4318 or https://host, without user and password",
  OTEL_SERVICE_NAME: "letters, digits, dots, hyphens and underscores, 64 at most",
  SMTP_URL: "smtp://user:password@host:587 or smtps://user:password@host:465",
  WEBHOOK_ALLOW_PRIVATE: "true or false, and never true when GDPR_MODE is production",
  MAIL_FROM: "an e-mail address",
  ERASURE_LEDGER_DIR: "a folder",
  ERASURE_LEDGER_HEADS_DIR: "a folder on another disk than ERASURE_LEDGER_DIR",
  BACKUP_DIR: "a folder",
  BACKUP_RETENTION_DAYS: "days, from 1 to 36500",
  BACKUP_AGE_RECIPIENT:
    "public keys of age separated by commas, such as age1…; required with BACKUP_DIR when GDPR_MODE is not development",
  BACKUP_AGE_IDENTITY_FILE: "a file with a secret key of age",
  CONTROLLER_NAME: "the name of the person or body that is responsible, at most 200 characters",
  CONTROLLER_CONTACT: "an e-mail address or the https:// address of a page",
  CONTROLLER_ADDRESS: "a postal address in one line, at most 300 characters",
  CONTROLLER_COUNTRY: "two capital letters (ISO 3166-1), such as NL, or EU",
  PROCESSORS: "name, what for, country[, safeguard]; and so on, such as Hoster BV, hosting, NL",
  DPO_CONTACT: "an e-mail address or the https:// address of a page",
  DATA_LOCATION: "two capital letters (ISO 3166-1), such as DE, or EU",
  GDPR_MODE: "development, staging or production",
  SESSION_HOURS: "hours, from 1 to 24",
  COMMENT_MODERATION: "pre or post",
  PUBLIC_URL: "https://host without a path; required when GDPR_MODE is production",
  PORT: "a whole number from 0 to 65535",
  HOST: "an address to listen on, such as 127.0.0.1 or 0.0.0.0",
  ENABLE_COMMENTS: "true or false",
  ENABLE_USER_REGISTRATION: "true or false",
  ENABLE_GDPR_BANNER: "true or false",
  ENABLE_ANALYTICS: "true or false",
  ENABLE_EMAIL_NOTIFICATIONS: "true or false",
};
