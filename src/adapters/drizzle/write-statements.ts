import { and, eq, type SQL, sql } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { TableName } from "./limits.ts";
import type { PortableDatabase, Schema } from "./portable.ts";

/**
 * Texts of the write statements, built once for each shape. Parameters are bound in the order that is written at each;
 * every value is one that `createEncoder` made.
 */
export interface WriteStatements {
  /** One row in the order of `columnsOf`; a row that loses leaves nothing. */
  insert(table: TableName): string;
  /** The values of `fields`, the key, the version. */
  update(table: TableName, fields: readonly string[]): string;
  /** The key, the version. */
  delete(table: TableName): string;
  /** The key. Answers its version, or no row. */
  version(table: TableName): string;
}

const placeholder = (name: string): SQL => sql`${sql.placeholder(name)}`;

const cached = (build: (table: TableName, shape: string) => string) => {
  const tables = new Map<TableName, Map<string, string>>();
  return (table: TableName, shape: string): string => {
    const texts = tables.get(table) ?? new Map<string, string>();
    const known = texts.get(shape);
    if (known !== undefined) return known;
    const text = build(table, shape);
    tables.set(table, texts.set(shape, text));
    return text;
  };
};

/** `db` only lends its dialect: nothing is sent. */
export const createWriteStatements = (
  db: PortableDatabase,
  schema: Schema,
  columnsOf: (table: TableName) => readonly string[],
): WriteStatements => {
  const tableOf = (table: TableName) => schema[table] as PgTable & Record<"version", PgColumn>;
  const keyOf = (table: TableName): PgColumn =>
    table === "system_config" ? schema.system_config.key : schema[table].id;
  const still = (table: TableName) =>
    and(eq(keyOf(table), placeholder("key")), eq(tableOf(table).version, placeholder("version")));

  const insert = cached((table) => {
    const row = Object.fromEntries(columnsOf(table).map((name) => [name, placeholder(name)]));
    return db.insert(tableOf(table)).values(row).onConflictDoNothing().toSQL().sql;
  });
  const update = cached((table, fields) => {
    const names = fields === "" ? [] : fields.split(" ");
    const set = Object.fromEntries(names.map((name) => [name, placeholder(name)]));
    const version = sql`${tableOf(table).version} + 1`;
    return db
      .update(tableOf(table))
      .set({ ...set, version })
      .where(still(table))
      .toSQL().sql;
  });
  const remove = cached((table) => db.delete(tableOf(table)).where(still(table)).toSQL().sql);
  const version = cached((table) => {
    const key = eq(keyOf(table), placeholder("key"));
    return db
      .select({ version: tableOf(table).version })
      .from(tableOf(table))
      .where(key)
      .toSQL().sql;
  });
  return {
    insert: (table) => insert(table, ""),
    update: (table, fields) => update(table, fields.join(" ")),
    delete: (table) => remove(table, ""),
    version: (table) => version(table, ""),
  };
};
