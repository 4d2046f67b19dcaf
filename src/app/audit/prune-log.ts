import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import {
  type Commitments,
  commitmentsOf,
  isIdentityBlank,
  isPayloadBlank,
} from "../../domain/audit/log-leaf.ts";
import {
  identityIsDue,
  isHeld,
  payloadIsDue,
  withoutIdentity,
  withoutPayload,
} from "../../domain/audit/prune-entry.ts";
import type { LegalHold } from "../../domain/retention/legal-hold.ts";
import { DataRetentionPeriod } from "../../domain/retention/retention-period.ts";
import { type Instant, plusDays } from "../../domain/shared/instant.ts";
import { heldPeople, type PeopleDeps } from "./held-people.ts";
import type { LogDeps } from "./log-deps.ts";

export interface PruneLog {
  readonly now: Instant;
  /** Entries looked at in one call; a call holds nothing for longer than these take. */
  readonly limit: number;
  /** Holds in force keep what they are on (GDPR Art. 17(3)(e)). */
  readonly holds: readonly LegalHold[];
  /** Where an earlier call left off; 0 begins at the oldest entry. */
  readonly after: number;
  /** What was blanked since then counts as well: by a call that was killed before it could tell. */
  readonly began?: Instant;
}

export interface PrunedLog {
  readonly pruned: number;
  /** Due, and kept by a hold. */
  readonly held: number;
  /** Where to go on; null when nothing after it can be due. */
  readonly next: number | null;
  /** Position of the first entry that was kept by a hold; before it nothing is left to prune, so a later run may begin there. */
  readonly firstHeld: number | null;
}

const NEVER = Number.POSITIVE_INFINITY as Instant;

interface Kind {
  isDue(entry: AuditEntry, now: Instant): boolean;
  /** By its time, not by an erasure. */
  isPruned(entry: AuditEntry): boolean;
  blanked(entry: AuditEntry, commitments: Commitments, now: Instant): AuditEntry;
}

const pruning =
  ({ isDue, isPruned, blanked }: Kind, daysOf: (deps: PruneDeps) => number) =>
  (deps: PruneDeps) => {
    const ledTo = heldPeople(deps);
    return async ({ now, limit, holds, after, began = NEVER }: PruneLog): Promise<PrunedLog> => {
      const { auditLog, auditSeals } = deps;
      const seal = await auditSeals.open();
      const youngest = plusDays(now, -daysOf(deps));
      const found = await auditLog.entries(after, limit);
      const end = found.findIndex(({ entry }) => entry.created_at > youngest);
      const old = end < 0 ? found : found.slice(0, end);
      const peopleOf = await ledTo(
        old.flatMap(({ entry }) => (isDue(entry, now) ? [entry] : [])),
        holds,
        now,
      );
      const changed: AuditEntry[] = [];
      let [before, held] = [0, 0];
      let firstHeld: number | null = null;
      for (const { position, entry } of old) {
        if (isPruned(entry) && entry.updated_at >= began) before += 1;
        if (!isDue(entry, now)) continue;
        const commitments = commitmentsOf(auditSeals.sha256, entry);
        if (isHeld(entry, peopleOf(entry), holds, now)) {
          held += 1;
          firstHeld ??= position;
        } else if (commitments !== null) changed.push(seal.reseal(blanked(entry, commitments, now)));
      }
      const pruned = before + (await auditLog.replace(changed));
      const last = old.at(-1)?.position ?? after;
      return { pruned, held, next: end < 0 && found.length === limit ? last : null, firstHeld };
    };
  };

export type PruneDeps = LogDeps &
  PeopleDeps & {
    readonly policies: { readonly retention: { readonly audit_trail: number } };
  };

/**
 * Blanks whom and what entries lead to, a year after them, in the order of insertion. Leaves and proofs stay as they
 * are. Safe to be done twice, and by two at once.
 */
export const pruneIdentities = pruning(
  {
    isDue: identityIsDue,
    isPruned: (entry) => isIdentityBlank(entry) && entry.unlinked_mark === null,
    blanked: withoutIdentity,
  },
  () => DataRetentionPeriod.LOGS,
);

/** Blanks what happened, at the entries' own `retention_until`, in the order of insertion. */
export const prunePayloads = pruning(
  { isDue: payloadIsDue, isPruned: isPayloadBlank, blanked: withoutPayload },
  ({ policies }) => policies.retention.audit_trail,
);
