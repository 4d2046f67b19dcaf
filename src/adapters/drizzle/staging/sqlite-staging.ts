import { Database, type SQLQueryBindings } from "bun:sqlite";
import { existsSync } from "node:fs";
import { open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import {
  type StagedRow,
  type StagedRows,
  StagingRefused,
  type StagingSource,
  type StagingTarget,
} from "../../../ports/staging-copy.ts";
import { openSqlite } from "../sqlite/open-sqlite.ts";
import { columnsOf, pageText, quoted, stagedRow } from "./staged-columns.ts";

const rowsOf = (db: Database): StagedRows => ({
  columns: async () => {
    const tables = db
      .query("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
      .values()
      .map(([name]) => String(name));
    return Object.fromEntries(
      tables.map((table) => [
        table,
        db
          .query("select name from pragma_table_info(?)")
          .values(table)
          .map(([name]) => String(name)),
      ]),
    );
  },
  count: async (table) => Number(db.query(`select count(*) from ${quoted(table)}`).values()[0]?.[0]),
  page: async (table, by, after, limit) => {
    const columns = columnsOf(table);
    const text = pageText(table, columns, by, after !== null, () => "?");
    const values = [...(after ?? []), limit] as SQLQueryBindings[];
    return db
      .query(text)
      .values(...values)
      .map((row) => stagedRow(table, columns, row));
  },
});

/** One read transaction: what others commit meanwhile is not seen. */
export const openSqliteSource = (path: string): StagingSource => {
  // Not read-only: a database in WAL mode has files beside it that a reader may have to make.
  const db = new Database(path, { readwrite: true, create: false });
  db.run("pragma query_only = on");
  db.run("begin");
  return {
    ...rowsOf(db),
    close: async () => {
      db.run("rollback");
      db.close();
    },
  };
};

const UNFINISHED = ".unfinished-";

const leftovers = async (path: string): Promise<readonly string[]> => {
  const start = `${basename(path)}${UNFINISHED}`;
  return existsSync(dirname(path))
    ? (await readdir(dirname(path)))
        .filter((name) => name.startsWith(start))
        .map((name) => join(dirname(path), name))
    : [];
};

const syncPath = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Written beside its place, and moved there once it is whole. What a killed run left beside it is removed first. */
export const openSqliteTarget = async (path: string): Promise<StagingTarget> => {
  const place = resolve(path);
  if (existsSync(place)) throw new StagingRefused("the target is there already: name a file that is not");
  for (const old of await leftovers(place)) await rm(old, { force: true });
  const draft = `${place}${UNFINISHED}${crypto.randomUUID()}`;
  const store = await openSqlite({ path: draft });
  try {
    await store.migrator.up();
  } finally {
    await store.close();
  }
  const db = new Database(draft, { readwrite: true, create: false, strict: true });
  db.run("pragma journal_mode = delete");
  db.run("pragma synchronous = off");
  db.run("pragma foreign_keys = on");
  db.run("begin");
  let finished = false;
  const texts = new Map<string, string>();
  const insertText = (table: string, names: readonly string[]): string => {
    const known = texts.get(table);
    if (known !== undefined) return known;
    const text = `insert into ${quoted(table)} (${names.map(quoted).join(", ")}) values (${names.map(() => "?").join(", ")})`;
    texts.set(table, text);
    return text;
  };
  return {
    ...rowsOf(db),
    insert: async (table, rows: readonly StagedRow[]) => {
      const [first] = rows;
      if (first === undefined) return;
      const names = Object.keys(first);
      const statement = db.query(insertText(table, names));
      for (const row of rows) statement.run(...names.map((name) => row[name] ?? null));
    },
    finish: async () => {
      db.run("commit");
      db.close(true);
      await syncPath(draft);
      await rename(draft, place);
      await syncPath(dirname(place));
      finished = true;
    },
    close: async () => {
      if (finished) return;
      db.close();
      for (const left of await leftovers(place)) await rm(left, { force: true });
    },
  };
};
