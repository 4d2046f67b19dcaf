import { type Column, getTableColumns } from "drizzle-orm";
import type { StagedRow, StagedValue } from "../../../ports/staging-copy.ts";
import { postgresSchema } from "../schema.postgres.ts";

type Kind = "text" | "number" | "boolean";

const KINDS = new Map(
  Object.entries(postgresSchema).map(([table, columns]): [string, ReadonlyMap<string, Kind>] => [
    table,
    new Map(
      Object.entries<Column>(getTableColumns(columns)).map(([name, { dataType }]) => [
        name,
        dataType === "number" || dataType === "boolean" ? dataType : "text",
      ]),
    ),
  ]),
);

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Columns of a table, as this version knows it. */
export const columnsOf = (table: string): readonly string[] => [...(KINDS.get(table)?.keys() ?? [])];

const asStaged = (kind: Kind | undefined, value: unknown): StagedValue => {
  if (value === null || value === undefined) return null;
  if (kind === "boolean") return value === true || value === 1;
  return kind === "number" ? Number(value) : String(value);
};

/** A row as both databases mean it: SQLite has no booleans, and PostgreSQL sends numbers as text. */
export const stagedRow = (
  table: string,
  columns: readonly string[],
  values: readonly unknown[],
): StagedRow => {
  const kinds = KINDS.get(table);
  return Object.fromEntries(columns.map((name, index) => [name, asStaged(kinds?.get(name), values[index])]));
};

/** A page in the order of `by`. Placeholders are `mark(1)`, `mark(2)` … */
export const pageText = (
  table: string,
  columns: readonly string[],
  by: readonly string[],
  after: boolean,
  mark: (position: number) => string,
): string => {
  const order = by.map(quoted).join(", ");
  const past = after ? ` where (${order}) > (${by.map((_, index) => mark(index + 1)).join(", ")})` : "";
  const limit = mark(after ? by.length + 1 : 1);
  return `select ${columns.map(quoted).join(", ")} from ${quoted(table)}${past} order by ${order} limit ${limit}`;
};
