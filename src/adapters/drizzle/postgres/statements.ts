import type { Column } from "drizzle-orm";
import { keyField, UNIQUE_FIELDS } from "../../../domain/personal-data/records.ts";
import type { Scalar } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { recordColumns } from "../portable.ts";
import { postgresSchema } from "../schema.postgres.ts";

/** What a row is locked for: that it stays as it is, that it changes, that it goes. */
export type LockMode = "share" | "no key update" | "update";

/**
 * Texts of the statements of a group. Each takes its values as one array a column, so that one text serves any number of
 * rows: the server reads them in half the time that rows of single parameters take.
 */
export interface Statements {
  /** An array a column, in the order of the table's columns. Answers `key` of the rows that did not lose. */
  insert(table: TableName): string;
  /** Arrays of keys, of versions, then one for each field. Answers `key` of the rows that did not lose. */
  update(table: TableName, fields: readonly string[]): string;
  /** Arrays of keys and of versions. Answers `key` of the rows that did not lose. */
  delete(table: TableName): string;
  /** An array of keys. Locks in the order of the keys; answers `key`, `version` and the unique fields. */
  lock(table: TableName, mode: LockMode): string;
  /** An array of ids. Answers `key` of the audit entries that are stored. */
  audited: string;
}

const name = (identifier: string): string => `"${identifier}"`;

const keyOf = (table: TableName): string => name(table === "audit_entries" ? "id" : keyField(table));

/** The fields, one by one, that a unique index of the table is over. */
export const uniqueFields = (table: TableName): readonly (readonly string[])[] =>
  table === "audit_entries" ? [] : UNIQUE_FIELDS[table];

const typeOf = (column: Column): string => (column.getSQLType().split(" ")[0] ?? "text").concat("[]");

const columnsOf = (table: TableName): Readonly<Record<string, Column>> =>
  recordColumns(postgresSchema[table]);

const typeOfField = (table: TableName, field: string): string => {
  const column = columnsOf(table)[field];
  if (column === undefined) throw new RangeError(`${table} has no ${field}`);
  return typeOf(column);
};

const insertText = (table: TableName): string => {
  const columns = Object.entries(columnsOf(table));
  const names = columns.map(([field]) => name(field)).join(", ");
  const arrays = columns.map(([, column], index) => `$${index + 1}::${typeOf(column)}`).join(", ");
  return (
    `insert into ${name(table)} (${names}) select * from unnest(${arrays}) ` +
    `on conflict do nothing returning ${keyOf(table)} as key`
  );
};

const updateText = (table: TableName, fields: readonly string[]): string => {
  const arrays = fields.map((field, index) => `, $${index + 3}::${typeOfField(table, field)}`).join("");
  const aliases = fields.map((_, index) => `, value_${index}`).join("");
  const set = fields.map((field, index) => `${name(field)} = new.value_${index}, `).join("");
  return (
    `update ${name(table)} as old set ${set}"version" = old."version" + 1 ` +
    `from unnest($1::text[], $2::bigint[]${arrays}) as new (key, version${aliases}) ` +
    `where old.${keyOf(table)} = new.key and old."version" = new.version returning new.key`
  );
};

const deleteText = (table: TableName): string =>
  `delete from ${name(table)} as old using unnest($1::text[], $2::bigint[]) as gone (key, version) ` +
  `where old.${keyOf(table)} = gone.key and old."version" = gone.version returning gone.key`;

const lockText = (table: TableName, mode: LockMode): string => {
  const fields = [...new Set(uniqueFields(table).flat())].map((field) => `, ${name(field)}`).join("");
  return (
    `select ${keyOf(table)} as key, "version"${fields} from ${name(table)} ` +
    `where ${keyOf(table)} = any($1::text[]) order by ${keyOf(table)} for ${mode}`
  );
};

export const createStatements = (): Statements => {
  const texts = new Map<string, string>();
  const once = (shape: string, build: () => string): string => {
    const known = texts.get(shape);
    if (known !== undefined) return known;
    const text = build();
    texts.set(shape, text);
    return text;
  };
  return {
    insert: (table) => once(`insert ${table}`, () => insertText(table)),
    update: (table, fields) => once(`update ${table} ${fields.join(" ")}`, () => updateText(table, fields)),
    delete: (table) => once(`delete ${table}`, () => deleteText(table)),
    lock: (table, mode) => once(`lock ${table} ${mode}`, () => lockText(table, mode)),
    audited: `select "id" as key from "audit_entries" where "id" = any($1::text[])`,
  };
};

/** A PostgreSQL array of these values, as text. */
export const arrayOf = (values: readonly Scalar[]): string => {
  const elements = values.map((value) => {
    if (value === null) return "NULL";
    return typeof value === "string" ? `"${value.replace(/["\\]/g, "\\$&")}"` : String(value);
  });
  return `{${elements.join(",")}}`;
};
