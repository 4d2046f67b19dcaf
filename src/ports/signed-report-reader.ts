import type { SignedReport, SignedReportKind } from "../domain/audit/signed-report.ts";
import type { SignedReportId } from "../domain/shared/ids.ts";

/** Signed reports of what was done. Rejects with StorageFailure only. */
export interface SignedReportReader {
  byId(id: SignedReportId): Promise<SignedReport | null>;
  /** Newest first, ids below `before` (null: from the newest), at most `limit`. */
  list(
    kind: SignedReportKind,
    before: SignedReportId | null,
    limit: number,
  ): Promise<readonly SignedReport[]>;
}
