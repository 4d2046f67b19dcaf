import type { Records } from "../domain/personal-data/records.ts";
import type { SealedCollection } from "../domain/personal-data/sealed-fields.ts";

/** Whatever holds encrypted values, still sealed. Rejects with StorageFailure only. */
export interface SealedFieldReader {
  /**
   * The records of a collection after this key (null: from the first) in the order of the keys' bytes, at most `limit`.
   * Records that come and go during a walk may be met or not; one that is there all the time is met once.
   */
  walk<C extends SealedCollection>(
    collection: C,
    after: string | null,
    limit: number,
  ): Promise<readonly Records[C][]>;
}
