import type { Occasion } from "../../domain/audit/audit-entry.ts";
import { BATCH_FIRST, nextBatchSize } from "../../domain/retention/due-records.ts";
import { addCounts, NO_COUNTS } from "../../domain/retention/due-tally.ts";
import {
  finishRun,
  progressOf,
  type RetentionRun,
  recordBatch,
  recordPruning,
  resumeRun,
  runReport,
} from "../../domain/retention/retention-run.ts";
import type { AuditEntryId, SignedReportId } from "../../domain/shared/ids.ts";
import type { Leases } from "../../ports/leases.ts";
import type { RetentionStore } from "../../ports/retention-store.ts";
import { StorageFailure } from "../../ports/unit-of-work.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { keepRequesters } from "./keep-requesters.ts";
import { pruneTrail } from "./prune-trail.ts";

/** One runner among many instances: the others find the lease taken. */
export const RETENTION_LEASE = "retention";
const LEASE_MS = 30_000;
const RENEW_MS = 5_000;

/** A rehearsal reads only, so its pages may be larger than what is locked. */
const REHEARSED = 500;

const PATIENCE_MS = [100, 500, 2_000, 5_000];

export type RunDeps = Deps & { readonly retention: RetentionStore; readonly leases: Leases };

export interface RunnerOptions {
  /** Who holds the lease: different for every runner. */
  readonly holder: string;
  readonly onProgress?: (run: RetentionRun) => void;
  /** How long others may have waited for a batch, in milliseconds. */
  readonly onBatch?: (milliseconds: number) => void;
  /** True: the run is left where it stands, for the next runner. */
  readonly stopped?: () => boolean;
}

/** The run is somebody else's by now. */
class RunLost extends Error {
  override readonly name = "RunLost";
}

/**
 * Goes on with the run that has not come to its end, if there is one that nobody works on. Answers it when it is
 * finished; null when there is none, when another has it, or when it was stopped. Rejects with StorageFailure when the
 * store stays away; the run then waits for the next runner.
 */
export const continueRun = async (
  deps: RunDeps,
  { holder, onProgress, onBatch, stopped = () => false }: RunnerOptions,
): Promise<RetentionRun | null> => {
  const { readers, unitOfWork, retention, leases, ids, clock } = deps;
  if ((await readers.retentionRuns.running()) === null) return null;
  if (!(await leases.take(RETENTION_LEASE, holder, LEASE_MS))) return null;
  let renewed = performance.now();

  const occasions = await occasionOf(deps, SYSTEM_CALLER);
  const occasion = (): Occasion => ({ ...occasions, now: clock.now(), audit_id: ids.next<AuditEntryId>() });
  const still = async (): Promise<void> => {
    if (performance.now() - renewed < RENEW_MS) return;
    if (!(await leases.take(RETENTION_LEASE, holder, LEASE_MS))) throw new RunLost();
    renewed = performance.now();
  };

  const goesOn = async (): Promise<boolean> => {
    await still();
    return !stopped();
  };

  let size = BATCH_FIRST;
  let keptRequesters = false;

  /** One batch and what tells of it. Null: the run was not where it was thought to be. */
  const apply = async (run: RetentionRun): Promise<RetentionRun | null> => {
    const { next } = progressOf(run);
    if (next === null) return run;
    if (next.collection === "subjects" && !keptRequesters) {
      if (!(await keepRequesters(deps, run, goesOn))) return run;
      keptRequesters = true;
    }
    const now = occasion();
    let moved = run;
    const applied = await retention.apply(
      { collection: next.collection, due: run.due, now: now.now, after: next.after, limit: size },
      (outcome) => {
        const told = recordBatch(run, outcome, now);
        moved = told.run;
        return told.changes;
      },
    );
    if (!applied.ok) return null;
    const { outcome, milliseconds } = applied.value;
    onBatch?.(milliseconds);
    const { deleted, blanked, cleared, alongside } = outcome.counts;
    size = nextBatchSize(size, deleted + blanked + cleared + alongside, milliseconds);
    return moved;
  };

  /** Rehearses the rest of a collection; only its end is written. */
  const rehearse = async (run: RetentionRun): Promise<RetentionRun | null> => {
    const { next } = progressOf(run);
    if (next === null) return run;
    const { collection } = next;
    let counts = NO_COUNTS;
    let after = next.after;
    do {
      if (stopped()) return run;
      await still();
      const batch = { collection, due: run.due, now: clock.now(), after, limit: REHEARSED };
      const { outcome } = await retention.rehearse(batch);
      counts = addCounts(counts, outcome.counts);
      after = outcome.after;
      await Bun.sleep(0);
    } while (after !== null);
    const told = recordBatch(run, { counts, busy: 0, after: null }, occasion());
    return (await unitOfWork.commit(told.changes)).ok ? told.run : null;
  };

  const prune = async (run: RetentionRun): Promise<RetentionRun | null> => {
    const next = progressOf(run).trail?.next ?? null;
    if (next === null) return run;
    const page = await pruneTrail(deps, next, run.created_at, goesOn);
    if (page === null) return run;
    const told = recordPruning(run, page, occasion());
    return (await unitOfWork.commit(told.changes)).ok ? told.run : null;
  };

  const finish = async (run: RetentionRun): Promise<RetentionRun | null> => {
    const now = occasion();
    const document = await deps.documents.sign("report", runReport(run, now.now));
    const finished = finishRun(run, { id: ids.next<SignedReportId>(), document }, now);
    return (await unitOfWork.commit(finished.changes)).ok ? finished.run : null;
  };

  const begin = async (): Promise<RetentionRun | null> => {
    const run = await readers.retentionRuns.running();
    // A run at version 1 has been started and nothing else.
    if (run === null || run.version === 1) return run;
    const resumed = resumeRun(run, occasion());
    if (!(await unitOfWork.commit(resumed.changes)).ok) throw new RunLost();
    return resumed.run;
  };

  /** After a failure or a conflict: what is stored says how far the run is. */
  const reread = async (run: RetentionRun): Promise<RetentionRun> => {
    if (!(await leases.take(RETENTION_LEASE, holder, LEASE_MS))) throw new RunLost();
    const stored = await readers.retentionRuns.byId(run.id);
    if (stored === null || stored.running === null) throw new RunLost();
    return stored;
  };

  const workOn = (run: RetentionRun) => {
    const { next, trail } = progressOf(run);
    if (next !== null) return run.dry_run ? rehearse : apply;
    return trail === null || trail.next === null ? finish : prune;
  };

  const step = async (run: RetentionRun): Promise<RetentionRun> => {
    for (let failures = 0; ; failures += 1) {
      const pause = PATIENCE_MS[failures];
      try {
        const moved = await workOn(run)(run);
        if (moved !== null) return moved;
        if (pause === undefined) throw new RunLost();
      } catch (failure) {
        if (!(failure instanceof StorageFailure) || failure.kind === "closed" || pause === undefined)
          throw failure;
        await Bun.sleep(pause);
      }
      const stored = await reread(run);
      if (stored.version !== run.version) return stored;
    }
  };

  try {
    let run = await begin();
    while (run !== null && run.running !== null) {
      if (stopped()) return null;
      await still();
      run = await step(run);
      onProgress?.(run);
      // Others have waited: they come first.
      await Bun.sleep(0);
    }
    return run;
  } catch (failure) {
    if (failure instanceof RunLost) return null;
    throw failure;
  } finally {
    await leases.release(RETENTION_LEASE, holder);
  }
};
