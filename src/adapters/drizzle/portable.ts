import { getTableColumns, type Placeholder, sql, type Table } from "drizzle-orm";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { storableText } from "../../domain/shared/text.ts";
import { withRowMapper } from "./row-mapper.ts";
import type { postgresSchema } from "./schema.postgres.ts";

/** What readers and writes are written against, once: SQLite's handle and tables are cast to it where they are opened. */
export type PortableDatabase = PgDatabase<PgQueryResultHKT, Record<string, never>>;
export type Schema = typeof postgresSchema;

/** Runs one read and rejects with StorageFailure only: a dialect retries and translates as its driver needs. */
export type Attempt = <T>(operation: string, work: () => Promise<T>) => Promise<T>;

/** What a reader needs of an opened store. */
export interface Source {
  readonly db: PortableDatabase;
  readonly schema: Schema;
  readonly attempt: Attempt;
  readonly indexedBy: IndexHint;
}

/** SQL behind a table's name: by which of its indexes it is read, for a planner that would not find out by itself. */
export type IndexHint = (index: string) => string;

export const sqliteHint: IndexHint = (index) => ` indexed by "${index}"`;

/** PostgreSQL takes none, and finds out. */
export const postgresHint: IndexHint = () => "";

/** The columns that hold a table's records: all but `position`, which the database gives. */
export const recordColumns = <T extends Table>(table: T): Omit<T["_"]["columns"], "position"> => {
  const { position: _, ...columns } = getTableColumns(table) as T["_"]["columns"] & { position?: unknown };
  return columns;
};

type Value = string | number;

interface Preparable<Row> {
  prepare(name: string): { execute(values: Record<string, Value>): Promise<Row[]> };
}

/** A parameter of a query, by name. */
export const param = (name: string): Placeholder => sql.placeholder(name);

/** Text that no store takes (NUL, lone surrogates) is nowhere: not asked for, since the databases would disagree. */
const cannotBeStored = (value: Value): boolean => typeof value === "string" && storableText(value) !== null;

/** A query that is built and prepared when first asked, then only bound. `operation` is also its name. */
export const prepared = <Row>(source: Source, operation: string, build: () => Preparable<Row>) => {
  let statement: ReturnType<Preparable<Row>["prepare"]> | null = null;
  return async (values: Record<string, Value>): Promise<readonly Row[]> => {
    if (Object.values(values).some(cannotBeStored)) return [];
    return source.attempt(operation, () => {
      statement ??= withRowMapper(build().prepare(operation));
      return statement.execute(values);
    });
  };
};

/**
 * A query over a list of values: prepared once for each power of two, the rest of the list filled up with its last
 * value. `build` gets what to put into `in (…)`.
 */
export const preparedForMany = <Row>(
  source: Source,
  operation: string,
  build: (list: readonly Placeholder[]) => Preparable<Row>,
) => {
  const bySize = new Map<
    number,
    { readonly names: readonly string[]; ask: ReturnType<typeof prepared<Row>> }
  >();
  return async (list: readonly string[], values: Record<string, Value> = {}): Promise<readonly Row[]> => {
    const wanted = list.filter((value) => !cannotBeStored(value));
    const last = wanted.at(-1);
    if (last === undefined) return [];
    const size = 2 ** Math.ceil(Math.log2(wanted.length));
    let query = bySize.get(size);
    if (query === undefined) {
      const names = Array.from({ length: size }, (_, index) => `value_${index}`);
      query = { names, ask: prepared(source, `${operation} ${size}`, () => build(names.map(param))) };
      bySize.set(size, query);
    }
    const bound: Record<string, Value> = { ...values };
    for (const [index, name] of query.names.entries()) bound[name] = wanted[index] ?? last;
    return query.ask(bound);
  };
};

/** The only row of a query that finds at most one, or null. */
export const first = <Row>(rows: readonly Row[]): Row | null => rows[0] ?? null;
