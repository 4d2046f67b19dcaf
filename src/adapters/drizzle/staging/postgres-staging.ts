import postgres from "postgres";
import {
  type StagedRows,
  StagingRefused,
  type StagingSource,
  type StagingTarget,
} from "../../../ports/staging-copy.ts";
import { openPostgres } from "../postgres/open-postgres.ts";
import { columnsOf, pageText, quoted, stagedRow } from "./staged-columns.ts";

type Client = ReturnType<typeof postgres>;

const connect = (url: string): Client =>
  postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => undefined,
    connect_timeout: 10,
    idle_timeout: 0,
  });

const COLUMNS = `select table_name, column_name from information_schema.columns
  where table_schema = 'public' order by table_name, ordinal_position`;

const rowsOf = (sql: Client): StagedRows => ({
  columns: async () => {
    const found: Record<string, string[]> = {};
    for (const [table, column] of await sql.unsafe(COLUMNS).values()) {
      const columns = found[String(table)] ?? [];
      found[String(table)] = columns;
      columns.push(String(column));
    }
    return found;
  },
  count: async (table) =>
    Number((await sql.unsafe(`select count(*) from ${quoted(table)}`).values())[0]?.[0]),
  page: async (table, by, after, limit) => {
    const columns = columnsOf(table);
    const text = pageText(table, columns, by, after !== null, (position) => `$${position}`);
    const rows = await sql.unsafe(text, [...(after ?? []), limit] as never[]).values();
    return rows.map((row) => stagedRow(table, columns, row));
  },
});

/** One snapshot: what others commit meanwhile is not seen. */
export const openPostgresSource = async (url: string): Promise<StagingSource> => {
  const sql = connect(url);
  await sql.unsafe("begin isolation level repeatable read read only");
  return { ...rowsOf(sql), close: () => sql.end({ timeout: 5 }) };
};

/** One transaction: a run that dies, or is thrown away, has written nothing. */
export const openPostgresTarget = async (url: string): Promise<StagingTarget> => {
  const store = await openPostgres({ url });
  try {
    await store.migrator.up();
  } finally {
    await store.close();
  }
  const sql = connect(url);
  const rows = rowsOf(sql);
  await sql.unsafe("begin");
  if ((await rows.count("subjects")) + (await rows.count("consent_policies")) > 0) {
    await sql.end({ timeout: 5 });
    throw new StagingRefused("the target is not empty: name a database that is");
  }
  return {
    ...rows,
    insert: async (table, staged) => {
      const [first] = staged;
      if (first === undefined) return;
      const names = Object.keys(first).map(quoted).join(", ");
      const name = quoted(table);
      await sql.unsafe(
        `insert into ${name} (${names}) select ${names} from json_populate_recordset(null::${name}, $1::text::json)`,
        [JSON.stringify(staged)],
      );
    },
    finish: async () => {
      await sql.unsafe("commit");
    },
    close: () => sql.end({ timeout: 5 }),
  };
};
