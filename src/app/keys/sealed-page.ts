import {
  keyOfSealed,
  type SealedCollection,
  type SealedRecord,
} from "../../domain/personal-data/sealed-fields.ts";
import type { SealedFieldReader } from "../../ports/sealed-field-reader.ts";

export interface SealedPage {
  readonly records: readonly SealedRecord[];
  /** Where the next page goes on; null after a page that is not full: what comes later is for the next walk. */
  readonly next: string | null;
}

/** The next records of a collection that holds encrypted values. */
export const sealedPage = async (
  reader: SealedFieldReader,
  collection: SealedCollection,
  after: string | null,
  limit: number,
): Promise<SealedPage> => {
  const rows = await reader.walk(collection, after, limit);
  const records = rows.map((row) => ({ collection, row }) as SealedRecord);
  const last = records.at(-1);
  return { records, next: last === undefined || records.length < limit ? null : keyOfSealed(last) };
};
