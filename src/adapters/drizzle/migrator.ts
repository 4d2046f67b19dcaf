import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { MigrationStatus, Migrator } from "../../ports/store.ts";
import { StorageFailure } from "../../ports/unit-of-work.ts";
import { storageFailure } from "./storage-failure.ts";

/** A connection of its own, on which nothing else runs. */
export interface MigrationConnection {
  /** Starts a transaction that nobody else can write beside. */
  begin(): Promise<void>;
  /** Several statements, without parameters. */
  script(sql: string): Promise<void>;
  /** Names in `schema_migrations`, in ASCII order. */
  names(): Promise<readonly string[]>;
  record(name: string, appliedAt: number): Promise<void>;
  forget(name: string): Promise<void>;
  commit(): Promise<void>;
  /** Never rejects. */
  rollback(): Promise<void>;
}

/** What a dialect gives to migrate with. */
export interface MigrationDialect {
  /** The folder with `NNNN_name.sql` and `NNNN_name.down.sql`. */
  readonly folder: string;
  /** Opens a connection, runs `work` and closes it. Rejects as the driver does. */
  connected<T>(work: (connection: MigrationConnection) => Promise<T>): Promise<T>;
  /** The same, while no other process is inside. */
  locked<T>(work: (connection: MigrationConnection) => Promise<T>): Promise<T>;
}

/** Where migrations are written down; made by the first one that runs. */
export const MIGRATIONS_TABLE = "schema_migrations";

const UP = /^(\d{4}_[a-z0-9_]+)\.sql$/;

const known = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder))
    .map((file) => UP.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort();

const translated = async <T>(operation: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw storageFailure(operation, error);
  }
};

export const createMigrator = (dialect: MigrationDialect, now: () => number = Date.now): Migrator => {
  /** Runs one migration in a transaction, unless `skip` finds that another process has done it by now. */
  const step = (
    connection: MigrationConnection,
    name: string,
    direction: "up" | "down",
    isDone: (names: readonly string[]) => boolean,
  ): Promise<boolean> =>
    translated(`migration ${name} ${direction}`, async () => {
      const file = direction === "up" ? `${name}.sql` : `${name}.down.sql`;
      const script = await readFile(join(dialect.folder, file), "utf8");
      await connection.begin();
      try {
        const done = isDone(await connection.names());
        if (!done) {
          await connection.script(script);
          await (direction === "up" ? connection.record(name, now()) : connection.forget(name));
        }
        await connection.commit();
        return !done;
      } catch (error) {
        await connection.rollback();
        throw error;
      }
    });

  const ensureTable = async (connection: MigrationConnection): Promise<void> => {
    await connection.begin();
    try {
      await connection.script(
        `create table if not exists ${MIGRATIONS_TABLE} (name text primary key not null, applied_at bigint not null)`,
      );
      await connection.commit();
    } catch (error) {
      await connection.rollback();
      throw error;
    }
  };

  const status = (): Promise<MigrationStatus> =>
    translated("migration status", async () => {
      const all = await known(dialect.folder);
      const applied = await dialect.connected((connection) => connection.names());
      return {
        applied,
        pending: all.filter((name) => !applied.includes(name)),
        unknown: applied.filter((name) => !all.includes(name)),
      };
    });

  const up = (): Promise<readonly string[]> =>
    translated("migration up", async () => {
      const all = await known(dialect.folder);
      return dialect.locked(async (connection) => {
        await ensureTable(connection);
        const applied: string[] = [];
        for (const name of all) {
          if (await step(connection, name, "up", (names) => names.includes(name))) applied.push(name);
        }
        return applied;
      });
    });

  const down = (steps: number): Promise<readonly string[]> =>
    translated("migration down", async () => {
      const all = await known(dialect.folder);
      return dialect.locked(async (connection) => {
        await ensureTable(connection);
        const newest = [...(await connection.names())].reverse().slice(0, steps);
        // Only the version that brought a migration knows the way back.
        const foreign = newest.find((name) => !all.includes(name));
        if (foreign !== undefined) throw new StorageFailure("refused", "no", `migration ${foreign} down`);
        const taken: string[] = [];
        for (const name of newest) {
          if (await step(connection, name, "down", (names) => !names.includes(name))) taken.push(name);
        }
        return taken;
      });
    });

  return { status, up, down };
};
