import { Database, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { StorageFailure } from "../../../ports/unit-of-work.ts";
import { driverCode, storageFailure } from "../storage-failure.ts";

/** By the commit that makes the log longer than 16 MiB instead of 4: pages that many commits touch are written once. */
const COPY_BACK = "pragma wal_autocheckpoint = 4000";

/** SQLite answers "busy" at once, never by stopping the only thread: who waits sleeps between attempts. */
const PRAGMAS = [
  "pragma busy_timeout = 0",
  "pragma journal_mode = wal",
  "pragma synchronous = full",
  "pragma foreign_keys = on",
  "pragma secure_delete = on",
  // What undoes a savepoint stays in memory: a file for it took twice the time, and held rows in the clear.
  "pragma temp_store = memory",
  COPY_BACK,
  "pragma trusted_schema = off",
];

/**
 * Pages are read where the operating system has them instead of being copied, which was a third of a read's time. As much as
 * SQLite maps; what a file has beyond is read as before, and writing goes by the log as ever. Every page that was read so
 * counts as this process's memory until somebody else needs the room.
 */
const MAPPED = "pragma mmap_size = 2147483648";
const COPIED = "pragma mmap_size = 0";

const SLEEP_MS = [1, 2, 4, 8, 16, 25];

/** True while another process holds the lock that was wanted. */
const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(driverCode(error) ?? "");

/** Tries again while another process is in the way, for at most `deadlineMs`, without blocking the event loop. */
export const whileBusy = async <T>(deadlineMs: number, work: () => T): Promise<Awaited<T>> => {
  const until = performance.now() + deadlineMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error;
    }
    await Bun.sleep(SLEEP_MS[attempt] ?? 25);
  }
};

/**
 * Transactions that begin and end in here do not wait for the disk: the next one outside brings them there. A loss of power
 * may take the last of them back, each as a whole. Not to be called inside of a transaction.
 */
export const unhurried = <T>(db: Database, work: () => T): T => {
  // Not prepared: a statement that is kept sets it once, when it is prepared.
  db.run("pragma synchronous = normal");
  try {
    return work();
  } finally {
    db.run("pragma synchronous = full");
  }
};

/** From now on no commit copies the log back, but where it grows beyond 256 MiB: somebody else does. */
export const leaveCopying = (db: Database): void => {
  db.run("pragma wal_autocheckpoint = 65536");
};

export const resumeCopying = (db: Database): void => {
  db.run(COPY_BACK);
};

export interface SqliteConnection {
  readonly db: Database;
  /** Prepared once a text and kept until `close`. */
  statement(sql: string): Statement<unknown, SQLQueryBindings[]>;
  close(): void;
}

/**
 * Makes the file for its owner alone. An existing one is not touched: closing a descriptor of it would drop the locks
 * that SQLite holds on it in this process.
 */
const createFile = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    closeSync(openSync(path, "ax", 0o600));
  } catch (error) {
    if (driverCode(error) !== "EEXIST") throw error;
  }
};

/**
 * Opens the file, which is made when it is not there: to be read through a memory map, or, for whoever goes through a great
 * deal of it once, by pages that are copied and soon given up. The rejection names the code, which speaks of no row.
 */
export const openConnection = async (
  path: string,
  deadlineMs: number,
  reading: "mapped" | "copied",
): Promise<SqliteConnection> => {
  try {
    createFile(path);
    const db = new Database(path, { readwrite: true, create: false, strict: true });
    try {
      for (const pragma of [...PRAGMAS, reading === "mapped" ? MAPPED : COPIED])
        await whileBusy(deadlineMs, () => db.run(pragma));
    } catch (error) {
      db.close();
      throw error;
    }
    return connectionOf(db);
  } catch (error) {
    throw storageFailure(`open SQLite file (${driverCode(error) ?? "unknown"})`, error);
  }
};

const connectionOf = (db: Database): SqliteConnection => {
  const statements = new Map<string, Statement<unknown, SQLQueryBindings[]>>();
  const prepare = db.prepare.bind(db) as (sql: string) => Statement<unknown, SQLQueryBindings[]>;
  const statement = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const made = prepare(sql);
    statements.set(sql, made);
    return made;
  };
  return {
    db,
    statement,
    close: () => {
      // A statement that is not finalised keeps the file open.
      for (const each of statements.values()) each.finalize();
      statements.clear();
      db.close(true);
    },
  };
};

export interface DatabaseFile {
  /** Opened when it is first asked for. */
  handle(): Promise<FileHandle>;
  close(): Promise<void>;
}

/** The file beside SQLite. To be closed after the database: closing a descriptor drops the locks that SQLite holds on it. */
export const databaseFile = (path: string): DatabaseFile => {
  let opened: Promise<FileHandle> | null = null;
  return {
    handle: () => {
      opened ??= open(path, "r");
      return opened;
    },
    close: async () => {
      await (await opened)?.close();
    },
  };
};

export const closedFailure = (operation: string): StorageFailure =>
  new StorageFailure("closed", "no", operation);
