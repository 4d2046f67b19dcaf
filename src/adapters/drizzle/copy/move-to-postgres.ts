import { createHash } from "node:crypto";
import postgres from "postgres";
import { CopyRefused } from "../../../ports/database-copy.ts";
import { quoted } from "./copied-tables.ts";
import {
  type Key,
  keyOf,
  type MoveSource,
  openMoveSource,
  type Row,
  type SourceTable,
} from "./move-source.ts";

const PAGE = 2_000;
/** Where the move stands, in the database it goes to: written with every page, gone when all is compared. */
const PROGRESS = "gonogo_move";

export interface MoveProgress {
  readonly table: string;
  readonly rows: number;
  readonly of: number;
  readonly step: "moving" | "comparing";
}

export interface MovedTable {
  readonly name: string;
  readonly rows: number;
}

type Client = ReturnType<typeof postgres>;

/** How a row of one database is written in the other, and how both are compared. */
interface Shape {
  readonly flags: readonly string[];
}

const shapeOf = async (sql: Client, { name, columns }: SourceTable): Promise<Shape> => {
  const found = await sql.unsafe<{ column_name: string; data_type: string }[]>(
    "select column_name, data_type from information_schema.columns where table_schema = 'public' and table_name = $1",
    [name],
  );
  const missing = columns.filter((column) => !found.some(({ column_name }) => column_name === column));
  if (missing.length > 0 || found.length !== columns.length)
    throw new CopyRefused(`The table ${name} is not the same in both databases: bring both up to date.`);
  return {
    flags: found.filter(({ data_type }) => data_type === "boolean").map(({ column_name }) => column_name),
  };
};

/** SQLite has no booleans. */
const inPostgres = (row: Row, { flags }: Shape): Row => ({
  ...row,
  ...Object.fromEntries(flags.map((flag) => [flag, row[flag] === null ? null : row[flag] === 1])),
});

const moveTable = async (
  sql: Client,
  source: MoveSource,
  table: SourceTable,
  onProgress: (progress: MoveProgress) => void,
): Promise<void> => {
  const shape = await shapeOf(sql, table);
  const [begun] = await sql.unsafe<{ last_key: string | null; rows: string }[]>(
    `select last_key, rows from ${PROGRESS} where name = $1`,
    [table.name],
  );
  let after = begun?.last_key == null ? null : (JSON.parse(begun.last_key) as Key);
  let rows = Number(begun?.rows ?? 0);
  const columns = table.columns.map(quoted).join(", ");
  const insert = `insert into ${quoted(table.name)} (${columns}) select ${columns} from json_populate_recordset(null::${quoted(table.name)}, $1::text::json)`;
  for (;;) {
    const page = source.page(table, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    after = keyOf(table, last);
    rows += page.length;
    const text = JSON.stringify(page.map((row) => inPostgres(row, shape)));
    const key = JSON.stringify(after);
    const total = rows;
    // A page and the word that it is there, together: killed between two pages it goes on with the next.
    await sql.begin(async (transaction) => {
      await transaction.unsafe(insert, [text]);
      await transaction.unsafe(
        `insert into ${PROGRESS} (name, last_key, rows) values ($1, $2, $3::text::bigint)
         on conflict (name) do update set last_key = excluded.last_key, rows = excluded.rows`,
        [table.name, key, String(total)],
      );
    });
    onProgress({ table: table.name, rows, of: table.rows, step: "moving" });
  }
};

const digestOfRow = (columns: readonly string[], row: Row): string =>
  JSON.stringify(columns.map((column) => row[column] ?? null));

/** A hash over every column of every row, in the order of keys' bytes. */
const digestHere = async (source: MoveSource, table: SourceTable, shape: Shape): Promise<string> => {
  const hash = createHash("sha256");
  for (let after: Key | null = null; ; ) {
    const page = source.page(table, after, PAGE);
    for (const row of page) hash.update(digestOfRow(table.columns, inPostgres(row, shape)));
    const last = page.at(-1);
    if (last === undefined) return hash.digest("hex");
    after = keyOf(table, last);
    await Bun.sleep(0);
  }
};

const digestThere = async (
  sql: Client,
  table: SourceTable,
  onRows: (rows: number) => void,
): Promise<string> => {
  const hash = createHash("sha256");
  const texts = await sql.unsafe<{ column_name: string }[]>(
    "select column_name from information_schema.columns where table_schema = 'public' and table_name = $1 and data_type = 'text'",
    [table.name],
  );
  const isText = (column: string): boolean => texts.some(({ column_name }) => column_name === column);
  const order = table.key
    .map((column) => `${quoted(column)}${isText(column) ? ' collate "C"' : ""}`)
    .join(", ");
  let rows = 0;
  await sql.begin(async (transaction) => {
    const query = `select row_to_json(t)::text as row from ${quoted(table.name)} t order by ${order}`;
    for await (const page of transaction.unsafe<{ row: string }[]>(query).cursor(PAGE)) {
      for (const { row } of page) hash.update(digestOfRow(table.columns, JSON.parse(row) as Row));
      rows += page.length;
      onRows(rows);
    }
  });
  return hash.digest("hex");
};

const begin = async (sql: Client): Promise<void> => {
  const [there] = await sql.unsafe<{ name: string | null }[]>("select to_regclass($1)::text as name", [
    `public.${PROGRESS}`,
  ]);
  if (there?.name != null) return;
  const [used] = await sql.unsafe<{ used: boolean }[]>(
    "select exists (select 1 from subjects) or exists (select 1 from audit_entries) as used",
  );
  if (used?.used === true) throw new CopyRefused("There is something in that database already.");
  await sql.unsafe(`create table ${PROGRESS} (name text primary key, last_key text, rows bigint not null)`);
};

/**
 * Moves a SQLite database, whose schema is up to date, into a PostgreSQL database whose schema is too and that is empty, or
 * where an earlier move stopped. Then compares every column of every row. Throws CopyRefused when they differ.
 */
export const moveToPostgres = async (
  path: string,
  url: string,
  onProgress: (progress: MoveProgress) => void,
): Promise<readonly MovedTable[]> => {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined, connect_timeout: 10 });
  const source = openMoveSource(path);
  try {
    await begin(sql);
    for (const table of source.tables) await moveTable(sql, source, table, onProgress);
    for (const table of source.tables) {
      const shape = await shapeOf(sql, table);
      const there = await digestThere(sql, table, (rows) =>
        onProgress({ table: table.name, rows, of: table.rows, step: "comparing" }),
      );
      if (there !== (await digestHere(source, table, shape)))
        throw new CopyRefused(
          `The table ${table.name} is not the same in both databases: the old one was changed since the move began. Empty the new database and move again.`,
        );
    }
    await sql.unsafe(
      "select setval(pg_get_serial_sequence('audit_entries', 'position'), greatest(1, (select coalesce(max(position), 0) from audit_entries)))",
    );
    await sql.unsafe("analyze");
    await sql.unsafe(`drop table ${PROGRESS}`);
    return source.tables.map(({ name, rows }) => ({ name, rows }));
  } finally {
    source.close();
    await sql.end({ timeout: 5 });
  }
};
