import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import { commitmentsOf } from "../../domain/audit/log-leaf.ts";
import { isHeld, withoutIdentity } from "../../domain/audit/prune-entry.ts";
import type { KeyedHash } from "../../domain/shared/ids.ts";
import { breathe, type EraseDeps, PAGE, type Touched } from "./step.ts";

export interface Unlinked {
  readonly count: number;
  /** Entries that a legal hold keeps as they are. */
  readonly held: readonly Touched[];
}

/**
 * Blanks who acted in every entry with one of these hashes. The entries stay, and so does every proof of them: a leaf
 * commits to its parts under salts. The mark says that it was done here and lawfully. Doing it again changes nothing.
 */
export const unlinkEntries = async (deps: EraseDeps, users: readonly KeyedHash[]): Promise<Unlinked> => {
  const hers = new Set<string>(users);
  const [seal, holds] = await Promise.all([deps.auditSeals.open(), deps.readers.legalHolds.standing()]);
  const held: Touched[] = [];
  let count = 0;
  let after = -1;
  for (;;) {
    const page = await deps.auditLog.entries(after, PAGE);
    const found = page
      .map(({ entry }) => entry)
      .filter(({ user_id_hash }) => user_id_hash !== null && hers.has(user_id_hash));
    const blank: AuditEntry[] = [];
    for (const entry of found) {
      const now = deps.clock.now();
      const commitments = commitmentsOf(deps.auditSeals.sha256, entry);
      if (isHeld(entry, holds, now)) held.push({ id: entry.id, subject_id: null });
      else if (commitments !== null)
        blank.push(seal.reseal(seal.mark(withoutIdentity(entry, commitments, now))));
    }
    if (blank.length > 0) count += await deps.auditLog.replace(blank);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return { count, held };
    after = last.position;
    await breathe();
  }
};
