import type { EncodedWrite, Scalar } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { postgresSchema } from "../schema.postgres.ts";
import { arrayOf, type LockMode, type Statements } from "./statements.ts";
import type { Member } from "./wave.ts";

/** One statement for the rows of many members. */
export interface Batch {
  readonly text: string;
  readonly parameters: readonly string[];
  /** Whose row each is, and its key. */
  readonly rows: readonly { readonly owner: Member; readonly key: string }[];
}

/** Subjects come before what refers to them. */
const TABLES = Object.keys(postgresSchema) as TableName[];
const OPERATIONS = ["insert", "update", "delete"];

/** A statement takes no more text than this, unless a single row does. */
const TEXT_MAX = 4_000_000;

interface Row {
  readonly owner: Member;
  readonly key: string;
  /** One value for each array of the statement. */
  readonly values: readonly Scalar[];
}

const valuesOf = (write: EncodedWrite): readonly Scalar[] => {
  if (write.op === "insert") return write.values;
  return write.op === "update" ? [write.key, write.version, ...write.values] : [write.key, write.version];
};

const sizeOf = ({ values }: Row): number =>
  values.reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 8), 0);

/** Cuts rows into runs of at most `TEXT_MAX` characters. */
const cut = (rows: readonly Row[]): readonly (readonly Row[])[] => {
  const runs: Row[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const row of rows) {
    const more = sizeOf(row);
    if (size + more > TEXT_MAX) {
      runs.push([]);
      size = 0;
    }
    runs.at(-1)?.push(row);
    size += more;
  }
  return runs;
};

const batch = (text: string, rows: readonly Row[]): Batch => ({
  text,
  parameters: (rows[0]?.values ?? []).map((_, column) =>
    arrayOf(rows.map(({ values }) => values[column] ?? null)),
  ),
  rows,
});

const textOf = (write: EncodedWrite, statements: Statements): string => {
  if (write.op === "insert") return statements.insert(write.table);
  return write.op === "update"
    ? statements.update(write.table, write.fields)
    : statements.delete(write.table);
};

const rank = ({ op, table }: EncodedWrite): number =>
  OPERATIONS.indexOf(op) * TABLES.length + TABLES.indexOf(table);

/** The members' writes at one place of their lists, merged by statement. No two of them touch the same record. */
export const batchesOfLayer = (
  members: readonly Member[],
  layer: number,
  statements: Statements,
): readonly Batch[] => {
  const byText = new Map<string, { readonly rank: number; readonly rows: Row[] }>();
  for (const owner of members) {
    const write = owner.changes.writes[layer];
    if (write === undefined) continue;
    const text = textOf(write, statements);
    const row = { owner, key: write.key, values: valuesOf(write) };
    const merged = byText.get(text);
    if (merged === undefined) byText.set(text, { rank: rank(write), rows: [row] });
    else merged.rows.push(row);
  }
  return [...byText]
    .toSorted(([, a], [, b]) => a.rank - b.rank)
    .flatMap(([text, { rows }]) => cut(rows).map((run) => batch(text, run)));
};

export const batchesOfAudit = (members: readonly Member[], statements: Statements): readonly Batch[] => {
  const rows = members.flatMap((owner) =>
    owner.changes.audit.map(({ key, values }) => ({ owner, key, values })),
  );
  return cut(rows).map((run) => batch(statements.insert("audit_entries"), run));
};

export interface LockBatch extends Batch {
  readonly table: TableName;
}

/**
 * Locks what decisions rest on and what they change, in one order for every process. Where anything is changed, what is
 * only rested on is locked as if it were: two modes would lead two processes to wait for each other.
 */
export const lockBatches = (members: readonly Member[], statements: Statements): readonly LockBatch[] => {
  const owners = new Map<TableName, Map<string, Member>>();
  const ask = (table: TableName, key: string, owner: Member): void => {
    const known = owners.get(table);
    if (known === undefined) owners.set(table, new Map([[key, owner]]));
    else known.set(key, owner);
  };
  let base: LockMode = "share";
  const deleting = new Set<TableName>();
  for (const member of members) {
    for (const { table, key } of member.changes.expects) ask(table, key, member);
    for (const write of member.changes.writes) {
      if (write.op === "insert") continue;
      ask(write.table, write.key, member);
      base = "no key update";
      if (write.op === "delete") deleting.add(write.table);
    }
  }
  return TABLES.flatMap((table) => {
    const asked = owners.get(table);
    if (asked === undefined) return [];
    const rows = [...asked].map(([key, owner]) => ({ owner, key }));
    const text = statements.lock(table, deleting.has(table) ? "update" : base);
    return [{ table, text, parameters: [arrayOf(rows.map(({ key }) => key))], rows }];
  });
};

/**
 * Whoever changes the status of a subject takes turns with batches of retention, which rest on nobody being restricted:
 * locking each subject of a batch instead writes to all of them.
 */
export const STATUS_TURN = "select pg_advisory_xact_lock(1196314440, 1)";

export const changeStatus = (members: readonly Member[]): boolean =>
  members.some(({ changes }) =>
    changes.writes.some(
      (write) => write.op === "update" && write.table === "subjects" && write.fields.includes("status"),
    ),
  );

/** Tables where members rest on a record not being there, and tables where members make new ones. */
export const absencesAndInserts = (members: readonly Member[]) => {
  const absences = new Set<TableName>();
  const inserts = new Set<TableName>();
  for (const { changes } of members) {
    for (const { table, version } of changes.expects) if (version === "absent") absences.add(table);
    for (const { op, table } of changes.writes) if (op === "insert") inserts.add(table);
  }
  return TABLES.filter((table) => absences.has(table) || inserts.has(table)).map((table) => ({
    table,
    absence: absences.has(table),
  }));
};
