import type { SubjectId } from "../../domain/shared/ids.ts";
import {
  type ErasureLedger,
  LedgerBroken,
  type LedgerEntry,
  type LedgerPosition,
} from "../../ports/erasure-ledger.ts";

/** A ledger that goes with the process, as the memory store does: what it promises of disks it cannot keep. */
export const openMemoryLedger = (): ErasureLedger => {
  const name = crypto.randomUUID();
  const pseudonyms = new Map<SubjectId, string>();
  let entries: readonly LedgerEntry[] = [];
  let begun = false;

  const pseudonymOf = (subject: SubjectId): string => {
    const known = pseudonyms.get(subject) ?? crypto.randomUUID();
    pseudonyms.set(subject, known);
    return known;
  };
  const heardOf = (position: LedgerPosition | null): number => {
    if (position === null) return 0;
    const [whose, count] = position.split(" ");
    if (whose !== name) throw new LedgerBroken("foreign");
    return Number(count);
  };

  return {
    append: async (facts) => {
      begun = true;
      entries = [
        ...entries,
        ...facts.map(({ subject, ...fact }) => ({ ...fact, pseudonym: pseudonymOf(subject) }) as LedgerEntry),
      ];
    },
    pseudonyms: async () => pseudonymOf,
    isNew: async () => !begun,
    position: async (before) => {
      begun = true;
      const past = entries.findIndex(({ at }) => at >= before);
      return `${name} ${past < 0 ? entries.length : past}` as LedgerPosition;
    },
    after: async (position) =>
      entries
        .slice(heardOf(position))
        .map((entry, order) => ({ entry, order }))
        .toSorted((a, b) => a.entry.at - b.entry.at || a.order - b.order)
        .map(({ entry }) => entry),
    forget: async (subject) => {
      const who = pseudonymOf(subject);
      entries = entries.map((entry) =>
        entry.pseudonym === who && entry.kind === "rectification"
          ? { ...entry, identities: [], comments: [] }
          : entry,
      );
    },
  };
};
