import type { AuditEntry } from "../audit/audit-entry.ts";
import type { Collection, RecordOf } from "../personal-data/records.ts";

/** What a decision rests on and must still be true when it is stored: this record at this version, or no such record. */
export type Expectation = {
  [C in Collection]: { readonly in: C; readonly id: string; readonly version: number | "absent" };
}[Collection];

/** Fields that an update may set: everything but the key and the version, which the store counts up by one. */
export type Settable<C extends Collection> = Partial<
  Omit<RecordOf<C>, "id" | "key" | "version" | "created_at">
>;

/** A new record. Loses (a conflict) when its key or one of its unique fields is taken. */
export interface Insert<C extends Collection> {
  readonly op: "insert";
  readonly into: C;
  readonly row: RecordOf<C>;
}

/** Changes a record that still has `version`, and moves it to `version + 1`. Loses when it has moved or gone. */
export interface Update<C extends Collection> {
  readonly op: "update";
  readonly in: C;
  readonly id: string;
  readonly version: number;
  readonly set: Settable<C>;
}

/** Deletes a record that still has `version`. Loses when it has moved or gone. */
export interface Delete<C extends Collection> {
  readonly op: "delete";
  readonly from: C;
  readonly id: string;
  readonly version: number;
}

export type Write = { [C in Collection]: Insert<C> | Update<C> | Delete<C> }[Collection];

/**
 * A decision, ready to be stored as a whole or not at all: what it expects, what it writes, in this order, and the
 * audit entries that tell of it. There is no state change without an audit entry: the type says so.
 * A change writes each record at most once.
 */
export interface Changes {
  readonly expects: readonly Expectation[];
  readonly writes: readonly Write[];
  readonly audit: readonly [AuditEntry, ...AuditEntry[]];
}
