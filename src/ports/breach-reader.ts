import type { Breach } from "../domain/breaches/breach.ts";
import type { BreachId } from "../domain/shared/ids.ts";

/** The breach register. Rejects with StorageFailure only. */
export interface BreachReader {
  byId(id: BreachId): Promise<Breach | null>;
  /** Newest first, before `before`, at most `limit`. */
  list(before: BreachId | null, limit: number): Promise<readonly Breach[]>;
}
