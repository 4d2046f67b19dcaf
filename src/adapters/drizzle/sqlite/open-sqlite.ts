import { resolve } from "node:path";
import { drizzle } from "drizzle-orm/bun-sqlite";
import type { Store } from "../../../ports/store.ts";
import { createEncoder } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { createMigrator } from "../migrator.ts";
import { type Attempt, type PortableDatabase, type Schema, type Source, sqliteHint } from "../portable.ts";
import { readersOf } from "../readers/readers.ts";
import { sqliteSchema } from "../schema.sqlite.ts";
import { storageFailure } from "../storage-failure.ts";
import { createWriteStatements } from "../write-statements.ts";
import { createCheckpointer } from "./checkpointer.ts";
import {
  closedFailure,
  databaseFile,
  openConnection,
  type SqliteConnection,
  whileBusy,
} from "./connection.ts";
import { sqliteAuditLog } from "./sqlite-audit-log.ts";
import { createGroupStore } from "./sqlite-group-store.ts";
import { sqliteLeases } from "./sqlite-leases.ts";
import { SQLITE_MIGRATIONS, sqliteMigrations } from "./sqlite-migrations.ts";
import { sqlitePhysicalErasure } from "./sqlite-physical-erasure.ts";
import { createRetentionStore } from "./sqlite-retention.ts";

export interface SqliteOptions {
  /** File of the database; made, with its folder, when it is not there. */
  readonly path: string;
  /** How long a commit or a read waits while another process writes, in milliseconds. */
  readonly busyDeadlineMs?: number;
  /** How long one transaction of a group may keep requests waiting, in milliseconds. */
  readonly sliceMs?: number;
  /** After this long a batch of a retention run takes no further record, in milliseconds. */
  readonly retentionBudgetMs?: number;
  /** How long a migration waits for another process, in milliseconds. */
  readonly migrationDeadlineMs?: number;
  readonly migrationsFolder?: string;
}

/** Drizzle prepares through the client it is given: so its statements are kept, and finalised at the end. */
const portableOf = ({ db, statement }: SqliteConnection): PortableDatabase => {
  db.prepare = statement as typeof db.prepare;
  return drizzle(db) as unknown as PortableDatabase;
};

/**
 * A store in one SQLite file: WAL, durable at every commit, what is deleted is overwritten. Readers and writer share
 * one connection; a group runs without yielding, so no reader sees half of one. Long walks have another.
 */
export const openSqlite = async ({
  path,
  busyDeadlineMs = 5_000,
  sliceMs = 40,
  retentionBudgetMs = 0.8,
  migrationDeadlineMs = 120_000,
  migrationsFolder = SQLITE_MIGRATIONS,
}: SqliteOptions): Promise<Store> => {
  const file = resolve(path);
  const connection = await openConnection(file, busyDeadlineMs, "mapped");
  const walking = await openConnection(file, busyDeadlineMs, "copied").catch((failure: unknown) => {
    connection.close();
    throw failure;
  });
  const portable = portableOf(connection);
  const schema = sqliteSchema as unknown as Schema;

  const encoder = createEncoder(schema);
  const texts = createWriteStatements(portable, schema, encoder.columnsOf);
  const groups = createGroupStore(connection, encoder, texts, { busyDeadlineMs, sliceMs });

  let closed = false;
  const attempt: Attempt = async (operation, work) => {
    if (closed) throw closedFailure(operation);
    try {
      return await whileBusy(busyDeadlineMs, work);
    } catch (error) {
      throw closed ? closedFailure(operation) : storageFailure(operation, error);
    }
  };

  const beside = databaseFile(file);
  const checkpointer = createCheckpointer(file, connection, beside);
  const source: Source = { db: portable, schema, attempt, indexedBy: sqliteHint };
  return {
    readers: readersOf(source, { ...source, db: portableOf(walking) }),
    auditLog: sqliteAuditLog(connection, source, attempt),
    groups,
    physicalErasure: sqlitePhysicalErasure(connection, file, beside, attempt),
    connections: null,
    leases: sqliteLeases(connection, attempt),
    retention: createRetentionStore(connection, encoder, groups, {
      attempt,
      checkpointer,
      tables: Object.keys(sqliteSchema) as TableName[],
      budgetMs: retentionBudgetMs,
    }),
    migrator: createMigrator(sqliteMigrations(file, migrationDeadlineMs, migrationsFolder)),
    ping: () =>
      attempt("ping", async () => {
        connection.statement("select 1").values();
      }),
    close: async () => {
      if (closed) return;
      await groups.close();
      closed = true;
      await checkpointer.close();
      walking.close();
      connection.close();
      await beside.close();
    },
  };
};
