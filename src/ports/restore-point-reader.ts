import type { RestorePoint } from "../domain/personal-data/records.ts";

/** How far the erasure ledger is in force in this store. Rejects with StorageFailure only. */
export interface RestorePointReader {
  /** Null: the service has never started on this store. */
  current(): Promise<RestorePoint | null>;
}
