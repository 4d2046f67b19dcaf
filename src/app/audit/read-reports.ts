import { parseId, type SignedReportId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { requirePermission } from "../caller.ts";
import type { Deps } from "../deps.ts";
import { badCursor, pageOf } from "../paging.ts";

export const listReports =
  ({ readers }: Deps): Application["reports"]["list"] =>
  async (caller, kind, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const before = cursor === null ? null : parseId<SignedReportId>(cursor);
    if (cursor !== null && before === null) return badCursor();
    const rows = await readers.signedReports.list(kind, before, limit + 1);
    return ok(
      pageOf(
        rows,
        limit,
        (last) => last.id,
        (report) => report,
      ),
    );
  };

export const readReport =
  ({ readers }: Deps): Application["reports"]["read"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const report = await readers.signedReports.byId(id);
    return report === null ? err({ type: "not-found" }) : ok(report);
  };
