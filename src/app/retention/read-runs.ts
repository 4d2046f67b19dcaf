import { parseId, type RetentionRunId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { requirePermission } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";
import { reportedRun } from "./run-view.ts";

export const listRetentionRuns =
  (deps: Deps): Application["retention"]["runs"] =>
  async (caller, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const before = cursor === null ? null : parseId<RetentionRunId>(cursor);
    if (cursor !== null && before === null) return badCursor();
    const rows = await deps.readers.retentionRuns.list(before, limit + 1);
    const { items, next_cursor } = pageOf(
      rows,
      limit,
      (last) => last.id,
      (run) => run,
    );
    return ok({ items: await Promise.all(items.map((run) => reportedRun(deps, run))), next_cursor });
  };

export const readRetentionRun =
  (deps: Deps): Application["retention"]["run"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const run = await deps.readers.retentionRuns.byId(id);
    return run === null ? err({ type: "not-found" }) : ok(await reportedRun(deps, run));
  };
