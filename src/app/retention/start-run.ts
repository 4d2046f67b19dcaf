import { type RetentionRun, type RetentionTrigger, startRun } from "../../domain/retention/retention-run.ts";
import type { RetentionRunId } from "../../domain/shared/ids.ts";
import { HOUR } from "../../domain/shared/instant.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { type Caller, requirePermission, SYSTEM_CALLER } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { runView } from "./run-view.ts";

const start = <T>(
  deps: Deps,
  caller: Caller,
  wanted: { readonly dry_run: boolean; readonly trigger: RetentionTrigger },
  answer: (run: RetentionRun) => T,
): Promise<Result<T, AppError>> =>
  decideAndCommit(deps, caller, async () => {
    if ((await deps.readers.retentionRuns.running()) !== null)
      return err({ type: "retention-run-under-way" });
    const occasion = await occasionOf(deps, caller);
    const { run, changes } = startRun(deps.ids.next<RetentionRunId>(), wanted, occasion);
    return ok({ changes, value: answer(run) });
  });

/** Starts a run that goes on in the background. */
export const startRetentionRun =
  (deps: Deps, runner: { wake(): void }): Application["retention"]["start"] =>
  async (caller, { dry_run }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const started = await start(deps, caller, { dry_run, trigger: "admin" }, (run) => runView(run, null));
    if (started.ok) runner.wake();
    return started;
  };

/** The same from the command line. */
export const startRetentionByCommand = (deps: Deps, dry_run: boolean) =>
  start(deps, SYSTEM_CALLER, { dry_run, trigger: "cli" }, (run) => run);

/** How far apart two nightly runs are at least: the clocks of instances differ. */
const NIGHTS_APART = 12 * HOUR;

/** Every instance asks for it at the same time of day, and one of them starts it. Answers whether this one did. */
export const startNightlyRun = async (deps: Deps): Promise<boolean> => {
  const [newest] = await deps.readers.retentionRuns.list(null, 1);
  const recent = newest?.trigger === "schedule" && deps.clock.now() - newest.created_at < NIGHTS_APART;
  if (recent) return false;
  return (await start(deps, SYSTEM_CALLER, { dry_run: false, trigger: "schedule" }, () => null)).ok;
};
