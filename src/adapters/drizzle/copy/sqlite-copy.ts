import { Database } from "bun:sqlite";
import { createReadStream, createWriteStream, statSync } from "node:fs";
import { mkdir, open, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { Instant } from "../../../domain/shared/instant.ts";
import { CopyRefused, type DatabaseCopy, type DatabaseFacts } from "../../../ports/database-copy.ts";
import { MIGRATIONS_TABLE } from "../migrator.ts";
import { quoted, RESTORE_POINT } from "./copied-tables.ts";

const SPOOL = ".copy-";
const SCRATCHES = [".drill-", ".restoring-"];

const sparing = async (path: string): Promise<void> => {
  for (const end of ["", "-wal", "-shm", "-journal"]) await rm(`${path}${end}`, { force: true });
};

const beside = async (path: string, ends: readonly string[]): Promise<readonly string[]> => {
  const folder = dirname(path);
  const isOne = (name: string): boolean => ends.some((end) => name.startsWith(`${basename(path)}${end}`));
  return (await readdir(folder)).filter(isOne).map((name) => join(folder, name));
};

/** Copies that are being made, or were cut short: they lie beside the database, in the clear as it is. */
export const sqliteCopiesOf = (path: string): Promise<readonly string[]> => beside(path, [SPOOL]);

/** Removes them: not while one is being made. */
export const sweepSqliteCopies = async (path: string): Promise<void> => {
  for (const copy of await sqliteCopiesOf(path)) await rm(copy, { force: true });
};

/** Removes databases that backups were put into for a drill or a restore, and that nothing was written to since. */
export const sweepSqliteScratches = async (path: string, since: Instant): Promise<void> => {
  for (const file of await beside(path, SCRATCHES)) {
    // One that ends just now takes its own away.
    const found = statSync(file, { throwIfNoEntry: false });
    if (found !== undefined && found.mtimeMs < since) await rm(file, { force: true });
  }
};

const texts = (db: Database, sql: string): readonly string[] =>
  db
    .query(sql)
    .values()
    .map(([text]) => String(text));

const told = (db: Database): DatabaseFacts => {
  const tables = texts(
    db,
    "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
  );
  return {
    engine: "sqlite",
    engine_version: texts(db, "select sqlite_version()")[0] ?? "",
    counts: Object.fromEntries(
      tables.map((table) => [table, Number(texts(db, `select count(*) from ${quoted(table)}`)[0])]),
    ),
    migrations: texts(db, `select name from ${MIGRATIONS_TABLE} order by name`),
    ledger_position: texts(db, RESTORE_POINT)[0] ?? null,
  };
};

export const factsOfSqlite = (path: string): DatabaseFacts => {
  const db = new Database(path, { readonly: true });
  try {
    return told(db);
  } finally {
    db.close();
  }
};

/**
 * Copies a database that others write to meanwhile: it is read in one transaction, and nobody waits. Once it is whole the
 * copy has no name any more, and whatever ends this process ends the copy. Compressed with gzip.
 */
export const copySqlite = async (path: string): Promise<DatabaseCopy> => {
  await sweepSqliteCopies(path);
  const spool = `${path}${SPOOL}${crypto.randomUUID()}`;
  // Made for its owner alone before anything is in it; VACUUM INTO takes an empty file.
  await (await open(spool, "wx", 0o600)).close();
  try {
    const source = new Database(path, { readwrite: true, create: false });
    try {
      source.run("pragma busy_timeout = 10000");
      source.run("vacuum into ?", [spool]);
    } finally {
      source.close();
    }
    const facts = factsOfSqlite(spool);
    const file = await open(spool, "r");
    await sparing(spool);
    return {
      ...facts,
      bytes: () =>
        createReadStream(spool, { fd: file.fd, autoClose: false, start: 0 }).pipe(
          createGzip({ level: 3 }),
        ) as AsyncIterable<Uint8Array>,
      close: () => file.close(),
    };
  } catch (failure) {
    await sparing(spool);
    throw failure;
  }
};

/** Writes a copy into a file that is not there yet, durably, and checks it. Throws CopyRefused when it is not sound. */
export const restoreSqlite = async (path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, "wx", 0o600);
  await pipeline(
    Readable.from(bytes),
    createGunzip(),
    createWriteStream(path, { fd: file.fd, autoClose: false }),
  );
  await file.sync();
  await file.close();
  const db = new Database(path, { readwrite: true, create: false });
  try {
    const verdict = texts(db, "pragma integrity_check");
    if (verdict.join() !== "ok" || db.query("pragma foreign_key_check").values().length > 0) {
      throw new CopyRefused("The database in this backup is damaged.");
    }
  } finally {
    db.close();
  }
};

/** Whether there is no table in it, or no file at all. */
export const isEmptySqlite = (path: string): boolean => {
  try {
    const db = new Database(path, { readonly: true });
    try {
      return texts(db, "select name from sqlite_master where type = 'table'").length === 0;
    } finally {
      db.close();
    }
  } catch (failure) {
    if (failure instanceof Error && "code" in failure && failure.code === "SQLITE_CANTOPEN") return true;
    throw failure;
  }
};

/**
 * Ends write-ahead logging, so that all of the database is in its one file. Throws CopyRefused while another process has
 * it open.
 */
export const settleSqlite = (path: string): void => {
  const db = new Database(path, { readwrite: true, create: false });
  try {
    const [mode] = texts(db, "pragma journal_mode = delete");
    if (mode !== "delete") throw new Error("busy");
  } catch {
    throw new CopyRefused("Another process has the database open: stop the service first.");
  } finally {
    db.close();
  }
};
