import { type Instant, MINUTE } from "../shared/instant.ts";
import type { AuditEntry } from "./audit-entry.ts";
import { isIdentityBlank, isPayloadBlank } from "./log-leaf.ts";
import { type Hash, sameHash } from "./merkle-tree.ts";
import { identityUntil } from "./prune-entry.ts";

/** What was done to the log behind the service's back. */
export type LogFaultKind =
  /** What the entry says is not what came into the tree. */
  | "changed"
  /** The same, and its time is not the one its id was made at. */
  | "dated-back"
  | "inserted"
  | "deleted"
  | "reordered"
  /** The end of the log is gone. */
  | "cut-off"
  /** In the tree as it is, or not yet in it, but not as the service wrote it. */
  | "not-sealed"
  /** Blank before its time, and it was not the service. */
  | "forged-pruning"
  /** Blank by an erasure that never was. */
  | "forged-erasure"
  | "tile-changed"
  | "checkpoint-changed"
  | "checkpoint-removed"
  /** Entries and tiles agree with each other, and not with what was signed. */
  | "tree-replaced";

export interface LogFault {
  readonly kind: LogFaultKind;
  /** Place in the tree, from 0; null where it speaks of no single entry. */
  readonly index: number | null;
  /** The entry, or for one that is gone the one that stands in its place. */
  readonly id: string | null;
}

/** The time in an id (RFC 9562, 5.7), which is made together with its entry; null when it has none. */
const timeOfId = (id: string): number | null =>
  id[14] === "7" ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : null;

/** An entry's time and its id are made one after the other, with reads between them. */
const TOGETHER_MS = 5 * MINUTE;

export const isDatedWrong = ({ id, created_at }: Pick<AuditEntry, "id" | "created_at">): boolean => {
  const made = timeOfId(id);
  return made !== null && Math.abs(made - created_at) > TOGETHER_MS;
};

/** Whether a part is blank that may not be, and which lie that is; null when nothing is. */
export const forgedBlank = (
  entry: AuditEntry,
  isMarked: boolean,
  now: Instant,
): "forged-pruning" | "forged-erasure" | null => {
  // Neither blanked nor ever salted: the service has not written it.
  if (entry.salts === null && entry.commitments === null) return null;
  if (isPayloadBlank(entry) && !(entry.retention_until !== null && entry.retention_until <= now)) {
    return "forged-pruning";
  }
  if (!isIdentityBlank(entry)) return entry.unlinked_mark === null ? null : "forged-erasure";
  if (entry.unlinked_mark !== null) return isMarked ? null : "forged-erasure";
  return identityUntil(entry) <= now ? null : "forged-pruning";
};

/** The leaves from the first one that is wrong: as they were signed, and as the entries give them now. */
export interface Departure {
  readonly signed: readonly Hash[];
  readonly found: readonly Hash[];
}

const placeOf = (hashes: readonly Hash[], wanted: Hash | undefined): number =>
  wanted === undefined ? -1 : hashes.findIndex((hash) => sameHash(hash, wanted));

/** How an entry came to stand where another was signed. */
export const departureKind = ({
  signed,
  found,
}: Departure): "changed" | "inserted" | "deleted" | "reordered" => {
  const later = placeOf(found, signed[0]);
  const earlier = placeOf(signed, found[0]);
  if (later > 0 && earlier > 0) return "reordered";
  if (later > 0) return "inserted";
  return earlier > 0 ? "deleted" : "changed";
};
