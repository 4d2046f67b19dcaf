import type { EncodedMember, EncodedWrite, Scalar } from "../encode.ts";
import type { TableName } from "../limits.ts";
import { uniqueFields } from "./statements.ts";

/** One decision of a group. */
export interface Member {
  /** Its place in the group. */
  readonly index: number;
  readonly changes: EncodedMember;
}

/** What is stored under a key while its lock is held: the version and the unique fields. */
export interface StoredRow {
  readonly version: number;
  readonly unique: Readonly<Record<string, Scalar>>;
}

/** By `recordKey`; a record that is asked for and not in here is not stored. */
export type StoredRows = ReadonlyMap<string, StoredRow>;

/** What members of one transaction come to, before anything is written. */
export interface Wave {
  /** None rests on another's writes, so each can be dropped alone. */
  readonly writing: readonly Member[];
  /** What is stored contradicts them. */
  readonly conflicting: readonly Member[];
  /** A neighbour's writes contradict them, which counts only when one of these is stored. */
  readonly losing: ReadonlyMap<Member, readonly Member[]>;
  /** They rest on what a neighbour writes: only the next transaction can tell. */
  readonly deferred: readonly Member[];
}

export const recordKey = (table: TableName, key: string): string => `${table} ${key}`;

type Version = number | "absent";
type Valued = (field: string) => Scalar | undefined;

/** One text for each unique value of a record; those with a null are shared freely. */
const uniqueKeys = (table: TableName, valued: Valued): readonly string[] =>
  uniqueFields(table).flatMap((fields) => {
    const values = fields.map(valued);
    return values.some((value) => value === null || value === undefined)
      ? []
      : [`${table}.${fields.join("+")} ${JSON.stringify(values.map(String))}`];
  });

interface Effect {
  readonly by: Member;
  readonly version: Version;
}

/** What members have done so far: versions of records, unique values taken and freed. */
interface Effects {
  readonly records: Map<string, Effect>;
  readonly taken: Map<string, Member>;
  readonly freed: Set<string>;
}

const noEffects = (): Effects => ({ records: new Map(), taken: new Map(), freed: new Set() });

interface UniqueMoves {
  readonly takes: readonly string[];
  readonly frees: readonly string[];
}

export type ColumnsOf = (table: TableName) => readonly string[];

/** How a write moves unique values; `stored` is the row it changes or deletes. */
const uniqueMoves = (
  write: EncodedWrite,
  stored: StoredRow | undefined,
  columnsOf: ColumnsOf,
): UniqueMoves => {
  const before: Valued = (field) => stored?.unique[field];
  switch (write.op) {
    case "insert":
      return {
        takes: uniqueKeys(write.table, (field) => write.values[columnsOf(write.table).indexOf(field)]),
        frees: [],
      };
    case "delete":
      return { takes: [], frees: uniqueKeys(write.table, before) };
    case "update": {
      const old = uniqueKeys(write.table, before);
      const changed = uniqueKeys(write.table, (field) => {
        const at = write.fields.indexOf(field);
        return at < 0 ? before(field) : write.values[at];
      });
      return {
        takes: changed.filter((key) => !old.includes(key)),
        frees: old.filter((key) => !changed.includes(key)),
      };
    }
  }
};

const versionAfter = (write: EncodedWrite, columnsOf: ColumnsOf): Version => {
  if (write.op === "delete") return "absent";
  if (write.op === "update") return write.version + 1;
  return Number(write.values[columnsOf(write.table).indexOf("version")]);
};

type Outcome = "writes" | "conflicts" | "rests on a neighbour" | { readonly losesTo: readonly Member[] };

/** Plays one member against what is stored and what its neighbours did; `own` is filled with what it does itself. */
const play = (
  member: Member,
  rows: StoredRows,
  before: Effects,
  own: Effects,
  columnsOf: ColumnsOf,
): Outcome => {
  const losesTo: Member[] = [];
  let contradicted = false;
  let rests = false;

  const demand = (key: string, wanted: Version): void => {
    const mine = own.records.get(key);
    const theirs = before.records.get(key);
    const stored = rows.get(key)?.version ?? "absent";
    if (mine !== undefined) contradicted ||= mine.version !== wanted;
    else if (theirs === undefined) contradicted ||= stored !== wanted;
    else if (theirs.version === wanted) rests = true;
    else if (stored !== wanted) contradicted = true;
    else losesTo.push(theirs.by);
  };
  /** Whether the key of a new record is taken is known only for what neighbours did: the database says the rest. */
  const claim = (key: string): void => {
    const mine = own.records.get(key);
    const theirs = before.records.get(key);
    if (mine !== undefined) contradicted ||= mine.version !== "absent";
    else if (theirs?.version === "absent") rests = true;
    else if (theirs !== undefined) losesTo.push(theirs.by);
  };
  const take = (key: string): void => {
    const theirs = before.taken.get(key);
    if (own.taken.has(key)) contradicted = true;
    else if (own.freed.has(key)) own.freed.delete(key);
    else if (theirs !== undefined) losesTo.push(theirs);
    else if (before.freed.has(key)) rests = true;
    own.taken.set(key, member);
  };

  for (const { table, key, version } of member.changes.expects) demand(recordKey(table, key), version);
  for (const write of member.changes.writes) {
    const key = recordKey(write.table, write.key);
    if (write.op === "insert") claim(key);
    else demand(key, write.version);
    const { takes, frees } = uniqueMoves(write, rows.get(key), columnsOf);
    for (const each of frees) {
      own.freed.add(each);
      if (before.taken.has(each)) rests = true;
    }
    for (const each of takes) take(each);
    own.records.set(key, { by: member, version: versionAfter(write, columnsOf) });
  }
  for (const { table, key } of member.changes.audit) {
    claim(recordKey(table, key));
    own.records.set(recordKey(table, key), { by: member, version: 1 });
  }
  if (contradicted) return "conflicts";
  if (losesTo.length > 0) return { losesTo };
  return rests ? "rests on a neighbour" : "writes";
};

/** Records a member's decision rests on, without those it writes. */
const readsOf = ({ changes }: Member): readonly string[] =>
  changes.expects.map(({ table, key }) => recordKey(table, key));

/**
 * Sorts members, in list order, by what may run in one transaction as if one after the other. Whatever touches what a
 * deferred member touches is deferred too, so that the order of the list stands.
 */
export const planWave = (members: readonly Member[], rows: StoredRows, columnsOf: ColumnsOf): Wave => {
  const effects = noEffects();
  const writing: Member[] = [];
  const conflicting: Member[] = [];
  const losing = new Map<Member, readonly Member[]>();
  const deferred: Member[] = [];
  const writtenLater = new Set<string>();
  const readLater = new Set<string>();

  for (const member of members) {
    const own = noEffects();
    const outcome = play(member, rows, effects, own, columnsOf);
    const reads = readsOf(member);
    const writes = [...own.records.keys(), ...own.taken.keys(), ...own.freed];
    const waits =
      reads.some((key) => writtenLater.has(key)) ||
      writes.some((key) => writtenLater.has(key) || readLater.has(key));
    if (waits || outcome === "rests on a neighbour") {
      deferred.push(member);
      for (const key of reads) readLater.add(key);
      for (const key of writes) writtenLater.add(key);
    } else if (outcome === "conflicts") {
      conflicting.push(member);
    } else if (outcome === "writes") {
      writing.push(member);
      for (const [key, effect] of own.records) effects.records.set(key, effect);
      for (const [key, by] of own.taken) effects.taken.set(key, by);
      for (const key of own.freed) effects.freed.add(key);
    } else {
      losing.set(member, outcome.losesTo);
    }
  }
  return { writing, conflicting, losing, deferred };
};
