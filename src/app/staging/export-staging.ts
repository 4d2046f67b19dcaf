import type { Instant } from "../../domain/shared/instant.ts";
import {
  COPIED,
  NOT_STAGED_TABLES,
  STAGED_COLLECTIONS,
  type StagedCollection,
} from "../../domain/staging/staged-collections.ts";
import {
  type RunKey,
  type StagedRow,
  type StagedRows,
  type StagedValue,
  StagingRefused,
  type StagingSource,
  type StagingTarget,
} from "../../ports/staging-copy.ts";
import { commentOrder } from "./comment-order.ts";
import { type CrowdReport, crowdsOf, K } from "./crowds.ts";
import { leakScan, type Suspect, secretsOf } from "./leak-scan.ts";
import { type Mask, maskRow, rulesOf } from "./mask-row.ts";
import { drawFrom, runIds } from "./run-ids.ts";

const PAGE = 2_000;

export interface StagingDeps {
  readonly source: StagingSource;
  readonly target: StagingTarget;
  readonly key: RunKey;
  readonly now: Instant;
  readonly sealName: Mask["sealName"];
  /** Values that stand encrypted in a source row, in the clear: they are looked for too. */
  readonly opened: (collection: StagedCollection, row: StagedRow) => readonly string[];
  readonly onProgress?: (progress: StagingProgress) => void;
}

export interface StagingProgress {
  readonly step: "looking" | "copying" | "learning" | "scanning" | "confirming";
  readonly collection: StagedCollection;
  readonly rows: number;
}

export interface StagingReport {
  readonly people: number;
  readonly rows: Readonly<Record<string, number>>;
  /** Rows of collections that fewer than K people have any in. */
  readonly left_out: number;
  readonly k: number;
  readonly crowds: Readonly<Record<string, CrowdReport>>;
  readonly leaks: readonly { readonly collection: string; readonly field: string }[];
}

/** Every column must be known to the catalogue: one that is not stops the copy with its name. */
const demandClassified = async (source: StagedRows): Promise<void> => {
  for (const [table, columns] of Object.entries(await source.columns())) {
    if (NOT_STAGED_TABLES.includes(table)) continue;
    if (!Object.hasOwn(STAGED_COLLECTIONS, table)) {
      throw new StagingRefused(`the table ${table} is in no catalogue: nothing was copied`);
    }
    const rules = rulesOf(table as StagedCollection);
    // Where an entry stands in its table is no part of it.
    const unknown = columns.find(
      (column) => !Object.hasOwn(rules, column) && !(table === "audit_entries" && column === "position"),
    );
    if (unknown !== undefined) {
      throw new StagingRefused(`the column ${table}.${unknown} is not classified: nothing was copied`);
    }
  }
};

const ORDER: { readonly [C in StagedCollection]?: readonly string[] } = {
  consents: ["subject_id", "sequence"],
};

const keyOf = (collection: StagedCollection): readonly string[] => ORDER[collection] ?? ["id"];

/** Every row of a collection, page by page. */
async function* pagesOf(
  rows: StagedRows,
  collection: StagedCollection,
): AsyncGenerator<readonly StagedRow[]> {
  const by = keyOf(collection);
  let after: readonly StagedValue[] | null = null;
  for (;;) {
    const page: readonly StagedRow[] = await rows.page(collection, by, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = by.map((name) => last[name] ?? null);
  }
}

/** Of rows in the order of their people, each person's last one. */
async function* newestOf(pages: AsyncIterable<readonly StagedRow[]>): AsyncGenerator<readonly StagedRow[]> {
  let held: StagedRow | null = null;
  for await (const page of pages) {
    const newest: StagedRow[] = [];
    for (const row of page) {
      if (held !== null && held["subject_id"] !== row["subject_id"]) newest.push(held);
      held = row;
    }
    yield newest;
  }
  if (held !== null) yield [held];
}

/**
 * Copies a database without its people: masked by the catalogue, nobody told apart from fewer than K, and nothing of it
 * found again. Throws StagingRefused where something may not leave; then the target is left empty.
 */
export const exportStaging = async (deps: StagingDeps): Promise<StagingReport> => {
  const { source, target, key } = deps;
  const tell = (step: StagingProgress["step"], collection: StagedCollection, rows: number): void =>
    deps.onProgress?.({ step, collection, rows });
  await demandClassified(source);

  const ids = runIds(key, deps.now);
  const order = commentOrder((thread) => ids.momentOf(`thread ${thread}`));
  const mask: Mask = { key, ids, order, sealName: deps.sealName };
  const rowsOf = (collection: StagedCollection) =>
    STAGED_COLLECTIONS[collection] === "newest"
      ? newestOf(pagesOf(source, collection))
      : pagesOf(source, collection);
  const scan = leakScan();
  const crowds = new Map(COPIED.map((collection) => [collection, crowdsOf(collection)]));

  let seen = 0;
  for await (const page of pagesOf(source, "comments")) {
    for (const row of page) order.add(String(row["id"]), String(row["thread"]));
    seen += page.length;
    tell("looking", "comments", seen);
  }
  for (const collection of COPIED) {
    seen = 0;
    for await (const page of rowsOf(collection)) {
      for (const row of page) {
        const masked = maskRow(collection, row, mask, true);
        if (masked !== null) crowds.get(collection)?.add(masked);
      }
      seen += page.length;
      tell("looking", collection, seen);
    }
  }

  const rows: Record<string, number> = {};
  let left_out = 0;
  for (const collection of COPIED) {
    rows[collection] = 0;
    for await (const page of rowsOf(collection)) {
      const staged = page.flatMap((row) => {
        const masked = maskRow(collection, row, mask);
        if (masked === null) return [];
        if (collection === "consent_policies") return [masked];
        const draw = drawFrom(key, `${collection} looks`, String(row["id"]));
        const drawn = crowds.get(collection)?.drawn(masked, draw) ?? null;
        if (drawn === null && collection === "subjects") {
          throw new StagingRefused(`there are fewer than ${K} people: whoever is copied could be told apart`);
        }
        if (drawn === null) left_out += 1;
        return drawn === null ? [] : [drawn];
      });
      if (staged.length > 0) await target.insert(collection, staged);
      rows[collection] = (rows[collection] ?? 0) + staged.length;
      tell("copying", collection, rows[collection] ?? 0);
    }
  }

  await eachSecret(
    deps,
    (value) => scan.learn(value),
    (collection, count) => tell("learning", collection, count),
  );
  const written = new Map(COPIED.map((collection) => [collection, crowdsOf(collection)]));
  for (const collection of COPIED) {
    seen = 0;
    for await (const page of pagesOf(target, collection)) {
      for (const row of page) {
        scan.look(collection, row);
        written.get(collection)?.add(row);
      }
      seen += page.length;
      tell("scanning", collection, seen);
    }
  }
  const leaks = new Map<string, Suspect>();
  if (scan.isSuspicious()) {
    await eachSecret(
      deps,
      (value) => {
        for (const found of scan.confirm(value)) leaks.set(`${found.collection}.${found.field}`, found);
      },
      (collection, count) => tell("confirming", collection, count),
    );
  }
  key.destroy();
  const personal = COPIED.filter((collection) => collection !== "consent_policies");
  const report: StagingReport = {
    people: rows["subjects"] ?? 0,
    rows,
    left_out,
    k: K,
    crowds: Object.fromEntries(
      personal.flatMap((collection) => {
        const crowd = written.get(collection)?.report();
        return crowd === undefined ? [] : [[collection, crowd]];
      }),
    ),
    leaks: [...leaks.values()].map(({ collection, field }) => ({ collection, field })),
  };
  const small = Object.entries(report.crowds).find(([, { smallest }]) => smallest !== null && smallest < K);
  if (report.leaks.length > 0) {
    const places = report.leaks.map(({ collection, field }) => `${collection}.${field}`).join(", ");
    throw new StagingRefused(`values of production stand in the copy (${places}): it was thrown away`);
  }
  if (small !== undefined) {
    throw new StagingRefused(
      `rows of ${small[0]} look like fewer than ${K} people's: the copy was thrown away`,
    );
  }
  await target.finish();
  return report;
};

/** Every value of the source that may stand nowhere in the copy, of copied collections and of those that stay. */
const eachSecret = async (
  { source, opened }: StagingDeps,
  take: (value: string) => void,
  tell: (collection: StagedCollection, rows: number) => void,
): Promise<void> => {
  for (const collection of Object.keys(STAGED_COLLECTIONS) as StagedCollection[]) {
    if (collection === "system_config" || collection === "keys" || collection === "guards") continue;
    let seen = 0;
    for await (const page of pagesOf(source, collection)) {
      for (const row of page) {
        for (const value of secretsOf(rulesOf(collection), row)) take(value);
        for (const value of opened(collection, row)) take(value);
      }
      seen += page.length;
      tell(collection, seen);
    }
  }
};
