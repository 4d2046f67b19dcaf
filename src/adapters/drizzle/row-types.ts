import type { Rows, TableName } from "./limits.ts";
import type { postgresSchema } from "./schema.postgres.ts";
import type { sqliteSchema } from "./schema.sqlite.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The names of the tables whose rows, but for `position`, are not exactly the domain's records: none, or the build fails. */
type Strays<S extends { readonly [T in TableName]: { readonly $inferSelect: unknown } }> = {
  [T in TableName]: Same<Writable<Omit<S[T]["$inferSelect"], "position">>, Writable<Rows[T]>> extends true
    ? never
    : T;
}[TableName];

type NoStrays<T extends never> = T;

export type RowsAreRecords = NoStrays<Strays<typeof sqliteSchema> | Strays<typeof postgresSchema>>;
