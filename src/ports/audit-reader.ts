import type { AuditEntry } from "../domain/audit/audit-entry.ts";
import type { AuditEntryId } from "../domain/shared/ids.ts";

/** The audit trail. Rejects with StorageFailure only. */
export interface AuditReader {
  byId(id: AuditEntryId): Promise<AuditEntry | null>;
  /** The newest by id before `before`, newest first, at most `limit`. */
  newest(before: AuditEntryId | null, limit: number): Promise<readonly AuditEntry[]>;
  /** By id (which is by time), after `after`, at most `limit`. */
  list(after: AuditEntryId | null, limit: number): Promise<readonly AuditEntry[]>;
}
