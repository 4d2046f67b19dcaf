import { auditEntry, SYSTEM } from "../../src/domain/audit/audit-entry.ts";
import type { SubjectStatus } from "../../src/domain/roles/subject.ts";
import type { AuditEntryId, SubjectId } from "../../src/domain/shared/ids.ts";
import { accepted, type TestService } from "./service.ts";

const become =
  (status: SubjectStatus) =>
  async ({ deps }: Pick<TestService, "deps">, id: string): Promise<void> => {
    const subject = await deps.readers.subjects.byId(id as SubjectId);
    if (subject === null) throw new Error("there is no such subject");
    const told = auditEntry(
      "role.changed",
      null,
      { from: subject.role, to: subject.role, new_subject: false },
      {
        now: deps.clock.now(),
        actor: SYSTEM,
        audit_id: deps.ids.next<AuditEntryId>(),
        retention: deps.policies.retention,
      },
    );
    accepted(
      await deps.unitOfWork.commit({
        expects: [],
        writes: [{ op: "update", in: "subjects", id: subject.id, version: subject.version, set: { status } }],
        audit: [told],
      }),
    );
  };

/** Brings a subject into a state by the store alone, without what else goes with it. */
export const restrictSubject = become("restricted");
export const eraseSubject = become("erased");
export const freeSubject = become("active");
