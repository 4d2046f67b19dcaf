import type { Collection, Records } from "../domain/personal-data/records.ts";

/** Whatever is stored, whosever it is: for what has to look at all of it. Rejects with StorageFailure only. */
export interface RecordReader {
  /**
   * The records of a collection after this key (null: from the first) in the order of the keys' bytes, at most `limit`.
   * Records that come and go during a walk may be met or not; one that is there all the time is met once.
   */
  walk<C extends Collection>(
    collection: C,
    after: string | null,
    limit: number,
  ): Promise<readonly Records[C][]>;
}
