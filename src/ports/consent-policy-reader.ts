import type { ConsentPolicy } from "../domain/consent/consent-policy.ts";

/** Consent policies. Rejects with StorageFailure only. */
export interface ConsentPolicyReader {
  /** The published policy with the highest version; null before the first publication. */
  current(): Promise<ConsentPolicy | null>;
  /** Draft or published. */
  byVersion(version: number): Promise<ConsentPolicy | null>;
  /** Drafts and published ones, newest first, versions below `before` (null: from the newest), at most `limit`. */
  list(before: number | null, limit: number): Promise<readonly ConsentPolicy[]>;
}
