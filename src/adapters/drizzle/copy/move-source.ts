import { Database } from "bun:sqlite";
import { quoted } from "./copied-tables.ts";

export interface SourceTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the primary key, in its order. */
  readonly key: readonly string[];
  readonly rows: number;
}

export type Row = Readonly<Record<string, unknown>>;
export type Key = readonly (string | number)[];

/** A SQLite database that nobody writes to while it is read. */
export interface MoveSource {
  /** Tables that hold data of the service; those that others refer to come first. */
  readonly tables: readonly SourceTable[];
  /** The rows after this key (null: from the first) in the order of keys. */
  page(table: SourceTable, after: Key | null, limit: number): readonly Row[];
  close(): void;
}

/** Filled by migrations, or speaks of processes that run just now. */
const LEFT_OUT = ["schema_migrations", "leases"];

const tablesOf = (db: Database): readonly SourceTable[] => {
  const names = db
    .query("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name")
    .values()
    .map(([name]) => String(name))
    .filter((name) => !LEFT_OUT.includes(name));
  return names
    .toSorted((a, b) => Number(b === "subjects") - Number(a === "subjects"))
    .map((name) => {
      const info = db.query<{ name: string; pk: number }, []>(`pragma table_info(${quoted(name)})`).all();
      return {
        name,
        columns: info.map((column) => column.name),
        key: info
          .filter(({ pk }) => pk > 0)
          .toSorted((a, b) => a.pk - b.pk)
          .map((column) => column.name),
        rows: Number(db.query(`select count(*) from ${quoted(name)}`).values()[0]?.[0] ?? 0),
      };
    });
};

/** Keeps writers out until it is closed. */
export const openMoveSource = (path: string): MoveSource => {
  const db = new Database(path, { readwrite: true, create: false });
  db.run("pragma busy_timeout = 1000");
  db.run("begin immediate");
  return {
    tables: tablesOf(db),
    page: ({ name, key }, after, limit) => {
      const columns = key.map(quoted).join(", ");
      const where = after === null ? "" : `where (${columns}) > (${key.map(() => "?").join(", ")})`;
      return db
        .query<Row, (string | number)[]>(
          `select * from ${quoted(name)} ${where} order by ${columns} limit ${limit}`,
        )
        .all(...(after ?? []));
    },
    close: () => {
      db.run("rollback");
      db.close();
    },
  };
};

export const keyOf = ({ key }: SourceTable, row: Row): Key =>
  key.map((column) => row[column] as string | number);
