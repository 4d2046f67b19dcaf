import { type RetentionPeriods, retentionUntil } from "../retention/retention-period.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { SignedReportId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";

/** What a report proves was done. */
export const SIGNED_REPORT_KINDS = ["erasure", "retention", "drill", "restore"] as const;

export type SignedReportKind = (typeof SIGNED_REPORT_KINDS)[number];

/** Evidence for whoever asks (GDPR Art. 5(2)): counts, dates and grounds, and nobody's data. Never changed. */
export interface SignedReport extends GdprRecord<SignedReportId> {
  readonly kind: SignedReportKind;
  /** Compact JWS. */
  readonly document: string;
}

/** Kept as long as the audit trail that tells of it. */
export const newSignedReport = (
  id: SignedReportId,
  kind: SignedReportKind,
  document: string,
  now: Instant,
  periods: RetentionPeriods,
): SignedReport => ({
  ...newGdprRecord(id, now, retentionUntil("audit_trail", now, periods)),
  kind,
  document,
});
