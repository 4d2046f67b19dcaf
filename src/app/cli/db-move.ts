import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { type MoveProgress, moveToPostgres } from "../../adapters/drizzle/copy/move-to-postgres.ts";
import { settleSqlite } from "../../adapters/drizzle/copy/sqlite-copy.ts";
import { openStore } from "../compose.ts";
import { type DatabaseSetting, readSettings, type Settings } from "../config.ts";
import type { Say } from "./backups.ts";
import { CommandRefused } from "./command-refused.ts";

const USAGE = "db move --to postgres://user:password@host/database | db move --confirm";

const keptOf = (path: string): string => `${path}.moved`;

/** One line: rewritten in a terminal, elsewhere written anew with every tenth of a table. */
const progressTo = (stream: NodeJS.WriteStream) => {
  let shown = "";
  return ({ table, rows, of, step }: MoveProgress): void => {
    const percent = Math.floor((100 * rows) / Math.max(1, of));
    const mark = `${step} ${table} ${percent - (percent % 10)}`;
    if (!stream.isTTY && mark === shown) return;
    shown = mark;
    const text = `${step.padEnd(9)}  ${table}  ${String(percent).padStart(3)} %  ${rows} rows`;
    stream.write(stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  };
};

const bringUp = async (database: DatabaseSetting): Promise<void> => {
  const store = await openStore(database);
  try {
    await store.migrator.up();
  } finally {
    await store.close();
  }
};

const sqlitePath = ({ database }: Settings): string => {
  if (database.kind !== "sqlite")
    throw new CommandRefused("DATABASE_URL must be the SQLite database to move.");
  return database.path;
};

const move = async (settings: Settings, to: string, say: Say): Promise<void> => {
  const path = sqlitePath(settings);
  if (!existsSync(path)) throw new CommandRefused("There is no SQLite database at DATABASE_URL.");
  if (!/^postgres(ql)?:\/\/.+$/.test(to)) throw new CommandRefused(USAGE);
  await bringUp({ kind: "sqlite", path });
  await bringUp({ kind: "postgres", url: to, directUrl: null, poolSize: 2 });
  settleSqlite(path);
  const moved = await moveToPostgres(path, to, progressTo(process.stderr));
  await rename(path, keptOf(path));
  const rows = moved.reduce((sum, table) => sum + table.rows, 0);
  say(
    [
      ...moved
        .filter((table) => table.rows > 0)
        .map((table) => `${String(table.rows).padStart(9)}  ${table.name}`),
      `Moved ${rows} rows; every column of every one was compared. Start the service with`,
      "  DATABASE_URL=<the PostgreSQL database>",
      ...(settings.secretKey === null
        ? [`  SECRET_KEY=<what is in ${resolve(settings.dataDir)}/secret.key>`]
        : []),
      `  ERASURE_LEDGER_DIR=${resolve(settings.ledger.directory)}`,
      `  ERASURE_LEDGER_HEADS_DIR=${resolve(settings.ledger.headsDirectory)}`,
      `The old database is kept as ${keptOf(path)}. Once the service runs on the new one, delete it with`,
      "  bun run cli db move --confirm",
    ].join("\n"),
  );
};

const confirm = async (settings: Settings, say: Say): Promise<void> => {
  const kept = keptOf(sqlitePath(settings));
  if (!existsSync(kept)) throw new CommandRefused("There is no database that was moved away.");
  await rm(kept);
  say(`${kept} is deleted.`);
};

/** `db move --to URL` takes a SQLite installation to PostgreSQL; `db move --confirm` deletes what was left behind. */
export const dbCommand = async (words: readonly string[], say: Say): Promise<void> => {
  const [verb, flag, url, ...others] = words;
  const settings = readSettings(process.env);
  if (verb === "move" && flag === "--to" && url !== undefined && others.length === 0)
    return move(settings, url, say);
  if (verb === "move" && flag === "--confirm" && url === undefined) return confirm(settings, say);
  throw new CommandRefused(USAGE);
};
