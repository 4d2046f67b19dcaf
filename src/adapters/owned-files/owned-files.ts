import { readdir, readFile, rm } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import type { OwnedFiles } from "../../ports/owned-files.ts";
import { fileHolds } from "./holds.ts";
import { mailText } from "./mail-text.ts";

export interface OwnedFolders {
  readonly outbox: string;
  /** Null: no log files are written. */
  readonly logs: string | null;
  readonly data: string;
  /** The store's own file, which must not be opened here: closing it would drop the locks that SQLite holds on it. */
  readonly database: string | null;
}

const MAIL = /\.eml(?:\.partial)?$/;

const unlessGone = async <T>(task: Promise<T>): Promise<T | null> => {
  try {
    return await task;
  } catch (failure) {
    if ((failure as { readonly code?: unknown }).code === "ENOENT") return null;
    throw failure;
  }
};

const filesUnder = async (folder: string): Promise<readonly string[]> => {
  const entries = await unlessGone(readdir(folder, { recursive: true, withFileTypes: true }));
  return (entries ?? []).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

const isUnder = (folder: string, path: string): boolean => {
  const way = relative(resolve(folder), resolve(path));
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`);
};

/** The folders of the settings, as files. A data folder that is not the service's own alone (`.`) is left to its owner. */
export const openOwnedFiles = ({ outbox, logs, data, database }: OwnedFolders): OwnedFiles => {
  const store = database === null ? null : resolve(database);
  const isStore = (path: string): boolean =>
    store !== null && ["", "-wal", "-shm", "-journal"].some((end) => resolve(path) === `${store}${end}`);
  const kindOf = (path: string): string =>
    isUnder(outbox, path) ? "outbox" : logs !== null && isUnder(logs, path) ? "log" : "data";
  return {
    eraseMails: async (isHers) => {
      let deleted = 0;
      for (const name of (await unlessGone(readdir(outbox))) ?? []) {
        if (!MAIL.test(name)) continue;
        const path = join(outbox, name);
        const raw = await unlessGone(readFile(path, "utf8"));
        if (raw === null || !isHers(mailText(raw))) continue;
        await rm(path, { force: true });
        deleted += 1;
      }
      return deleted;
    },
    find: async (spellings) => {
      const folders = [outbox, ...(logs === null ? [] : [logs]), ...(data === "." ? [] : [data])];
      const paths = new Set((await Promise.all(folders.map(filesUnder))).flat().map((path) => resolve(path)));
      const kinds = new Set<string>();
      for (const path of paths) {
        if (!isStore(path) && (await fileHolds(path, spellings))) kinds.add(kindOf(path));
      }
      return [...kinds];
    },
  };
};
