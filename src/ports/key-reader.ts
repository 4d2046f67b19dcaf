import type { StoredKey } from "../domain/personal-data/records.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** Wrapped keys. Rejects with StorageFailure only. */
export interface KeyReader {
  byId(id: string): Promise<StoredKey | null>;
  /** Keys whose id begins with these ASCII characters and goes on, in the order of their ids, at most `limit`. */
  startingWith(prefix: string, limit: number): Promise<readonly StoredKey[]>;
  /** Keys that must be destroyed by `now`, at most `limit`. */
  expired(now: Instant, limit: number): Promise<readonly StoredKey[]>;
}
