import type { AuditEntry } from "../domain/audit/audit-entry.ts";
import type { AuditEntryId } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";
import type { Lease } from "./leases.ts";

/** An entry where it stands in the order of insertion. Positions only grow; there may be gaps between them. */
export interface LoggedEntry {
  readonly position: number;
  readonly entry: AuditEntry;
}

/** Up to 256 hashes of one level of the tree. */
export interface StoredTile {
  readonly level: number;
  readonly index: number;
  /** Base64 of the hashes, one after the other. */
  readonly hashes: string;
  /** Position of the first entry below it. */
  readonly first_position: number;
}

export interface StoredCheckpoint {
  readonly size: number;
  /** Position of the last entry in the tree. */
  readonly last_position: number;
  /** Base64. */
  readonly root: string;
  /** The checkpoint as it was signed (C2SP tlog-checkpoint). */
  readonly note: string;
  readonly created_at: Instant;
}

export interface Integration {
  /** Size of the tree that this goes on from. */
  readonly from: number;
  /** New tiles, and the whole of those that grew. */
  readonly tiles: readonly StoredTile[];
  readonly checkpoint: StoredCheckpoint;
  /** The former checkpoint is not kept beside this one. */
  readonly replaces: boolean;
  /** Taken or prolonged in the same commit, where nobody else has it. */
  readonly lease: Lease;
}

/**
 * What the audit log stands on besides the entries: the order in which they were inserted, and the tree over them.
 * Rejects with StorageFailure only.
 */
export interface AuditLogStore {
  /** By position, after `after`, at most `limit`. An entry with a smaller position than one that was seen never comes later. */
  entries(after: number, limit: number): Promise<readonly LoggedEntry[]>;
  /** The position of an entry, or null. */
  positionOf(id: AuditEntryId): Promise<number | null>;
  /** How many entries there are from one position up to another, without it. Meant for the width of a tile. */
  count(from: number, to: number): Promise<number>;
  newest(): Promise<StoredCheckpoint | null>;
  /** Checkpoints that are kept, by size, above `size`, at most `limit`. */
  checkpoints(size: number, limit: number): Promise<readonly StoredCheckpoint[]>;
  tile(level: number, index: number): Promise<StoredTile | null>;
  /** Tiles of a level from `from` on, by index, at most `limit`. */
  tiles(level: number, from: number, limit: number): Promise<readonly StoredTile[]>;
  /** The tile of leaves whose first position is the last one up to this, or null. */
  tileOver(position: number): Promise<StoredTile | null>;
  /** Stores all of it or nothing; false, and nothing, when the tree has another size than `from` by now. */
  integrate(integration: Integration): Promise<boolean>;
  /**
   * Puts entries in the place of what they were one version before; those that have moved since are left out. Changes
   * what may be blanked only: traces, resource, details, and what vouches for them. Answers how many were put.
   */
  replace(entries: readonly AuditEntry[]): Promise<number>;
}
