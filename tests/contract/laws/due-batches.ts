import type { Collection, Records } from "../../../src/domain/personal-data/records.ts";
import type { DuePosition, PersonalCollection } from "../../../src/domain/retention/due-records.ts";
import { addCounts, NO_COUNTS } from "../../../src/domain/retention/due-tally.ts";
import type { Write } from "../../../src/domain/shared/changes.ts";
import { DAY, plus } from "../../../src/domain/shared/instant.ts";
import type { DueBatch } from "../../../src/ports/retention-store.ts";
import { changes, NOON } from "../../support/records.ts";
import type { Harness } from "../harness.ts";

/** When the batches of these laws look for what is due. */
export const DUE = plus(NOON, DAY);

export const put = <C extends Collection>(into: C, row: Records[C]): Write =>
  ({ op: "insert", into, row }) as Write;

export const batch = (collection: PersonalCollection, over: Partial<DueBatch> = {}): DueBatch => ({
  collection,
  due: DUE,
  now: DUE,
  after: null,
  limit: 100,
  ...over,
});

/** Goes through a collection to its end, in batches; answers all that became of it. */
export const goThrough = async (h: Harness, collection: PersonalCollection, limit = 100) => {
  let after: DuePosition | null = null;
  let counts = NO_COUNTS;
  do {
    const applied = await h.store().retention.apply(batch(collection, { after, limit }), () => changes([]));
    if (!applied.ok) throw new Error("a batch met a conflict");
    counts = addCounts(counts, applied.value.outcome.counts);
    after = applied.value.outcome.after;
  } while (after !== null);
  return counts;
};
