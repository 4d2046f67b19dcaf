import type { RetentionRun } from "../domain/retention/retention-run.ts";
import type { RetentionRunId } from "../domain/shared/ids.ts";

/** Retention runs, past and present. Rejects with StorageFailure only. */
export interface RetentionRunReader {
  byId(id: RetentionRunId): Promise<RetentionRun | null>;
  /** The one that has not come to its end; there is never another beside it. Whether anybody works on it, its lease says. */
  running(): Promise<RetentionRun | null>;
  /** Newest first, before `before`, at most `limit`. */
  list(before: RetentionRunId | null, limit: number): Promise<readonly RetentionRun[]>;
}
