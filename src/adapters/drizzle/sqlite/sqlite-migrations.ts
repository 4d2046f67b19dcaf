import { join } from "node:path";
import { MIGRATIONS_TABLE, type MigrationConnection, type MigrationDialect } from "../migrator.ts";
import { openConnection, type SqliteConnection, whileBusy } from "./connection.ts";

export const SQLITE_MIGRATIONS = join(import.meta.dir, "../../../../drizzle/sqlite");

const migrationConnection = ({ db }: SqliteConnection, deadlineMs: number): MigrationConnection => ({
  // The write lock of the file is the lock of the migration: whoever waits finds it applied.
  begin: async () => {
    await whileBusy(deadlineMs, () => db.run("begin immediate"));
  },
  script: async (sql) => {
    db.run(sql);
  },
  names: async () => {
    const table = db
      .query("select 1 from sqlite_master where type = 'table' and name = ?")
      .values(MIGRATIONS_TABLE);
    if (table.length === 0) return [];
    return db
      .query(`select name from ${MIGRATIONS_TABLE} order by name`)
      .values()
      .map(([name]) => String(name));
  },
  record: async (name, appliedAt) => {
    db.run(`insert into ${MIGRATIONS_TABLE} (name, applied_at) values (?, ?)`, [name, appliedAt]);
  },
  forget: async (name) => {
    db.run(`delete from ${MIGRATIONS_TABLE} where name = ?`, [name]);
  },
  commit: async () => {
    // References are not enforced while a table is rebuilt, so they are checked as a whole.
    const broken = db.query("pragma foreign_key_check").values();
    if (broken.length > 0)
      throw Object.assign(new Error("broken reference"), { code: "SQLITE_CONSTRAINT_FOREIGNKEY" });
    db.run("commit");
  },
  rollback: async () => {
    if (db.inTransaction) db.run("rollback");
  },
});

/** Migrations of one SQLite file, on a connection of their own. */
export const sqliteMigrations = (
  path: string,
  deadlineMs: number,
  folder = SQLITE_MIGRATIONS,
): MigrationDialect => {
  const connected: MigrationDialect["connected"] = async (work) => {
    const connection = await openConnection(path, deadlineMs, "copied");
    try {
      // A rebuild drops tables that others refer to; SQLite ignores this inside a transaction.
      connection.db.run("pragma foreign_keys = off");
      return await work(migrationConnection(connection, deadlineMs));
    } finally {
      connection.close();
    }
  };
  return { folder, connected, locked: connected };
};
