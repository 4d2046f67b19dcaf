import type { Identity, IdentityKind } from "../domain/personal-data/identity.ts";
import type { KeyedHash, SubjectId } from "../domain/shared/ids.ts";

/** The identity vault, still sealed. Rejects with StorageFailure only. */
export interface IdentityReader {
  /** Whose address or external id has this blind index; null: nobody's. */
  find(kind: Exclude<IdentityKind, "name">, blindIndex: KeyedHash): Promise<Identity | null>;
  /** All lines of one subject: at most one a kind, in no promised order. */
  ofSubject(subject: SubjectId): Promise<readonly Identity[]>;
  /** The name lines of up to 2,000 subjects, in no promised order; subjects without one are left out. */
  namesOf(subjects: readonly SubjectId[]): Promise<readonly Identity[]>;
  /** Lines for up to 500 blind indexes, in no promised order (imports). */
  findMany(
    kind: Exclude<IdentityKind, "name">,
    blindIndexes: readonly KeyedHash[],
  ): Promise<readonly Identity[]>;
}
