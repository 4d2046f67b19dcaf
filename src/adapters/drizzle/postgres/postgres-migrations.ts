import { join } from "node:path";
import { MIGRATIONS_TABLE, type MigrationConnection, type MigrationDialect } from "../migrator.ts";
import { type Lane, type LaneOptions, openLane } from "./lane.ts";

export const POSTGRES_MIGRATIONS = join(import.meta.dir, "../../../../drizzle/postgres");

/** The lock of whoever migrates. It lives as long as its transaction, so that it holds behind a transaction pooler too. */
const LOCK = "select pg_advisory_xact_lock(1196314438, 0)";

const migrationConnection = (lane: Lane, waitMs: number): MigrationConnection => ({
  begin: async () => {
    await lane.send(`begin isolation level read committed; set local lock_timeout = ${waitMs}; ${LOCK}`);
  },
  script: async (sql) => {
    await lane.send(sql);
  },
  names: async () => {
    const { rows: tables } = await lane.send(
      `select to_regclass('${MIGRATIONS_TABLE}') is not null as there`,
    );
    if (tables[0]?.["there"] !== true) return [];
    const { rows } = await lane.send(`select name from ${MIGRATIONS_TABLE} order by name collate "C"`);
    return rows.map(({ name }) => String(name));
  },
  record: async (name, appliedAt) => {
    await lane.send(`insert into ${MIGRATIONS_TABLE} (name, applied_at) values ($1::text, $2::bigint)`, [
      name,
      String(appliedAt),
    ]);
  },
  forget: async (name) => {
    await lane.send(`delete from ${MIGRATIONS_TABLE} where name = $1::text`, [name]);
  },
  commit: async () => {
    await lane.send("commit");
  },
  rollback: async () => {
    // A lane that cannot roll back is closed, which rolls back too.
    await lane.send("rollback").catch(() => lane.close());
  },
});

/** Migrations of one database, each on a connection of its own that passes no pooler. */
export const postgresMigrations = (
  options: LaneOptions,
  waitMs: number,
  folder = POSTGRES_MIGRATIONS,
): MigrationDialect => {
  const connected: MigrationDialect["connected"] = async (work) => {
    const lane = await openLane(options);
    try {
      return await work(migrationConnection(lane, waitMs));
    } finally {
      await lane.close();
    }
  };
  return { folder, connected, locked: connected };
};
