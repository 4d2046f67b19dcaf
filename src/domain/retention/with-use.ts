import type { Occasion } from "../audit/audit-entry.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes, Write } from "../shared/changes.ts";
import { DAY } from "../shared/instant.ts";
import { retentionUntil } from "./retention-period.ts";

/**
 * What a person does here starts the period of her user data anew (GDPR Art. 5(1)(e)): kept for so long after the last
 * use. It is written with what is stored anyway, at most once a day, so that it costs nothing on its own. The subject is
 * guarded by the write as she was by being expected.
 */
export const withUse = (
  changes: Changes,
  subject: Pick<Subject, "id" | "version" | "retention_until">,
  { now, retention }: Pick<Occasion, "now" | "retention">,
): Changes => {
  const retention_until = retentionUntil("user_data", now, retention);
  if (subject.retention_until === null || retention_until - subject.retention_until < DAY) return changes;
  const { id, version } = subject;
  const isHers = (write: Write): write is Extract<Write, { op: "update"; in: "subjects" }> =>
    write.op === "update" && write.in === "subjects" && write.id === id;
  const use: Write = { op: "update", in: "subjects", id, version, set: { retention_until, updated_at: now } };
  return {
    ...changes,
    expects: changes.expects.filter((each) => each.in !== "subjects" || each.id !== id),
    writes: changes.writes.some(isHers)
      ? changes.writes.map((write) =>
          isHers(write) ? { ...write, set: { ...write.set, retention_until } } : write,
        )
      : [use, ...changes.writes],
  };
};
