import type { Subject } from "../../domain/roles/subject.ts";
import type { Write } from "../../domain/shared/changes.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { StepContext } from "./step.ts";

/** The record that stands for nobody: without a time, which would join it to the erasure that made it. */
const nobody = (id: SubjectId): Subject => ({
  id,
  created_at: 0 as Instant,
  updated_at: 0 as Instant,
  version: 1,
  consent_given: false,
  consent_timestamp: null,
  retention_until: null,
  anonymized: true,
  role: "anonymous",
  status: "erased",
  sessions_valid_from: null,
});

/** The fresh subject under which what stays goes on, made with the first record that needs it. */
export const withNobody = async (
  { deps }: StepContext,
  id: SubjectId,
  writes: readonly Write[],
): Promise<readonly Write[]> =>
  writes.length === 0 || (await deps.readers.subjects.byId(id)) !== null
    ? writes
    : [{ op: "insert", into: "subjects", row: nobody(id) }, ...writes];
