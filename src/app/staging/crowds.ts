import type { Draw } from "../../domain/staging/generated-text.ts";
import type { StagedCollection } from "../../domain/staging/staged-collections.ts";
import type { StagedRow, StagedValue } from "../../ports/staging-copy.ts";
import { ownerOf, rulesOf, shiftedJson } from "./mask-row.ts";

/** Nobody may be told apart from fewer than so many people (k-anonymity). */
export const K = 5;

/** What fewer rows have in common is given to none: drawn anew it could end up with fewer than K people. */
const COMMON = 6 * K;

/**
 * What is left in a row and could tell people apart: kept values, and times as far as they differ from the row's own,
 * which is drawn as an id is. How deep a reply stands is the shape of its thread.
 */
export const quasiIdentifiers = (collection: StagedCollection): readonly string[] =>
  Object.entries(rulesOf(collection))
    .filter(
      ([name, { mask }]) =>
        name !== "created_at" && name !== "depth" && name !== "version" && LEFT.includes(mask),
    )
    .map(([name]) => name);

const LEFT: readonly string[] = ["keep", "shifted-time", "shifted-json"];

interface Crowd {
  readonly values: readonly StagedValue[];
  /** Owners, as far as they are counted: no more than K. */
  readonly owners: Set<string>;
  rows: number;
}

export interface CrowdReport {
  readonly quasi_identifiers: readonly string[];
  readonly classes: number;
  /** People of the smallest class; null without rows. `K` stands for as many or more. */
  readonly smallest: number | null;
  readonly rows: number;
}

/** Rows that look alike, and how many people they are of. */
export interface Crowds {
  add(row: StagedRow): void;
  /**
   * The row with what another one looked like, drawn from what many look like: as often as it occurs, and of nobody in
   * particular. Null: there are fewer than K people, and no row may leave.
   */
  drawn(row: StagedRow, draw: Draw): StagedRow | null;
  report(): CrowdReport;
}

export const crowdsOf = (collection: StagedCollection): Crowds => {
  const rules = rulesOf(collection);
  const names = quasiIdentifiers(collection);
  const crowds = new Map<string, Crowd>();
  const people = new Set<string>();
  const depths = new Map<number, Set<string>>();
  let common: { readonly upTo: number; readonly crowd: Crowd }[] | null = null;

  /** Moved so that the row's own time is 0, or back. */
  const moved = (name: string, value: StagedValue, by: number): StagedValue => {
    if (value === null) return null;
    if (rules[name]?.mask === "shifted-time") return Number(value) + by;
    return rules[name]?.mask === "shifted-json" ? shiftedJson(String(value), (time) => time + by) : value;
  };
  const valuesOf = (row: StagedRow): readonly StagedValue[] =>
    names.map((name) => moved(name, row[name] ?? null, -Number(row["created_at"])));

  /** Crowds that are large enough, each with the rows of those before it; the largest one where none is. */
  const commonOnes = () => {
    const all = [...crowds.values()];
    const large = all.filter(({ owners, rows }) => owners.size >= K && rows >= COMMON);
    const largest = all.reduce<Crowd | null>(
      (most, each) => (most === null || each.rows > most.rows ? each : most),
      null,
    );
    let upTo = 0;
    return (large.length > 0 || largest === null ? large : [largest]).map((crowd) => {
      upTo += crowd.rows;
      return { upTo, crowd };
    });
  };

  /** As deep as enough people wrote. */
  const commonDepth = (depth: number): number => {
    let most = depth;
    while (most > 1 && (depths.get(most)?.size ?? 0) < K) most -= 1;
    return most;
  };

  return {
    add: (row) => {
      const values = valuesOf(row);
      const key = JSON.stringify(values);
      const owner = ownerOf(collection, row);
      const crowd = crowds.get(key) ?? { values, owners: new Set(), rows: 0 };
      crowds.set(key, crowd);
      crowd.rows += 1;
      if (crowd.owners.size < K) crowd.owners.add(owner);
      if (people.size < K) people.add(owner);
      if (collection !== "comments") return;
      const depth = depths.get(Number(row["depth"])) ?? new Set();
      depths.set(Number(row["depth"]), depth);
      if (depth.size < K) depth.add(owner);
    },
    drawn: (row, draw) => {
      if (people.size < K) return null;
      common ??= commonOnes();
      const at = draw(common.at(-1)?.upTo ?? 1);
      let [from, to] = [0, common.length - 1];
      while (from < to) {
        const middle = (from + to) >>> 1;
        if ((common[middle]?.upTo ?? 0) > at) to = middle;
        else from = middle + 1;
      }
      const values = common[from]?.crowd.values ?? [];
      const created = Number(row["created_at"]);
      return {
        ...row,
        ...Object.fromEntries(
          names.map((name, index) => [name, moved(name, values[index] ?? null, created)]),
        ),
        ...(collection === "comments" ? { depth: commonDepth(Number(row["depth"])) } : {}),
      };
    },
    report: () => ({
      quasi_identifiers: names,
      classes: crowds.size,
      smallest: crowds.size === 0 ? null : Math.min(...[...crowds.values()].map(({ owners }) => owners.size)),
      rows: [...crowds.values()].reduce((sum, { rows }) => sum + rows, 0),
    }),
  };
};
