import { asc, getTableColumns, gt } from "drizzle-orm";
import type { AuditEntry } from "../../../domain/audit/audit-entry.ts";
import type { AuditLogStore } from "../../../ports/audit-log-store.ts";
import { param, recordColumns, type Source } from "../portable.ts";

/** Asks one statement and answers each row as a list of what the driver makes of its values. */
export type AskRows = (
  text: string,
  parameters: readonly [number, number],
) => readonly unknown[][] | Promise<readonly unknown[][]>;

const DECODERS: Readonly<Record<string, (value: unknown) => unknown>> = {
  // A bigint comes as text from PostgreSQL.
  number: (value) => (value === null ? null : Number(value)),
  boolean: (value) => value === true || value === 1,
};

/**
 * The entries in their order, without Drizzle's own way from rows to records: every entry of the service comes through
 * here, and that way takes longer than to read them.
 */
export const loggedEntries = (
  { db, schema: { audit_entries }, attempt }: Source,
  ask: AskRows,
): AuditLogStore["entries"] => {
  const { position } = getTableColumns(audit_entries);
  const columns = Object.entries(recordColumns(audit_entries));
  const { sql } = db
    .select({ position, ...recordColumns(audit_entries) })
    .from(audit_entries)
    .where(gt(position, param("after")))
    .orderBy(asc(position))
    .limit(param("limit"))
    .toSQL();
  const fields = columns.map(([name, { dataType }]) => ({ name, decode: DECODERS[dataType] ?? null }));
  const entryOf = (row: readonly unknown[]): AuditEntry => {
    const entry: Record<string, unknown> = {};
    for (let i = 0; i < fields.length; i += 1) {
      const { name, decode } = fields[i] as (typeof fields)[number];
      const value = row[i + 1];
      entry[name] = decode === null ? value : decode(value);
    }
    return entry as unknown as AuditEntry;
  };
  return (after, limit) =>
    attempt("audit_log.entries", async () =>
      (await ask(sql, [after, limit])).map((row) => ({ position: Number(row[0]), entry: entryOf(row) })),
    );
};
