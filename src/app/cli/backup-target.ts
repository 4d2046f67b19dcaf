import { existsSync } from "node:fs";
import { link, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  copyPostgres,
  factsOfPostgres,
  isEmptyPostgres,
  restorePostgres,
} from "../../adapters/drizzle/copy/postgres-copy.ts";
import { dropDatabase, makeDatabase, swapDatabases } from "../../adapters/drizzle/copy/postgres-databases.ts";
import {
  copySqlite,
  factsOfSqlite,
  isEmptySqlite,
  restoreSqlite,
  settleSqlite,
} from "../../adapters/drizzle/copy/sqlite-copy.ts";
import type { DatabaseCopy, DatabaseFacts } from "../../ports/database-copy.ts";
import type { DatabaseSetting } from "../config.ts";

/** A database that a backup was put into, and that nobody uses yet. */
export interface Scratch {
  readonly database: DatabaseSetting;
  fill(bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** Puts it into the place of the real one; what was there is kept, and its name answered (null: it was empty). */
  promote(wasEmpty: boolean): Promise<string | null>;
  discard(): Promise<void>;
}

export const copyOf = (database: DatabaseSetting): Promise<DatabaseCopy> =>
  database.kind === "sqlite" ? copySqlite(database.path) : copyPostgres(database.directUrl ?? database.url);

export const factsOf = async (database: DatabaseSetting): Promise<DatabaseFacts> =>
  database.kind === "sqlite"
    ? factsOfSqlite(database.path)
    : factsOfPostgres(database.directUrl ?? database.url);

export const isEmptyDatabase = async (database: DatabaseSetting): Promise<boolean> =>
  database.kind === "sqlite"
    ? isEmptySqlite(database.path)
    : isEmptyPostgres(database.directUrl ?? database.url);

const moment = (): string => new Date().toISOString().replace(/[-:]|\.\d+/g, "");

const removeFiles = async (path: string): Promise<void> => {
  for (const end of ["", "-wal", "-shm", "-journal"]) await rm(`${path}${end}`, { force: true });
};

const KEPT = "before-restore";

/** Files of a command that was killed: what it made, and a second name of a database that was not replaced after all. */
const leftBeside = async (path: string, purpose: string): Promise<readonly string[]> => {
  const folder = dirname(path);
  const left: string[] = [];
  for (const name of existsSync(folder) ? await readdir(folder) : []) {
    const file = join(folder, name);
    if (name.startsWith(`${basename(path)}.${purpose}-`)) left.push(file);
    if (purpose === "restoring" && name.startsWith(`${basename(path)}.${KEPT}-`) && existsSync(path)) {
      const [second, first] = await Promise.all([stat(file), stat(path)]);
      if (second.ino === first.ino && second.dev === first.dev) left.push(file);
    }
  }
  return left;
};

const sqliteScratch = async (path: string, purpose: string): Promise<Scratch> => {
  const folder = dirname(path);
  for (const file of await leftBeside(path, purpose)) await rm(file, { force: true });
  const scratch = `${path}.${purpose}-${crypto.randomUUID()}`;
  const syncFolder = async (): Promise<void> => {
    const handle = await open(folder, "r");
    await handle.sync();
    await handle.close();
  };
  return {
    database: { kind: "sqlite", path: scratch },
    fill: (bytes) => restoreSqlite(scratch, bytes),
    promote: async (wasEmpty) => {
      settleSqlite(scratch);
      let kept: string | null = null;
      if (existsSync(path)) settleSqlite(path);
      if (!wasEmpty) {
        kept = `${path}.${KEPT}-${moment()}`;
        // A second name, so that at no moment there is no database under the first.
        await link(path, kept);
      }
      await rename(scratch, path);
      await syncFolder();
      return kept;
    },
    discard: () => removeFiles(scratch),
  };
};

const postgresScratch = async (
  setting: Extract<DatabaseSetting, { readonly kind: "postgres" }>,
  purpose: string,
): Promise<Scratch> => {
  const url = setting.directUrl ?? setting.url;
  const base = decodeURIComponent(new URL(url).pathname.slice(1)).slice(0, 36);
  const name = `${base}_${purpose}`;
  const scratchUrl = await makeDatabase(url, name);
  return {
    database: { ...setting, url: scratchUrl, directUrl: null, poolSize: 2 },
    fill: (bytes) => restorePostgres(scratchUrl, bytes),
    promote: async (wasEmpty) => {
      const kept = `${base}_before_${moment().toLowerCase()}`;
      await swapDatabases(url, name, kept);
      if (!wasEmpty) return kept;
      await dropDatabase(url, kept);
      return null;
    },
    discard: () => dropDatabase(url, name).then(() => undefined),
  };
};

/** An empty database of the same kind beside the real one. `purpose` is part of its name; what was left under it goes. */
export const scratchBeside = (database: DatabaseSetting, purpose: "restoring" | "drill"): Promise<Scratch> =>
  database.kind === "sqlite" ? sqliteScratch(database.path, purpose) : postgresScratch(database, purpose);
