import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite, type SqliteOptions } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { SQLITE_MIGRATIONS } from "../../src/adapters/drizzle/sqlite/sqlite-migrations.ts";
import { emptyContents } from "../../src/adapters/memory/contents.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import type { Store } from "../../src/ports/store.ts";

/** A place for a store, empty when made. */
export interface Place {
  /** Opens it; several openings may be there at once. Does not migrate. */
  open(): Promise<Store>;
  remove(): Promise<void>;
}

/** A kind of store that keeps the contract. There is nothing here to skip a law with. */
export interface StoreKind {
  readonly name: string;
  place(): Promise<Place>;
}

/** A kind that keeps its schema in a database. */
export interface DatabaseKind extends StoreKind {
  /** Folder of its migrations. */
  readonly migrations: string;
  place(): Promise<DatabasePlace>;
}

export interface DatabasePlace extends Place {
  open(migrationsFolder?: string): Promise<Store>;
}

export const MEMORY: StoreKind = {
  name: "memory",
  place: async () => {
    const contents = emptyContents();
    return { open: async () => openMemory(contents), remove: async () => undefined };
  },
};

const sqlite = (name: string, options: Omit<SqliteOptions, "path">): DatabaseKind => ({
  name,
  migrations: SQLITE_MIGRATIONS,
  place: async () => {
    const folder = await mkdtemp(join(tmpdir(), "gonogo-contract-"));
    return {
      open: (migrationsFolder = SQLITE_MIGRATIONS) =>
        openSqlite({ path: join(folder, "gonogo.db"), migrationsFolder, ...options }),
      remove: () => rm(folder, { recursive: true, force: true }),
    };
  },
});

/** Batches that stop short on a slow machine are tried apart. */
export const SQLITE = sqlite("SQLite", { retentionBudgetMs: 10_000 });

/** Every member in a transaction of its own: what a slow disk does to a group. */
export const SLICED_SQLITE = sqlite("SQLite in slices", { sliceMs: 0 });
