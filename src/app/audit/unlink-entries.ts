import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import { commitmentsOf, isIdentityBlank } from "../../domain/audit/log-leaf.ts";
import { withoutIdentity } from "../../domain/audit/prune-entry.ts";
import { DataRetentionPeriod } from "../../domain/retention/retention-period.ts";
import type { KeyedHash } from "../../domain/shared/ids.ts";
import { type Instant, plusDays } from "../../domain/shared/instant.ts";
import type { AuditLogStore } from "../../ports/audit-log-store.ts";
import type { LogDeps } from "./log-deps.ts";

export interface UnlinkEntries {
  /** Every hash that the person's id has had: the key rotates. */
  readonly userHashes: ReadonlySet<KeyedHash>;
  /** Her own id, and those of records that lead to her. */
  readonly resourceIds: ReadonlySet<string>;
  /** Entries looked at in one call. */
  readonly limit: number;
  /** Where an earlier call left off; null begins where identities are not pruned yet. */
  readonly after: number | null;
}

export interface UnlinkedEntries {
  readonly unlinked: number;
  /** Where to go on; null at the newest entry. */
  readonly next: number | null;
}

/** The position before the first entry of this moment or later, by halving: entries stand in the order of time, nearly. */
const positionBefore = async (log: AuditLogStore, moment: Instant): Promise<number> => {
  let low = 0;
  let high = (await log.newest())?.last_position ?? 0;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [found] = await log.entries(middle, 1);
    if (found !== undefined && found.entry.created_at < moment) low = found.position;
    else high = middle;
  }
  return low;
};

/** Clocks of instances differ: entries stand in the order of time but for that. */
const SLACK_DAYS = 1;

/**
 * Blanks the identity of every entry of a person who is erased, before its time (GDPR Art. 17): a mark says that it was
 * the service, and leaves and proofs stay as they are. What happened stays, and leads to nobody. Safe to be done twice.
 */
export const unlinkEntries =
  ({ auditLog, auditSeals, clock }: Pick<LogDeps, "auditLog" | "auditSeals" | "clock">) =>
  async ({ userHashes, resourceIds, limit, after }: UnlinkEntries): Promise<UnlinkedEntries> => {
    const seal = await auditSeals.open();
    const now = clock.now();
    const oldest = plusDays(now, -(DataRetentionPeriod.LOGS + SLACK_DAYS));
    const found = await auditLog.entries(after ?? (await positionBefore(auditLog, oldest)), limit);
    const leadsToHer = ({ user_id_hash, resource_id }: AuditEntry): boolean =>
      (user_id_hash !== null && userHashes.has(user_id_hash)) ||
      (resource_id !== null && resourceIds.has(resource_id));
    const changed = found.flatMap(({ entry }) => {
      const commitments = commitmentsOf(auditSeals.sha256, entry);
      if (isIdentityBlank(entry) || commitments === null || !leadsToHer(entry)) return [];
      return [seal.reseal(seal.mark(withoutIdentity(entry, commitments, now)))];
    });
    const unlinked = await auditLog.replace(changed);
    return { unlinked, next: found.length < limit ? null : (found.at(-1)?.position ?? null) };
  };
