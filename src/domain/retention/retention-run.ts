import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { newSignedReport } from "../audit/signed-report.ts";
import { CATALOGUE } from "../personal-data/catalogue.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import type { Changes, Settable } from "../shared/changes.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { CanonicalJson, RetentionRunId, SignedReportId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import { type DueCounts, type DuePosition, type PersonalCollection, RUN_COLLECTIONS } from "./due-records.ts";
import { addCounts, NO_COUNTS } from "./due-tally.ts";
import { retentionUntil } from "./retention-period.ts";
import { prunedOn, type TrailPage, type TrailPruning, unpruned } from "./trail-pruning.ts";

export type RetentionTrigger = "schedule" | "admin" | "cli";

/**
 * One run through everything whose period is over. What it did is written with what went, in one commit each time: a run
 * that is interrupted goes on where it stood, and its counts are what is gone.
 */
export interface RetentionRun extends GdprRecord<RetentionRunId> {
  /** Counts only, and changes nothing. */
  readonly dry_run: boolean;
  readonly trigger: RetentionTrigger;
  /** Records are due whose period was over at this moment: it stays the same however long the run takes. */
  readonly due: Instant;
  /** Unique, so that there is never a second one; null once it has come to its end. */
  readonly running: "running" | null;
  /** How often another runner went on with it. */
  readonly resumed: number;
  readonly finished_at: Instant | null;
  /** JSON of RetentionProgress. */
  readonly progress: CanonicalJson;
  readonly report_id: SignedReportId | null;
}

/** What has been done, and where the next batch begins. */
export interface RetentionProgress {
  /** Collections gone through, or begun. */
  readonly counts: Readonly<Partial<Record<PersonalCollection, DueCounts>>>;
  /** Null once every collection has been gone through. */
  readonly next: {
    readonly collection: PersonalCollection;
    readonly after: DuePosition | null;
    /** Records that were being changed in this pass: another one comes back for them. */
    readonly busy: number;
    /** Place-holders made or cleared in this pass: now another one may have nothing to keep a place for. */
    readonly moved: number;
    readonly pass: number;
  } | null;
  /** Comes after the collections. Null in a rehearsal: to count what is due there, every entry would have to be read. */
  readonly trail: TrailPruning | null;
}

/** Whoever keeps changing a record through so many passes leaves it to the next run. */
const PASSES = 3;

const at = (index: number): RetentionProgress["next"] => {
  const collection = RUN_COLLECTIONS[index];
  return collection === undefined ? null : { collection, after: null, busy: 0, moved: 0, pass: 1 };
};

/** Runs that are older than the pruning of the trail do not speak of it. */
export const progressOf = (run: RetentionRun): RetentionProgress => ({
  trail: null,
  ...(JSON.parse(run.progress) as Omit<RetentionProgress, "trail">),
});

const written = (progress: RetentionProgress): CanonicalJson => canonicalJson(progress as unknown as Json);

const update = (
  run: RetentionRun,
  set: Settable<"retention_runs">,
): { readonly run: RetentionRun; readonly write: Changes["writes"][number] } => ({
  run: { ...run, ...set, version: run.version + 1 },
  write: { op: "update", in: "retention_runs", id: run.id, version: run.version, set },
});

export interface RunChanged {
  readonly run: RetentionRun;
  readonly changes: Changes;
}

export const startRun = (
  id: RetentionRunId,
  { dry_run, trigger }: Pick<RetentionRun, "dry_run" | "trigger">,
  occasion: Occasion,
): RunChanged => {
  const run: RetentionRun = {
    ...newGdprRecord(id, occasion.now, retentionUntil("audit_trail", occasion.now, occasion.retention)),
    dry_run,
    trigger,
    due: occasion.now,
    running: "running",
    resumed: 0,
    finished_at: null,
    progress: written({ counts: {}, next: at(0), trail: dry_run ? null : unpruned(occasion.retention) }),
    report_id: null,
  };
  return {
    run,
    changes: {
      expects: [],
      writes: [{ op: "insert", into: "retention_runs", row: run }],
      audit: [auditEntry("retention.started", id, { dry_run, trigger }, occasion)],
    },
  };
};

/** Another runner goes on with it. */
export const resumeRun = (run: RetentionRun, occasion: Occasion): RunChanged => {
  const resumed = run.resumed + 1;
  const { run: after, write } = update(run, { resumed, updated_at: occasion.now });
  return {
    run: after,
    changes: {
      expects: [],
      writes: [write],
      audit: [auditEntry("retention.resumed", run.id, { resumed }, occasion)],
    },
  };
};

/** What became of a batch, and where the next one begins; null: the pass is over. */
interface Batch {
  readonly counts: DueCounts;
  readonly busy: number;
  readonly after: DuePosition | null;
}

/** What stays is counted anew in each pass; what went is gone once. */
const withoutKept = (counts: DueCounts): DueCounts => ({ ...counts, kept: NO_COUNTS.kept });

const nextAfter = (
  { collection, pass, ...before }: NonNullable<RetentionProgress["next"]>,
  { counts, ...outcome }: Batch,
): RetentionProgress["next"] => {
  const busy = before.busy + outcome.busy;
  const moved = before.moved + (CATALOGUE[collection].due === "blank" ? counts.blanked + counts.cleared : 0);
  if (outcome.after !== null) return { collection, after: outcome.after, busy, moved, pass };
  // A place-holder goes after its replies, a thread from its ends: every pass clears one at least, so they come to an end.
  if (moved > 0 || (busy > 0 && pass < PASSES))
    return { collection, after: null, busy: 0, moved: 0, pass: pass + 1 };
  return at(RUN_COLLECTIONS.indexOf(collection) + 1);
};

/** Writes what a batch did. Rests on the run being where it was: a runner that lost its lease meets a conflict. */
export const recordBatch = (run: RetentionRun, outcome: Batch, occasion: Occasion): RunChanged => {
  const { counts, next, trail } = progressOf(run);
  if (next === null) throw new RangeError("this run has gone through everything");
  const { collection, pass, after } = next;
  const before = counts[collection] ?? NO_COUNTS;
  const sum = addCounts(pass > 1 && after === null ? withoutKept(before) : before, outcome.counts);
  const progress = {
    counts: { ...counts, [collection]: sum },
    // A rehearsal changes nothing, so another pass would find the same.
    next: run.dry_run ? at(RUN_COLLECTIONS.indexOf(collection) + 1) : nextAfter(next, outcome),
    trail,
  };
  const { run: moved, write } = update(run, { progress: written(progress), updated_at: occasion.now });
  const { deleted, blanked, cleared, alongside } = outcome.counts;
  const told = { collection, deleted, blanked, cleared, alongside };
  return {
    run: moved,
    changes: {
      expects: [],
      writes: [write],
      audit: [
        run.dry_run
          ? auditEntry("retention.rehearsed", run.id, told, occasion)
          : auditEntry("retention.applied", run.id, told, occasion),
      ],
    },
  };
};

/** Writes what was blanked in the audit trail. Entries were stored before: told twice, it counts once. */
export const recordPruning = (run: RetentionRun, page: TrailPage, occasion: Occasion): RunChanged => {
  const { trail, ...rest } = progressOf(run);
  if (trail === null || trail.next === null) throw new RangeError("this run has gone through the trail");
  const { part } = trail.next;
  const progress = { ...rest, trail: prunedOn(trail, trail.next, page) };
  const { run: moved, write } = update(run, { progress: written(progress), updated_at: occasion.now });
  const { pruned, held } = page;
  return {
    run: moved,
    changes: {
      expects: [],
      writes: [write],
      audit: [auditEntry("retention.pruned", run.id, { part, pruned, held }, occasion)],
    },
  };
};

/** What the signed report says: counts and moments, and nobody's data. */
export const runReport = (run: RetentionRun, finishedAt: Instant): Json => {
  const { counts, trail } = progressOf(run);
  return {
    run: run.id,
    dry_run: run.dry_run,
    trigger: run.trigger,
    due: run.due,
    started_at: run.created_at,
    finished_at: finishedAt,
    resumed: run.resumed,
    collections: counts as unknown as Json,
    trail: trail === null ? "not_counted" : (trail.counts as unknown as Json),
  };
};

export const finishRun = (
  run: RetentionRun,
  report: { readonly id: SignedReportId; readonly document: string },
  occasion: Occasion,
): RunChanged => {
  const { run: finished, write } = update(run, {
    running: null,
    finished_at: occasion.now,
    updated_at: occasion.now,
    report_id: report.id,
  });
  const sums = Object.values(progressOf(run).counts).reduce(addCounts, NO_COUNTS);
  return {
    run: finished,
    changes: {
      expects: [],
      writes: [
        write,
        {
          op: "insert",
          into: "signed_reports",
          row: newSignedReport(report.id, "retention", report.document, occasion.now, occasion.retention),
        },
      ],
      audit: [
        auditEntry(
          "retention.finished",
          run.id,
          {
            dry_run: run.dry_run,
            report: report.id,
            deleted: sums.deleted + sums.cleared + sums.alongside,
            blanked: sums.blanked,
            resumed: run.resumed,
          },
          occasion,
        ),
      ],
    },
  };
};
