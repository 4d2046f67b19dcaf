import type { Column } from "drizzle-orm";
import { keyField } from "../../domain/personal-data/records.ts";
import type { Changes, Write } from "../../domain/shared/changes.ts";
import { storableText } from "../../domain/shared/text.ts";
import { GROUP_MEMBERS_MAX, GROUP_ROWS_MAX } from "../../ports/group-store.ts";
import type { TableName } from "./limits.ts";
import { recordColumns, type Schema } from "./portable.ts";

/** What is bound: SQLite has no booleans, so its columns turn them into 0 and 1. */
export type Scalar = string | number | boolean | null;

export interface EncodedInsert {
  readonly op: "insert";
  readonly table: TableName;
  readonly key: string;
  /** One value a column, in the order of `columnsOf(table)`. */
  readonly values: readonly Scalar[];
}

export interface EncodedUpdate {
  readonly op: "update";
  readonly table: TableName;
  readonly key: string;
  readonly version: number;
  /** In the order of the table's columns. */
  readonly fields: readonly string[];
  readonly values: readonly Scalar[];
}

export interface EncodedDelete {
  readonly op: "delete";
  readonly table: TableName;
  readonly key: string;
  readonly version: number;
}

export type EncodedWrite = EncodedInsert | EncodedUpdate | EncodedDelete;

export interface EncodedExpectation {
  readonly table: TableName;
  readonly key: string;
  readonly version: number | "absent";
}

/** A decision whose every value a database column of its kind takes. */
export interface EncodedMember {
  readonly expects: readonly EncodedExpectation[];
  readonly writes: readonly EncodedWrite[];
  readonly audit: readonly EncodedInsert[];
}

export interface Encoder {
  /** Names of a table's columns, in the order of every encoded row. */
  columnsOf(table: TableName): readonly string[];
  /** Null when a value cannot be stored: `undefined`, NaN, a fraction, NUL, a field the table does not have … */
  encode(changes: Changes): EncodedMember | null;
}

/** Thrown by the encoding of one value and caught by `encode`: leaving in the middle of a row needs a jump. */
class NotStorable extends Error {}

/** What is asked of a column for every value: worked out once, since every commit passes here. */
interface EncodedColumn {
  readonly name: string;
  readonly type: "text" | "number" | "boolean";
  readonly nullable: boolean;
  /** What the driver binds for true and false. */
  readonly flags: readonly [Scalar, Scalar];
}

const encodedColumn = ([name, column]: [string, Column]): EncodedColumn => {
  const { dataType, notNull } = column;
  const type = dataType === "number" || dataType === "boolean" ? dataType : "text";
  const bound = (flag: boolean) => column.mapToDriverValue(flag) as Scalar;
  return {
    name,
    type,
    nullable: !notNull,
    flags: type === "boolean" ? [bound(true), bound(false)] : [null, null],
  };
};

const encodeValue = ({ type, nullable, flags }: EncodedColumn, value: unknown): Scalar => {
  if (typeof value === "string") {
    if (type === "text" && storableText(value) === null) return value;
  } else if (typeof value === "number") {
    if (type === "number" && Number.isSafeInteger(value)) return value;
  } else if (typeof value === "boolean") {
    if (type === "boolean") return flags[value ? 0 : 1];
  } else if (value === null && nullable) return null;
  throw new NotStorable();
};

const encodeKey = (key: string): string => {
  if (typeof key !== "string" || storableText(key) !== null) throw new NotStorable();
  return key;
};

const encodeVersion = (version: number): number => {
  if (!Number.isSafeInteger(version)) throw new NotStorable();
  return version;
};

const NEVER_SET = new Set(["id", "key", "version", "created_at"]);

export const createEncoder = (schema: Schema): Encoder => {
  const columns = new Map(
    (Object.keys(schema) as TableName[]).map((table) => [
      table,
      Object.entries<Column>(recordColumns(schema[table])).map(encodedColumn),
    ]),
  );
  const columnsOf = (table: TableName): readonly EncodedColumn[] => {
    const known = columns.get(table);
    if (known === undefined) throw new NotStorable();
    return known;
  };

  const encodeInsert = (table: TableName, record: object): EncodedInsert => {
    const row = record as Readonly<Record<string, unknown>>;
    const known = columnsOf(table);
    if (Object.keys(row).length !== known.length) throw new NotStorable();
    const values = known.map((column) => encodeValue(column, row[column.name]));
    return {
      op: "insert",
      table,
      key: row[table === "audit_entries" ? "id" : keyField(table)] as string,
      values,
    };
  };

  const encodeUpdate = (write: Extract<Write, { op: "update" }>): EncodedUpdate => {
    const set = write.set as Readonly<Record<string, unknown>>;
    const changed = columnsOf(write.in).filter(({ name }) => Object.hasOwn(set, name));
    if (changed.length !== Object.keys(set).length || changed.some(({ name }) => NEVER_SET.has(name))) {
      throw new NotStorable();
    }
    return {
      op: "update",
      table: write.in,
      key: encodeKey(write.id),
      version: encodeVersion(write.version),
      fields: changed.map(({ name }) => name),
      values: changed.map((column) => encodeValue(column, set[column.name])),
    };
  };

  const encodeWrite = (write: Write): EncodedWrite => {
    switch (write.op) {
      case "insert":
        return encodeInsert(write.into, write.row);
      case "update":
        return encodeUpdate(write);
      case "delete": {
        columnsOf(write.from);
        return {
          op: "delete",
          table: write.from,
          key: encodeKey(write.id),
          version: encodeVersion(write.version),
        };
      }
    }
  };

  return {
    columnsOf: (table) => columnsOf(table).map(({ name }) => name),
    encode: (changes) => {
      try {
        return {
          expects: changes.expects.map((expectation) => {
            columnsOf(expectation.in);
            return {
              table: expectation.in,
              key: encodeKey(expectation.id),
              version: expectation.version === "absent" ? "absent" : encodeVersion(expectation.version),
            };
          }),
          writes: changes.writes.map(encodeWrite),
          audit: changes.audit.map((entry) => encodeInsert("audit_entries", entry)),
        };
      } catch (error) {
        if (error instanceof NotStorable) return null;
        throw error;
      }
    },
  };
};

/** Rows of one member, as the limits of a group count them. */
export const rowCount = (changes: Changes): number => changes.writes.length + changes.audit.length;

export const requireWithinLimits = (members: readonly Changes[]): void => {
  const rows = members.reduce((sum, member) => sum + rowCount(member), 0);
  if (members.length > GROUP_MEMBERS_MAX || rows > GROUP_ROWS_MAX) {
    throw new RangeError(
      `a group takes ${GROUP_MEMBERS_MAX} members and ${GROUP_ROWS_MAX} rows, not ${members.length} and ${rows}`,
    );
  }
};
