import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes } from "../shared/changes.ts";
import { plusDays } from "../shared/instant.ts";
import { LOOK_AGAIN_DAYS } from "./due-records.ts";
import { isDue } from "./retention-period.ts";
import type { RetentionRun } from "./retention-run.ts";

/**
 * Whoever waits for an answer keeps her vault until she has it: it is what tells that she is who asks, what her copy is made
 * from, and where the answer goes (GDPR Art. 12(3), 15(3)). Null: no date of theirs has come.
 */
export const keepRequesters = (
  run: Pick<RetentionRun, "id" | "due">,
  subjects: readonly Subject[],
  occasion: Occasion,
): Changes | null => {
  const due = subjects.filter((subject) => isDue(subject, run.due));
  if (due.length === 0) return null;
  const set = { retention_until: plusDays(occasion.now, LOOK_AGAIN_DAYS), updated_at: occasion.now };
  return {
    expects: [],
    writes: due.map(({ id, version }) => ({ op: "update", in: "subjects", id, version, set }) as const),
    audit: [auditEntry("retention.deferred", run.id, { subjects: due.length }, occasion)],
  };
};
