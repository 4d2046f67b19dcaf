import type { TrailPage, TrailPart, TrailPruning } from "../../domain/retention/trail-pruning.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import { type PruneDeps, pruneIdentities, prunePayloads } from "../audit/prune-log.ts";
import type { Deps } from "../deps.ts";

/** Entries of one page: a few milliseconds on SQLite, where nothing else runs meanwhile. */
const PAGE = 256;

const PRUNE: Readonly<Record<TrailPart, typeof pruneIdentities>> = {
  identities: pruneIdentities,
  payloads: prunePayloads,
};

/**
 * Goes through the audit trail until a page had something due in it, or to the end of the part: only that is worth a
 * commit. Counts what a runner that was killed had blanked since `began` without telling. Null: it was stopped.
 */
export const pruneTrail = async (
  deps: PruneDeps & Pick<Deps, "readers">,
  { part, after }: NonNullable<TrailPruning["next"]>,
  began: Instant,
  goesOn: () => Promise<boolean>,
): Promise<TrailPage | null> => {
  const prune = PRUNE[part](deps);
  for (let next = after; await goesOn(); ) {
    const holds = await deps.readers.legalHolds.standing();
    const page = await prune({ now: deps.clock.now(), limit: PAGE, holds, after: next, began });
    if (page.next === null || page.pruned + page.held > 0) return page;
    next = page.next;
    await Bun.sleep(0);
  }
  return null;
};
