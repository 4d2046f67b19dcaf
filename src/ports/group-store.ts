import type { Changes } from "../domain/shared/changes.ts";

/** How one member of a group ended. `refused`: the database does not take its values. */
export type Verdict =
  | { readonly type: "stored" }
  | { readonly type: "conflict" }
  | { readonly type: "refused"; readonly sqlState: string | null };

/** Most members and rows (writes and audit entries) of one group. */
export const GROUP_MEMBERS_MAX = 256;
export const GROUP_ROWS_MAX = 2_048;

/**
 * What a database adapter offers to group commit: stores a group of independent decisions in one transaction.
 * Promises one verdict a member, in order; members behave as if stored one after the other; a member that conflicts or
 * is refused leaves nothing and costs its neighbours nothing but time; when it resolves, what is stored is durable.
 * Rejects with StorageFailure when the database went away: `stored` then speaks of the whole group, and after `unknown`
 * the same group may be sent again: a member whose audit entry is there already is `stored`.
 * Takes one group at a time; the caller waits. Groups over the limits are the caller's bug (RangeError).
 */
export interface GroupStore {
  commitGroup(members: readonly Changes[]): Promise<readonly Verdict[]>;
}
