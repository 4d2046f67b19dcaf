import type { Changes } from "../domain/shared/changes.ts";
import type { Result } from "../domain/shared/result.ts";

/**
 * Something stored contradicts the changes: a record has moved, gone, or taken a unique value. It is never a refused
 * neighbour's. Nothing was stored, and deciding again on fresh state is safe.
 */
export interface Conflict {
  readonly type: "conflict";
}

/** How a commit ended that is neither stored nor a conflict. */
export type StorageFailureKind =
  /** The database does not take these values (a bug of ours): sending them again ends the same way. */
  | "refused"
  /** The database, or the way to it, went away. */
  | "lost"
  /** The queue is full: try again later. */
  | "overloaded"
  /** The unit of work has been closed. */
  | "closed";

/**
 * Rejection of `commit` and of readers. `stored: "no"`: certainly nothing was stored. `"unknown"`: the answer to COMMIT
 * was lost; only the same Changes with the same audit ids may be sent again. Carries no row, no parameter, no cause.
 */
export class StorageFailure extends Error {
  override readonly name = "StorageFailure";
  constructor(
    readonly kind: StorageFailureKind,
    readonly stored: "no" | "unknown",
    /** What was attempted, in fixed words. */
    readonly operation: string,
    /** Five characters, where the database gave one. */
    readonly sqlState: string | null = null,
  ) {
    super(`${operation}: ${kind}${sqlState === null ? "" : ` (${sqlState})`}, stored: ${stored}`);
  }
}

/**
 * Stores decisions. Promises: all of a decision or none of it, its writes in list order, its audit entries with it;
 * decisions committed together behave as if one after the other; the answer comes after the data are durable, and every
 * later read sees them. Fails by rejecting with StorageFailure. Does not retry on conflict: decide again.
 */
export interface UnitOfWork {
  commit(changes: Changes): Promise<Result<null, Conflict>>;
  /** Stops taking commits; resolves when everyone admitted has been answered. */
  close(): Promise<void>;
}
