import { SEALED_COLLECTIONS, sealedValues } from "../../domain/personal-data/sealed-fields.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { Sealed, SubjectId } from "../../domain/shared/ids.ts";
import { SealBroken, type Sealer } from "../../ports/secrets.ts";
import type { Deps } from "../deps.ts";
import { type SealedPage, sealedPage } from "../keys/sealed-page.ts";

const PAGE = 1_000;

/**
 * People whom the ledger calls erased and who are still somebody here: none, after a replay. A legal hold keeps a person
 * restricted until it ends; she is not counted.
 */
export const notErased = async (deps: Deps): Promise<{ readonly erased: number; readonly left: number }> => {
  const gone = new Set(
    (await deps.ledger.after(null))
      .filter(({ kind }) => kind === "erasure")
      .map(({ pseudonym }) => pseudonym),
  );
  const pseudonymOf = await deps.ledger.pseudonyms();
  let [erased, left] = [0, 0];
  let after: SubjectId | null = null;
  for (;;) {
    const page: readonly Subject[] = await deps.readers.records.walk("subjects", after, PAGE);
    for (const { id, status } of page) {
      if (!gone.has(pseudonymOf(id))) continue;
      if (status === "erased") erased += 1;
      else if (status === "active") left += 1;
    }
    after = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return { erased, left };
  }
};

/** Encrypted values, and how many of them SECRET_KEY does not open: then the key that was kept apart is another one. */
export const unreadable = async (
  deps: Deps,
): Promise<{ readonly values: number; readonly unreadable: number }> => {
  let [values, broken] = [0, 0];
  for (const collection of SEALED_COLLECTIONS) {
    for (let after: string | null = null; ; ) {
      const page: SealedPage = await sealedPage(deps.readers.sealedFields, collection, after, PAGE);
      for (const { sealed, context } of page.records.flatMap(sealedValues)) {
        values += 1;
        if (!opens(deps.sealer, sealed, context)) broken += 1;
      }
      if (page.next === null) break;
      after = page.next;
    }
  }
  return { values, unreadable: broken };
};

const opens = (sealer: Sealer, sealed: Sealed, context: string): boolean => {
  try {
    sealer.open(sealed, context);
    return true;
  } catch (failure) {
    if (failure instanceof SealBroken) return false;
    throw failure;
  }
};
