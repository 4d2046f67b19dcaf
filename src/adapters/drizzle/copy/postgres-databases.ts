import postgres from "postgres";
import { CopyRefused } from "../../../ports/database-copy.ts";
import { quoted } from "./copied-tables.ts";

const nameIn = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

/** The same server, another database. */
export const urlOfDatabase = (url: string, name: string): string => {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(name)}`;
  return other.href;
};

const administered = async <T>(
  url: string,
  work: (run: (statement: string) => Promise<unknown>) => Promise<T>,
): Promise<T> => {
  const sql = postgres(urlOfDatabase(url, "postgres"), {
    max: 1,
    fetch_types: false,
    onnotice: () => undefined,
    connect_timeout: 10,
  });
  try {
    return await work((statement) => sql.unsafe(statement));
  } catch (failure) {
    const code = failure instanceof Error && "code" in failure ? String(failure.code) : "no connection";
    throw new CopyRefused(
      code === "55006"
        ? "Another process is connected to the database: stop the service first."
        : `The server did not let us make or rename a database (${code}): the user of DATABASE_URL needs CREATEDB, and must own the database.`,
    );
  } finally {
    await sql.end({ timeout: 5 });
  }
};

/** Makes a fresh, empty database beside that of `url`; answers its URL. One that was left there under this name goes. */
export const makeDatabase = async (url: string, name: string): Promise<string> => {
  await administered(url, async (run) => {
    await run(`drop database if exists ${quoted(name)} with (force)`);
    await run(`create database ${quoted(name)} template template0 encoding 'UTF8'`);
  });
  return urlOfDatabase(url, name);
};

export const dropDatabase = (url: string, name: string): Promise<unknown> =>
  administered(url, (run) => run(`drop database if exists ${quoted(name)} with (force)`));

/** Puts the database `from` into the place of that of `url`, which is kept under another name: both or neither. */
export const swapDatabases = async (url: string, from: string, kept: string): Promise<void> => {
  const place = quoted(nameIn(url));
  await administered(url, (run) =>
    run(
      `begin; alter database ${place} rename to ${quoted(kept)}; alter database ${quoted(from)} rename to ${place}; commit`,
    ),
  );
};
