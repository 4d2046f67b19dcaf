import type { Database } from "bun:sqlite";
import { makeRunKey } from "../../src/adapters/crypto/run-key.ts";
import { runIds } from "../../src/app/staging/run-ids.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import { COPIED } from "../../src/domain/staging/staged-collections.ts";

type Row = Readonly<Record<string, unknown>>;

/** Rows of one table of a copy, and whose each of them is in truth. */
export type KnownRows = readonly { readonly person: string; readonly row: Row }[];

export interface Link {
  /** The column, or both of a pair. */
  readonly columns: readonly string[];
  /** `alike`: the same values in both copies; `order`: who is before whom in both. */
  readonly by: "alike" | "order";
}

export const PERSONAL_TABLES = COPIED.filter((each) => each !== "consent_policies");

/** Rows of a table of a copy that was made with this key, with the truth that only whoever has the key can tell. */
export const knownRows = (
  copy: Database,
  table: string,
  {
    key,
    now,
    people,
  }: { readonly key: Uint8Array; readonly now: Instant; readonly people: readonly string[] },
): KnownRows => {
  const ids = runIds(makeRunKey(key), now);
  const truth = new Map(people.map((id) => [ids.id(id), id]));
  return (copy.query(`select * from ${table} order by id`).all() as Row[]).map((row) => ({
    person: truth.get(String(table === "subjects" ? row["id"] : row["subject_id"])) ?? "",
    row,
  }));
};

const byValue = (rows: KnownRows, told: (row: Row) => string): Map<string, Set<string>> => {
  const crowds = new Map<string, Set<string>>();
  for (const { person, row } of rows) {
    const value = told(row);
    const crowd = crowds.get(value) ?? new Set();
    crowds.set(value, crowd.add(person));
  }
  return crowds;
};

/** Of a thousand columns and pairs in which nothing is, one passes this in a thousand runs. */
const DEVIATIONS = 5;

/** Whoever looks for a row's person among those who look alike in the other copy finds her more often than by chance. */
const isAlike = (one: KnownRows, two: KnownRows, people: number, told: (row: Row) => string): boolean => {
  const crowds = byValue(two, told);
  const rows = new Map<string, number>();
  for (const { person } of one) rows.set(person, (rows.get(person) ?? 0) + 1);
  let [found, expected, variance] = [0, 0, 0];
  for (const { person, row } of one) {
    const crowd = crowds.get(told(row));
    if (crowd?.has(person) === true) found += 1;
    const chance = (crowd?.size ?? 0) / people;
    expected += chance;
    // Rows of one person may be found together or not at all.
    variance += chance * (rows.get(person) ?? 1);
  }
  return found > expected + DEVIATIONS * Math.sqrt(variance) + 1;
};

/** Each person's place by the value of her first row, from -1 to 1; equal values share theirs. */
const places = (rows: KnownRows, told: (row: Row) => unknown): Map<string, number> => {
  const first = new Map<string, number | string>();
  for (const { person, row } of rows) {
    const value = told(row);
    if ((typeof value === "number" || typeof value === "string") && !first.has(person))
      first.set(person, value);
  }
  const sorted = [...first].toSorted(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0));
  const found = new Map<string, number>();
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]?.[1] === sorted[from]?.[1]) to += 1;
    for (const [person] of sorted.slice(from, to)) found.set(person, (from + to) / sorted.length - 1);
    from = to;
  }
  return found;
};

/** The places of one copy tell those of the other. */
const isOrdered = (one: KnownRows, two: KnownRows, told: (row: Row) => unknown): boolean => {
  const [a, b] = [places(one, told), places(two, told)];
  const both = [...a].flatMap(([person, x]) => {
    const y = b.get(person);
    return y === undefined ? [] : [{ x, y }];
  });
  const sum = (of: (each: { readonly x: number; readonly y: number }) => number) =>
    both.reduce((total, each) => total + of(each), 0);
  const [xs, ys] = [sum(({ x }) => x * x), sum(({ y }) => y * y)];
  if (both.length < 30 || xs === 0 || ys === 0) return false;
  return Math.abs(sum(({ x, y }) => x * y)) / Math.sqrt(xs * ys) > DEVIATIONS / Math.sqrt(both.length);
};

/**
 * What of two copies leads from a row of one to its person in the other, of every column and every pair. How deep a reply
 * stands is left out, and the order of comments: who replies to whom, and after whom, is the shape of a thread, which a
 * copy keeps.
 */
export const linksBetween = (one: KnownRows, two: KnownRows, people: number): readonly Link[] => {
  const columns = Object.keys(one[0]?.row ?? {}).filter((name) => name !== "depth");
  return columns.flatMap((a, at) =>
    columns.slice(at).flatMap((b): Link[] => {
      const names = a === b ? [a] : [a, b];
      const numbers = (row: Row) => Number(row[a]) - Number(row[b]);
      const isNumeric = a !== b && typeof one[0]?.row[a] === "number" && typeof one[0]?.row[b] === "number";
      const ordered = (a === b || isNumeric) && !("thread" in (one[0]?.row ?? {})) && a !== "comment_id";
      return [
        ...(isAlike(one, two, people, (row) => JSON.stringify([row[a], row[b]]))
          ? [{ columns: names, by: "alike" } as const]
          : []),
        ...(ordered && isOrdered(one, two, a === b ? (row) => row[a] : numbers)
          ? [{ columns: names, by: "order" } as const]
          : []),
      ];
    }),
  );
};
