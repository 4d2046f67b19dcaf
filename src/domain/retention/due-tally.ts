import { type DueCounts, KEPT_REASONS, type KeptReason } from "./due-records.ts";

/** What becomes of one due record. `waits`: a place-holder that still keeps a place. */
export type DueFate = "deleted" | "blanked" | "cleared" | "waits" | KeptReason;

const NONE_KEPT: DueCounts["kept"] = { held: 0, restricted: 0, in_office: 0, in_use: 0 };

export const NO_COUNTS: DueCounts = { deleted: 0, blanked: 0, cleared: 0, alongside: 0, kept: NONE_KEPT };

export const addCounts = (a: DueCounts, b: DueCounts): DueCounts => ({
  deleted: a.deleted + b.deleted,
  blanked: a.blanked + b.blanked,
  cleared: a.cleared + b.cleared,
  alongside: a.alongside + b.alongside,
  kept: {
    held: a.kept.held + b.kept.held,
    restricted: a.kept.restricted + b.kept.restricted,
    in_office: a.kept.in_office + b.kept.in_office,
    in_use: a.kept.in_use + b.kept.in_use,
  },
});

/** Records of a batch by their fate, and what went with them. */
export const countsOf = (fates: ReadonlyMap<DueFate, number>, alongside: number): DueCounts => {
  const of = (fate: DueFate): number => fates.get(fate) ?? 0;
  return {
    deleted: of("deleted"),
    blanked: of("blanked"),
    cleared: of("cleared"),
    alongside,
    kept: Object.fromEntries(KEPT_REASONS.map((reason) => [reason, of(reason)])) as DueCounts["kept"],
  };
};
