// Where operations are killed: databases of one system that can be copied as they are.
import { Database } from "bun:sqlite";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { startPostgres, startPostgres15 } from "../postgres.ts";

export type Row = readonly unknown[];

export interface Place {
  readonly engine: "SQLite" | "PostgreSQL";
  /** For files, of whoever works here. */
  readonly folder: string;
  /** Where a database may be made: no file yet, or an empty one. */
  fresh(): Promise<string>;
  /** The same data under another URL. Nobody may be using it, but for those who were killed. */
  copyOf(url: string): Promise<string>;
  /** Whether there is more than the place. */
  isThere(url: string): Promise<boolean>;
  rows(url: string, statement: string): Promise<readonly Row[]>;
  tables(url: string): Promise<readonly string[]>;
  /** Resolves once the database has noticed the death of whoever was connected to it. */
  settle(url: string): Promise<void>;
  /** Names of what lies beside a database and was made of its name. */
  beside(url: string): Promise<readonly string[]>;
  urlBeside(url: string, name: string): string;
  /** Removes it and what lies beside it. */
  remove(url: string): Promise<void>;
  close(): Promise<void>;
}

const SQLITE = "sqlite:///";

const SQLITE_TABLES = "select name from sqlite_master where type = 'table'";
const POSTGRES_TABLES = "select tablename from pg_tables where schemaname = 'public'";

export const pathOf = (url: string): string => url.slice(SQLITE.length);

export const sqlitePlace = async (): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-kills-"));
  const fresh = async (): Promise<string> => `${SQLITE}${folder}/${crypto.randomUUID()}/gonogo.db`;
  const exists = (url: string): Promise<boolean> => Bun.file(pathOf(url)).exists();
  const rows = async (url: string, statement: string): Promise<readonly Row[]> => {
    const db = new Database(pathOf(url), { readwrite: true, create: false });
    try {
      db.run("pragma busy_timeout = 10000");
      return db.query(statement).values();
    } finally {
      db.close();
    }
  };
  return {
    engine: "SQLite",
    folder,
    fresh,
    copyOf: async (url) => {
      const copy = await fresh();
      await cp(dirname(pathOf(url)), dirname(pathOf(copy)), { recursive: true });
      return copy;
    },
    isThere: exists,
    rows,
    tables: async (url) => (await rows(url, SQLITE_TABLES)).map(([name]) => String(name)),
    settle: async () => undefined,
    beside: async (url) => {
      const found = new Bun.Glob("*").scan({ cwd: dirname(pathOf(url)), onlyFiles: true });
      return (await Array.fromAsync(found)).filter((name) => name !== "gonogo.db");
    },
    urlBeside: (url, name) => `${SQLITE}${join(dirname(pathOf(url)), name)}`,
    remove: (url) => rm(dirname(pathOf(url)), { recursive: true, force: true }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
};

const nameOf = (url: string): string => new URL(url).pathname.slice(1);
/** What a restore makes beside a database begins with so much of its name. */
const stemOf = (url: string): string => nameOf(url).slice(0, 36);

/** Null, and said why, where there is no server that pg_dump of this machine speaks to and it is needed. */
export const postgresPlace = async (needsPrograms: boolean): Promise<Place | { readonly reason: string }> => {
  const server = needsPrograms ? await startPostgres15() : await startPostgres();
  if ("reason" in server) return server;
  const folder = await mkdtemp(join(tmpdir(), "gonogo-kills-"));
  const at = (name: string): string => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  const on = async <T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
    const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 5 });
    }
  };
  const make = async (template: string): Promise<string> => {
    const name = `gonogo_${crypto.randomUUID().replaceAll("-", "")}`;
    await on(server.url, (sql) =>
      sql.unsafe(`create database ${name} template ${template} encoding 'UTF8' locale 'C'`),
    );
    return at(name);
  };
  const named = (url: string) =>
    on(server.url, async (sql) =>
      (await sql.unsafe("select datname from pg_database").values())
        .map(([name]) => String(name))
        .filter((name) => name.startsWith(stemOf(url))),
    );
  const settle = (url: string): Promise<void> =>
    on(server.url, async (sql) => {
      const text = `select count(*) from pg_stat_activity where datname like '${stemOf(url)}%'`;
      const deadline = Date.now() + 30_000;
      while (Number((await sql.unsafe(text).values())[0]?.[0]) > 0) {
        if (Date.now() > deadline) throw new Error("a killed process is still connected");
        await Bun.sleep(20);
      }
    });
  const rows = (url: string, statement: string): Promise<readonly Row[]> =>
    on(url, async (sql) => Array.from(await sql.unsafe(statement).values(), (row) => [...row]));
  const tables = async (url: string): Promise<readonly string[]> =>
    (await rows(url, POSTGRES_TABLES)).map(([name]) => String(name));
  return {
    engine: "PostgreSQL",
    folder,
    fresh: () => make("template0"),
    copyOf: async (url) => {
      await settle(url);
      return make(nameOf(url));
    },
    isThere: async (url) => {
      if (!(await named(url)).includes(nameOf(url))) return false;
      return (await tables(url)).length > 0;
    },
    rows,
    tables,
    settle,
    beside: async (url) => (await named(url)).filter((name) => name !== nameOf(url)),
    urlBeside: (_, name) => at(name),
    remove: async (url) => {
      for (const name of await named(url))
        await on(server.url, (sql) => sql.unsafe(`drop database if exists ${name} with (force)`));
    },
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
