import type { Subject } from "../roles/subject.ts";
import { newGdprRecord } from "../shared/gdpr-record.ts";
import type { SubjectId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";

/**
 * Whose the empty place-holders are that retention leaves: one id for all of them, so that no two can be joined by it,
 * and nobody's, so that nothing leads from it to a person (GDPR recital 26).
 */
export const NOBODY = "00000000-0000-4000-8000-000000000000" as SubjectId;

export const nobody = (now: Instant): Subject => ({
  ...newGdprRecord(NOBODY, now, null),
  anonymized: true,
  role: "anonymous",
  status: "erased",
  sessions_valid_from: null,
});
