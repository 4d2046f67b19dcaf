import { SIGNED_REPORT_KINDS } from "../../domain/audit/signed-report.ts";
import { type ProcessingRecord, processingRecord } from "../../domain/processing-record/processing-record.ts";
import { ok, type Result } from "../../domain/shared/result.ts";
import { type Caller, requirePermission } from "../caller.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { allWebhooks } from "../recipients/known-recipients.ts";

/** The record as it is right now: nobody keeps it by hand, so it is never out of date. */
export const readProcessingRecord =
  ({ readers, clock, policies }: Deps) =>
  async (caller: Caller): Promise<Result<ProcessingRecord, AppError>> => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const [webhooks, reports] = await Promise.all([
      allWebhooks(readers.webhooks),
      Promise.all(SIGNED_REPORT_KINDS.map((kind) => readers.signedReports.list(kind, null, 1))),
    ]);
    return ok(
      processingRecord({
        now: clock.now(),
        controller: policies.controller,
        webhooks,
        processors: policies.processors,
        retention: policies.retention,
        anonymizationDelayDays: policies.anonymizationDelayDays,
        sessionHours: policies.sessionHours,
        overTls: policies.publicUrl.startsWith("https:"),
        lastRuns: reports.flat().map(({ kind, id, created_at }) => ({ kind, report: id, at: created_at })),
      }),
    );
  };
