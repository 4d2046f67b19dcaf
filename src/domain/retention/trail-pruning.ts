import { DataRetentionPeriod } from "./retention-period.ts";

/** What of an entry in the audit trail has a time of its own: whom and what it leads to, and what happened. */
export const TRAIL_PARTS = ["identities", "payloads"] as const;

export type TrailPart = (typeof TRAIL_PARTS)[number];

export interface PartCounts {
  readonly pruned: number;
  /** Due, and kept by a legal hold (GDPR Art. 17(3)(e)). */
  readonly held: number;
}

export type TrailCounts = Readonly<Record<TrailPart, PartCounts>>;

/** How far a run has come with the audit trail, and where it goes on. */
export interface TrailPruning {
  readonly counts: TrailCounts;
  /** Null once both parts have been gone through. */
  readonly next: {
    readonly part: TrailPart;
    readonly after: number;
    /** What comes when this part is through. */
    readonly following: TrailPart | null;
  } | null;
}

/** Entries of one or more pages, and where the next page begins; null: the part has been gone through. */
export interface TrailPage extends PartCounts {
  readonly next: number | null;
}

/** Before the oldest entry. */
const OLDEST = 0;

const NOTHING: PartCounts = { pruned: 0, held: 0 };

/**
 * The part that goes earlier in an entry's life comes first. So whatever a part finds blank, in an entry that was changed
 * since the run began, was blanked by this run.
 */
export const unpruned = (retention: { readonly audit_trail: number }): TrailPruning => ({
  counts: { identities: NOTHING, payloads: NOTHING },
  next:
    retention.audit_trail < DataRetentionPeriod.LOGS
      ? { part: "payloads", after: OLDEST, following: "identities" }
      : { part: "identities", after: OLDEST, following: "payloads" },
});

export const prunedOn = (
  trail: TrailPruning,
  { part, following }: NonNullable<TrailPruning["next"]>,
  page: TrailPage,
): TrailPruning => {
  const { pruned, held } = trail.counts[part];
  const counts = { ...trail.counts, [part]: { pruned: pruned + page.pruned, held: held + page.held } };
  if (page.next !== null) return { counts, next: { part, after: page.next, following } };
  return { counts, next: following === null ? null : { part: following, after: OLDEST, following: null } };
};
