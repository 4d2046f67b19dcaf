import { t } from "elysia";
import { parseId, type SignedReportId } from "../../../domain/shared/ids.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";
import { ReportKind, reportBody, SignedReportPage, SignedReportView } from "../schemas/reports.ts";

const PATH = "/v1/admin/reports";

export const adminReportRoutes = ({ application: { reports } }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: PATH,
    operationId: "listReports",
    tag: "administration",
    summary: "Signed reports of one kind, newest first",
    description:
      "Evidence for whoever asks (GDPR Art. 5(2)): certificates of erasure, retention runs, drills and restores. Nobody's data is in them.",
    permission: ["system:administer"],
    query: t.Object({ kind: ReportKind, ...PAGE_QUERY }),
    success: { status: 200, description: "A page of reports", schema: SignedReportPage },
    problems: [],
    handle: async ({ caller, query: { kind, ...query } }) => {
      const found = await reports.list(caller, kind, pageRequest(query));
      if (!found.ok) return found;
      const { items, next_cursor } = found.value;
      return ok(json({ items: items.map(reportBody), next_cursor }));
    },
  }),
  route({
    method: "GET",
    path: `${PATH}/:id`,
    operationId: "readReport",
    tag: "administration",
    summary: "A signed report",
    permission: ["system:administer"],
    params: { id: uuid() },
    success: { status: 200, description: "The report", schema: SignedReportView },
    problems: ["not-found"],
    handle: async ({ caller, params: { id } }) => {
      const report = parseId<SignedReportId>(id);
      if (report === null) return err({ type: "not-found" });
      const found = await reports.read(caller, report);
      return found.ok ? ok(json(reportBody(found.value))) : found;
    },
  }),
];
