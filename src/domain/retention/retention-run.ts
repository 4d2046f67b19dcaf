import type { GdprRecord } from "../shared/gdpr-record.ts";
import type { CanonicalJson, RetentionRunId, SignedReportId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";

export type RetentionTrigger = "schedule" | "admin" | "cli";

/**
 * One run through everything whose period is over. What it did is written with what went, in one commit each time: a run
 * that is interrupted goes on where it stood, and its counts are what is gone.
 */
export interface RetentionRun extends GdprRecord<RetentionRunId> {
  /** Counts only, and changes nothing. */
  readonly dry_run: boolean;
  readonly trigger: RetentionTrigger;
  /** Records are due whose period was over at this moment: it stays the same however long the run takes. */
  readonly due: Instant;
  /** Unique, so that there is never a second one; null once it has come to its end. */
  readonly running: "running" | null;
  /** How often another runner went on with it. */
  readonly resumed: number;
  readonly finished_at: Instant | null;
  /** JSON of RetentionProgress. */
  readonly progress: CanonicalJson;
  readonly report_id: SignedReportId | null;
}
