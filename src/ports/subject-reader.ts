import type { AdminsState } from "../domain/roles/change-role.ts";
import type { Subject } from "../domain/roles/subject.ts";
import type { SubjectId } from "../domain/shared/ids.ts";

/** Data subjects by pseudonym. Sees every commit that was answered. Rejects with StorageFailure only. */
export interface SubjectReader {
  /** Null: no such subject has ever been. An erased one is found, with status `erased`. */
  byId(id: SubjectId): Promise<Subject | null>;
  /** The active admins and the version of the guard `admins`, read in the order guard, then count. */
  admins(): Promise<AdminsState>;
  /** At most `limit` of the active admins, by id. */
  activeAdmins(limit: number): Promise<readonly Subject[]>;
}
