import { countsOf } from "../../../domain/retention/due-tally.ts";
import type { Changes } from "../../../domain/shared/changes.ts";
import type { Instant } from "../../../domain/shared/instant.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { AppliedBatch, BatchOutcome, DueBatch, RetentionStore } from "../../../ports/retention-store.ts";
import { type Conflict, StorageFailure } from "../../../ports/unit-of-work.ts";
import { createEncoder } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { type Attempt, postgresHint } from "../portable.ts";
import { createRetentionStatements } from "../retention-statements.ts";
import { postgresSchema } from "../schema.postgres.ts";
import { sqlStateOf, storageFailure } from "../storage-failure.ts";
import { STATUS_TURN } from "./batches.ts";
import { createDueBatches } from "./due-batch.ts";
import { type Lane, LaneLost } from "./lane.ts";
import type { LaneKeeper } from "./lane-keeper.ts";
import type { ReaderPool } from "./reader-pool.ts";
import { createStatements } from "./statements.ts";
import { storeInside } from "./store-inside.ts";

/** Somebody else holds a lock, or was chosen before us. */
const IN_THE_WAY = /^(40001|40P01|55P03|57014)$/;
const ATTEMPTS = 5;

/** Whoever places a hold waits for the end of the batch, as who restricts somebody does, and the batch for them. */
const LOCK_HOLDS = `lock table "legal_holds" in share mode`;

/**
 * Nobody waits for the disk: whatever is committed after it, the end of the run above all, brings it there, and what a crash
 * of the server takes back is due again.
 */
const UNHURRIED = "set local synchronous_commit = off";

export interface PostgresRetentionOptions {
  /** A lane of its own: commits of requests go on meanwhile. */
  readonly lanes: LaneKeeper;
  readonly pool: ReaderPool;
  readonly attempt: Attempt;
  /** What every transaction starts with. */
  readonly begin: string;
  /** Waits for those whose audit entries come first. */
  readonly auditTurn: string;
}

export interface PostgresRetentionStore extends RetentionStore {
  /** Resolves when the batch that is running has been answered; later ones are refused. */
  close(): Promise<void>;
}

export const createRetentionStore = ({
  lanes,
  pool,
  attempt,
  begin,
  auditTurn,
}: PostgresRetentionOptions): PostgresRetentionStore => {
  const encoder = createEncoder(postgresSchema);
  const statements = createStatements();
  const texts = createRetentionStatements(encoder.columnsOf, postgresHint);
  const batches = createDueBatches(encoder, statements, Object.keys(postgresSchema) as TableName[]);

  /** One transaction. Throws what the driver threw; `committing` says from when on the outcome may be unknown. */
  const transact = async (
    lane: Lane,
    batch: DueBatch,
    tell: (outcome: BatchOutcome) => Changes,
    committing: () => void,
  ): Promise<Result<AppliedBatch, Conflict>> => {
    const began = performance.now();
    // One way there and back: after a failure the later ones say that there was one.
    const [, { fates, alongside, busy, after }] = await Promise.all([
      lane.send(`${begin}; ${UNHURRIED}; ${STATUS_TURN}; ${LOCK_HOLDS}`),
      batches.apply(lane, batch),
    ]);
    const outcome = { counts: countsOf(fates, alongside), busy, after };
    const verdict = await storeInside(lane, tell(outcome), encoder, { statements, auditTurn });
    if (verdict.type === "refused") throw new RangeError("what tells of a batch cannot be stored");
    if (verdict.type === "conflict") {
      await lane.send("rollback");
      return err(verdict);
    }
    committing();
    const { command } = await lane.send("commit");
    if (command !== "COMMIT") throw new Error(`COMMIT was answered with ${command}`);
    return ok({ outcome, milliseconds: performance.now() - began });
  };

  const apply: RetentionStore["apply"] = async (batch, tell) => {
    for (let again = 1; ; again += 1) {
      const lane = await lanes.get();
      let committing = false;
      try {
        return await transact(lane, batch, tell, () => {
          committing = true;
        });
      } catch (error) {
        if (error instanceof LaneLost) {
          throw new StorageFailure("lost", committing ? "unknown" : "no", "retention", sqlStateOf(error));
        }
        await lane.send("rollback").catch(() => lane.close());
        if (again >= ATTEMPTS || !IN_THE_WAY.test(sqlStateOf(error) ?? ""))
          throw storageFailure("retention", error);
      }
      await Bun.sleep(Math.random() * 20 * 2 ** again);
    }
  };

  let closed = false;
  let running: Promise<unknown> = Promise.resolve();
  return {
    apply: async (batch, tell) => {
      if (closed) throw new StorageFailure("closed", "no", "retention");
      // One transaction at a time on the one lane.
      const applied = running.then(() => apply(batch, tell));
      running = applied.catch(() => null);
      return applied;
    },
    rehearse: (batch) =>
      attempt("retention.rehearse", async () => {
        const began = performance.now();
        const { fates, alongside, after } = await batches.foresee(pool.values, batch);
        const outcome = { counts: countsOf(fates, alongside), busy: 0, after };
        return { outcome, milliseconds: performance.now() - began };
      }),
    count: (collection, after, until, limit) =>
      attempt("retention.count", async () => {
        const from = [String(until), String(after.retention_until), after.id];
        const [last] = await pool.values(texts.place(collection), [...from, String(limit - 1)]);
        if (last !== undefined) {
          const [date, id] = last;
          return { records: limit, after: { retention_until: Number(date) as Instant, id: String(id) } };
        }
        const [counted] = await pool.values(texts.count(collection), from);
        return { records: Number(counted?.[0] ?? 0), after: null };
      }),
    close: async () => {
      closed = true;
      await running;
    },
  };
};
