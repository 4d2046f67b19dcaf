import { drizzle } from "drizzle-orm/pg-proxy";
import type { OutsideCalls } from "../../../ports/outside-call.ts";
import type { Store } from "../../../ports/store.ts";
import { StorageFailure } from "../../../ports/unit-of-work.ts";
import { createMigrator } from "../migrator.ts";
import { type Attempt, type PortableDatabase, postgresHint, type Source } from "../portable.ts";
import { readersOf } from "../readers/readers.ts";
import { postgresSchema } from "../schema.postgres.ts";
import { sqlStateOf, storageFailure } from "../storage-failure.ts";
import { guardedLanes } from "./guarded-lanes.ts";
import { openLane } from "./lane.ts";
import { createLaneKeeper } from "./lane-keeper.ts";
import { postgresAuditLog } from "./postgres-audit-log.ts";
import { createGroupStore } from "./postgres-group-store.ts";
import { postgresLeases } from "./postgres-leases.ts";
import { POSTGRES_MIGRATIONS, postgresMigrations } from "./postgres-migrations.ts";
import { postgresPhysicalErasure } from "./postgres-physical-erasure.ts";
import { createRetentionStore } from "./postgres-retention.ts";
import { createReaderPool } from "./reader-pool.ts";

export interface PostgresOptions {
  readonly url: string;
  /** For migrations, where `url` leads to a transaction pooler. */
  readonly directUrl?: string | null;
  /** Connections for readers; the writer and a migration have one each besides. */
  readonly poolSize?: number;
  /** Connections of readers and of the writer are opened through its circuit `database`. */
  readonly outsideCalls?: OutsideCalls | null;
  readonly connectTimeoutMs?: number;
  /** No statement runs longer. */
  readonly statementTimeoutMs?: number;
  /** Without an answer for so long a connection counts as gone. */
  readonly answerTimeoutMs?: number;
  /** How long a commit waits for another process's lock before it steps back. */
  readonly lockTimeoutMs?: number;
  /** How long it waits for its turn to add audit entries. */
  readonly auditTurnMs?: number;
  /** How long commits and reads wait for a server that went away. */
  readonly giveUpMs?: number;
  /** How long a migration waits for another process. */
  readonly migrationDeadlineMs?: number;
  readonly migrationsFolder?: string;
}

/** A large table is rewritten for so long at most. */
const REWRITE_MS = 3_600_000;
const READ_AGAIN_MS = [50, 200, 500];

/** What a transaction starts with: its settings go with it, so that a transaction pooler keeps them. */
const beginText = (statementTimeoutMs: number, lockTimeoutMs: number): string =>
  "begin isolation level read committed; select " +
  `set_config('statement_timeout', '${statementTimeoutMs}', true), ` +
  `set_config('lock_timeout', '${lockTimeoutMs}', true), ` +
  `set_config('idle_in_transaction_session_timeout', '${statementTimeoutMs}', true), ` +
  // An answer that comes before the data are durable would be a lie.
  "set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true)";

/** Between the entries of two processes there is a whole COMMIT: that is waited for longer than a row. */
const auditTurnText = (auditTurnMs: number, lockTimeoutMs: number): string =>
  `select set_config('lock_timeout', '${auditTurnMs}', true); select pg_advisory_xact_lock(1196314439, 1); ` +
  `select set_config('lock_timeout', '${lockTimeoutMs}', true)`;

/**
 * A store in one PostgreSQL database: one writing lane with pipelined groups, and a pool of readers. Neither needs a
 * session of its own, so both may go through a transaction pooler. Connects before it resolves.
 */
export const openPostgres = async ({
  url,
  directUrl,
  poolSize = 10,
  outsideCalls = null,
  connectTimeoutMs = 5_000,
  statementTimeoutMs = 10_000,
  answerTimeoutMs = statementTimeoutMs + 5_000,
  lockTimeoutMs = 250,
  auditTurnMs = 2_000,
  giveUpMs = 10_000,
  migrationDeadlineMs = 120_000,
  migrationsFolder = POSTGRES_MIGRATIONS,
}: PostgresOptions): Promise<Store> => {
  const lane = { url, connectTimeoutMs, answerTimeoutMs };
  const startup = { statement_timeout: statementTimeoutMs };
  const takesStartup = await (async () => {
    try {
      await (await openLane({ ...lane, name: "gonogo probe", startup })).close();
      return true;
    } catch (error) {
      // PROTOCOL_VIOLATION: a pooler that does not pass the setting on.
      if (sqlStateOf(error) === "08P01") return false;
      throw storageFailure("connect", error);
    }
  })();

  const open = outsideCalls === null ? openLane : guardedLanes(outsideCalls);
  const pool = createReaderPool(
    { ...lane, name: "gonogo readers", ...(takesStartup ? { startup } : {}) },
    poolSize,
    undefined,
    open,
  );
  const lanes = createLaneKeeper({ ...lane, name: "gonogo writer" }, giveUpMs, open);
  const logLanes = createLaneKeeper({ ...lane, name: "gonogo audit log" }, giveUpMs, open);
  const begin = beginText(statementTimeoutMs, lockTimeoutMs);
  const auditTurn = auditTurnText(auditTurnMs, lockTimeoutMs);
  const groups = createGroupStore(lanes, { begin, auditTurn }, giveUpMs);
  const retentionLanes = createLaneKeeper({ ...lane, name: "gonogo retention" }, giveUpMs, open);

  let closed = false;
  const closedFailure = (operation: string) => new StorageFailure("closed", "no", operation);
  const attempt: Attempt = async (operation, work) => {
    const until = performance.now() + giveUpMs;
    for (let again = 0; ; again += 1) {
      if (closed) throw closedFailure(operation);
      try {
        return await work();
      } catch (error) {
        const failure = closed ? closedFailure(operation) : storageFailure(operation, error);
        const pause = READ_AGAIN_MS[again];
        // A read may be asked again as often as one likes.
        if (!(failure instanceof StorageFailure) || failure.kind !== "lost" || pause === undefined)
          throw failure;
        if (performance.now() >= until) throw failure;
        await Bun.sleep(pause);
      }
    }
  };

  const source: Source = {
    // Drizzle's own driver asks postgres.js's pool, where a connection that died is now and then never answered again.
    db: drizzle(async (text, parameters) => ({
      rows: [...(await pool.values(text, parameters.map(String)))],
    })) as unknown as PortableDatabase,
    schema: postgresSchema,
    attempt,
    indexedBy: postgresHint,
  };
  const retention = createRetentionStore({ lanes: retentionLanes, pool, attempt, begin, auditTurn });
  return {
    readers: readersOf(source),
    auditLog: postgresAuditLog(logLanes, begin, pool, source, attempt),
    groups,
    physicalErasure: postgresPhysicalErasure(
      { url: directUrl ?? url, name: "gonogo erasure", connectTimeoutMs, answerTimeoutMs: REWRITE_MS },
      open,
    ),
    connections: pool.connections,
    leases: postgresLeases(pool, attempt),
    retention,
    migrator: createMigrator(
      postgresMigrations(
        {
          url: directUrl ?? url,
          name: "gonogo migration",
          connectTimeoutMs,
          answerTimeoutMs: 2 * migrationDeadlineMs,
        },
        migrationDeadlineMs,
        migrationsFolder,
      ),
    ),
    ping: () => attempt("ping", async () => void (await pool.values("select 1", []))),
    close: async () => {
      if (closed) return;
      await groups.close();
      await retention.close();
      closed = true;
      await lanes.close();
      await logLanes.close();
      await retentionLanes.close();
      await pool.close();
    },
  };
};
