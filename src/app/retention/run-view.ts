import { progressOf, type RetentionRun } from "../../domain/retention/retention-run.ts";
import type { RetentionRunView } from "../application.ts";
import type { Deps } from "../deps.ts";

export const runView = (run: RetentionRun, report: string | null): RetentionRunView => ({
  id: run.id,
  dry_run: run.dry_run,
  trigger: run.trigger,
  status: run.running === null ? "finished" : "running",
  due: run.due,
  started_at: run.created_at,
  finished_at: run.finished_at,
  resumed: run.resumed,
  collections: progressOf(run).counts,
  trail: progressOf(run).trail?.counts ?? null,
  report,
});

/** With its signed report, where it has come to its end. */
export const reportedRun = async (
  { readers }: Pick<Deps, "readers">,
  run: RetentionRun,
): Promise<RetentionRunView> => {
  const report = run.report_id === null ? null : await readers.signedReports.byId(run.report_id);
  return runView(run, report?.document ?? null);
};
