import { type RetentionPeriods, retentionUntil } from "../retention/retention-period.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { SubjectId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import type { UserRole } from "./role.ts";

/** `restricted`: her data are only stored (GDPR Art. 18). `erased`: the id is kept so that it is never given again. */
export type SubjectStatus = "active" | "restricted" | "erased";

/** A data subject, known here by nothing but a pseudonym. Who she is stands in the identity vault alone. */
export interface Subject extends GdprRecord<SubjectId> {
  readonly role: UserRole;
  readonly status: SubjectStatus;
  /** Sessions made before this moment are over: signing out everywhere is one write. Null: never done. */
  readonly sessions_valid_from: Instant | null;
}

export const newSubject = (
  id: SubjectId,
  role: UserRole,
  now: Instant,
  periods: RetentionPeriods,
): Subject => ({
  ...newGdprRecord(id, now, retentionUntil("user_data", now, periods)),
  role,
  status: "active",
  sessions_valid_from: null,
});
