import { auditEntry } from "../../domain/audit/audit-entry.ts";
import type { LogFaultKind } from "../../domain/audit/log-fault.ts";
import { newSignedReport } from "../../domain/audit/signed-report.ts";
import type { Json } from "../../domain/shared/canonical-json.ts";
import type { SignedReportId } from "../../domain/shared/ids.ts";
import { type LogVerification, verifyLog } from "../audit/verify-log.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Service } from "../compose.ts";
import type { Settings } from "../config.ts";
import type { Deps } from "../deps.ts";
import { notErased, unreadable } from "../restoration/drill-checks.ts";
import { factsOf, scratchBeside } from "./backup-target.ts";
import { chosen, folderOf, type Say } from "./backups.ts";
import { CommandRefused } from "./command-refused.ts";
import { bringUp, fill } from "./restore.ts";

interface Drilled {
  readonly backup: string;
  readonly passed: boolean;
  /** What would be lost if the database were lost now: since when there is no backup. */
  readonly rpo_seconds: number;
  /** From the backup to a database that could be opened. */
  readonly rto_seconds: number;
  readonly rows: number;
  readonly sealed_values: number;
  readonly unreadable_values: number;
  readonly told: number;
  readonly erased: number;
  readonly not_erased: number;
  /** What `audit verify` finds first in the restored audit log; null: it is whole. */
  readonly audit_fault: LogFaultKind | null;
  readonly audit_entries: number;
  /** Entries under the newest checkpoint that is in the backup. */
  readonly audit_signed: number;
}

/** As if there were no checkpoint outside the database. */
export const withoutOutside = (deps: Deps): Deps => ({
  ...deps,
  checkpointFile: { ...deps.checkpointFile, read: async () => null },
});

/**
 * The audit log against every checkpoint that is inside the backup. The one that is kept outside the database is left
 * out: it is of the real log, which has lawfully gone on since.
 */
const verifyRestored = (deps: Deps): Promise<LogVerification> =>
  verifyLog(withoutOutside(deps))({ from: null });

/** Signed evidence of a drill, its entry in the trail with it (GDPR Art. 32(1)(c), (d)). */
const report = async (deps: Deps, drilled: Drilled): Promise<SignedReportId> => {
  const now = deps.clock.now();
  const id = deps.ids.next<SignedReportId>();
  const document = await deps.documents.sign("report", {
    type: "drill",
    id,
    at: new Date(now).toISOString(),
    ...drilled,
  } as unknown as Json);
  await deps.unitOfWork.commit({
    expects: [],
    writes: [
      {
        op: "insert",
        into: "signed_reports",
        row: newSignedReport(id, "drill", document, now, deps.policies.retention),
      },
    ],
    audit: [
      auditEntry(
        "backup.drilled",
        id,
        { name: drilled.backup, passed: drilled.passed },
        await occasionOf(deps, SYSTEM_CALLER),
      ),
    ],
  });
  return id;
};

const secondsSince = (moment: number): number => Math.round(performance.now() - moment) / 1_000;

/**
 * `drill [NAME]`: restores a backup into a scratch database, does again what the ledger tells, looks whether everything
 * is there, opens, nobody came back and the audit log is whole, measures, and puts a signed report into the real database.
 */
export const drill = async (
  settings: Settings,
  service: Service,
  name: string | undefined,
  say: Say,
): Promise<void> => {
  await service.store.migrator.up();
  const folder = folderOf(settings, service.ledgerFiles);
  const manifest = await chosen(folder, name);
  const began = performance.now();
  const rpo = (service.deps.clock.now() - manifest.contents.created_at) / 1_000;
  const scratch = await scratchBeside(settings.database, "drill");
  try {
    await fill(scratch, folder, manifest, settings);
    const { counts } = await factsOf(scratch.database);
    const drilled = await bringUp(scratch, settings, async ({ deps }, caughtUp): Promise<Drilled> => {
      const rto = secondsSince(began);
      const { erased, left } = await notErased(deps);
      const sealed = await unreadable(deps);
      const log = await verifyRestored(deps);
      return {
        backup: manifest.contents.name,
        passed: left === 0 && sealed.unreadable === 0 && log.fault === null,
        rpo_seconds: Math.round(rpo),
        rto_seconds: rto,
        rows: Object.values(counts).reduce((sum, count) => sum + count, 0),
        sealed_values: sealed.values,
        unreadable_values: sealed.unreadable,
        told: caughtUp?.told ?? 0,
        erased,
        not_erased: left,
        audit_fault: log.fault?.kind ?? null,
        audit_entries: log.entries,
        audit_signed: log.size,
      };
    });
    const id = await report(service.deps, drilled);
    say(
      [
        `${drilled.backup}: ${drilled.passed ? "passed" : "FAILED"}`,
        `rows            ${drilled.rows}, as many as were backed up`,
        `encrypted       ${drilled.sealed_values} values, ${drilled.unreadable_values} do not open`,
        `ledger          ${drilled.told} facts done again; of ${drilled.erased + drilled.not_erased} erased people ${drilled.not_erased} came back`,
        `audit log       ${drilled.audit_fault === null ? `whole: ${drilled.audit_entries} entries, ${drilled.audit_signed} of them signed` : `NOT WHOLE (${drilled.audit_fault})`}`,
        `RPO             ${drilled.rpo_seconds} s since this backup`,
        `RTO             ${drilled.rto_seconds.toFixed(1)} s until it could be opened`,
        `report          ${id}`,
      ].join("\n"),
    );
    if (!drilled.passed) throw new CommandRefused("The drill failed: this backup is not what it must be.");
  } finally {
    await scratch.discard();
  }
};
