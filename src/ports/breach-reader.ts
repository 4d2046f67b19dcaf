import type { Breach } from "../domain/breaches/breach.ts";
import type { BreachId } from "../domain/shared/ids.ts";

/** The breach register. Rejects with StorageFailure only. */
export interface BreachReader {
  byId(id: BreachId): Promise<Breach | null>;
  /** Those with something still to be judged or told (`isOpen`), the one known for longest first, at most `limit`. */
  open(limit: number): Promise<readonly Breach[]>;
  /** Newest first, before `before`, at most `limit`. */
  list(before: BreachId | null, limit: number): Promise<readonly Breach[]>;
}
