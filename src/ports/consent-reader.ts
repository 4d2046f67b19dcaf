import type { CheckBasis } from "../domain/consent/check-consent.ts";
import type { ConsentRecord } from "../domain/consent/consent.ts";
import type { ConsentId, SubjectId } from "../domain/shared/ids.ts";

/** Consent records. Sees every commit that was answered. Rejects with StorageFailure only. */
export interface ConsentReader {
  /** The record with the highest sequence, which alone carries what stands; null: she never decided. */
  latest(subject: SubjectId): Promise<ConsentRecord | null>;
  /** What a check rests on, read at one moment and in one question; who was never here is as who never decided. */
  basis(subject: SubjectId): Promise<CheckBasis>;
  byId(id: ConsentId): Promise<ConsentRecord | null>;
  /** Newest first, sequences below `before` (null: from the newest), at most `limit`. */
  history(subject: SubjectId, before: number | null, limit: number): Promise<readonly ConsentRecord[]>;
}
