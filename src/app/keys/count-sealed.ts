import {
  SEALED_COLLECTIONS,
  type SealedCollection,
  sealedValues,
} from "../../domain/personal-data/sealed-fields.ts";
import type { Deps } from "../deps.ts";
import { sealedPage } from "./sealed-page.ts";

const PAGE = 500;

export type SealedCounts = Readonly<Record<SealedCollection, number>>;

export const noCounts = (): Record<SealedCollection, number> =>
  Object.fromEntries(SEALED_COLLECTIONS.map((collection) => [collection, 0])) as Record<
    SealedCollection,
    number
  >;

/** How many encrypted values stand under which key; `null`: what is no encrypted value at all. Changes nothing. */
export const countSealed = async ({
  readers,
  sealer,
}: Pick<Deps, "sealer"> & { readonly readers: Pick<Deps["readers"], "sealedFields"> }): Promise<
  ReadonlyMap<string | null, SealedCounts>
> => {
  const byKey = new Map<string | null, Record<SealedCollection, number>>();
  for (const collection of SEALED_COLLECTIONS) {
    for (let after: string | null = null; ; ) {
      const { records, next }: Awaited<ReturnType<typeof sealedPage>> = await sealedPage(
        readers.sealedFields,
        collection,
        after,
        PAGE,
      );
      for (const { sealed } of records.flatMap(sealedValues)) {
        const key = sealer.keyIdOf(sealed);
        const counts = byKey.get(key) ?? noCounts();
        counts[collection] += 1;
        byKey.set(key, counts);
      }
      if (next === null) break;
      after = next;
    }
  }
  return byKey;
};
