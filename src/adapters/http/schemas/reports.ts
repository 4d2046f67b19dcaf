import { t } from "elysia";
import { SIGNED_REPORT_KINDS, type SignedReport } from "../../../domain/audit/signed-report.ts";
import { named, oneOf, page, record, time, uuid } from "./kinds.ts";
import { timeText } from "./times.ts";

export const ReportKind = named(
  "ReportKind",
  oneOf(SIGNED_REPORT_KINDS, {
    description:
      "`erasure`: the certificate that a person was erased and looked for; `retention`: what a run took; `drill` and `restore`: how a backup came back",
  }),
);

export const SignedReportView = named(
  "SignedReport",
  record({
    id: uuid(),
    kind: ReportKind,
    created_at: time(),
    document: t.String({
      description:
        "The signed report (compact JWS, keys at /.well-known/jwks.json): counts, dates and grounds",
    }),
  }),
);

export const SignedReportPage = page("SignedReportPage", SignedReportView);

export const reportBody = ({ id, kind, created_at, document }: SignedReport) => ({
  id,
  kind,
  created_at: timeText(created_at),
  document,
});
