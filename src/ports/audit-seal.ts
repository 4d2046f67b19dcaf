import type { AuditEntry } from "../domain/audit/audit-entry.ts";
import type { Sha256 } from "../domain/audit/merkle-tree.ts";

/** Keyed hashes over audit entries: whoever writes to the database without the key is found out. */
export interface AuditSeal {
  /** With fresh salts, sealed. For an entry that is about to be stored. */
  seal(entry: AuditEntry): AuditEntry;
  /** Sealed as it is. For one of which a part was blanked. */
  reseal(entry: AuditEntry): AuditEntry;
  isSealed(entry: AuditEntry): boolean;
  /** With the mark that allows its identity to be blank before its time; not sealed yet. */
  mark(entry: AuditEntry): AuditEntry;
  isMarked(entry: AuditEntry): boolean;
}

export interface AuditSeals {
  readonly sha256: Sha256;
  /** Rejects with StorageFailure when the key cannot be read or made, with SealBroken when SECRET_KEY does not open it. */
  open(): Promise<AuditSeal>;
}
