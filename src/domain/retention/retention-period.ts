import { type Instant, plusDays } from "../shared/instant.ts";

/** How long a category is kept, in days: the specification's DataRetentionPeriod. */
export const DataRetentionPeriod = {
  LOGS: 365,
  USER_DATA: 1095,
  COMMENTS: 2190,
  AUDIT_TRAIL: 2555,
} as const;

export type RetentionCategory = "logs" | "user_data" | "comments" | "audit_trail";

/** Days by category; settings may replace the defaults. */
export type RetentionPeriods = Readonly<Record<RetentionCategory, number>>;

export const DEFAULT_RETENTION: RetentionPeriods = {
  logs: DataRetentionPeriod.LOGS,
  user_data: DataRetentionPeriod.USER_DATA,
  comments: DataRetentionPeriod.COMMENTS,
  audit_trail: DataRetentionPeriod.AUDIT_TRAIL,
};

/** The first moment at which a record of this category that starts at `from` may go (GDPR Art. 5(1)(e)). */
export const retentionUntil = (
  category: RetentionCategory,
  from: Instant,
  periods: RetentionPeriods,
): Instant => plusDays(from, periods[category]);

/** Due at the instant itself, not after it. A record without a date is never due by itself. */
export const isDue = (record: { readonly retention_until: Instant | null }, now: Instant): boolean =>
  record.retention_until !== null && record.retention_until <= now;
