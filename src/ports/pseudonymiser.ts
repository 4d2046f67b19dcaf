import type { PseudonymKind } from "../domain/anonymization/pseudonym.ts";
import type { KeyedHash } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

/**
 * Keyed hashes of people's traces, each kind under random keys that rotate and are destroyed (domain
 * `PSEUDONYM_KEYS`). The same value hashes alike within a period and can be joined over none.
 */
export interface Pseudonymiser {
  /** `value` in canonical form. Rejects with StorageFailure when the period's key cannot be read or made. */
  hash(kind: PseudonymKind, value: string, now: Instant): Promise<KeyedHash>;
}
