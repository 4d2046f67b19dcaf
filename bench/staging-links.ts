// Whether two staging copies of many people (2,000, or the first argument) have anything in common that leads to one of them:
// every column and every pair of every table, by equal values and by order. Then once more with a link planted for one in
// ten. Ends with 1 when something is found that should not be, or the planted link is not.
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRunKey } from "../src/adapters/crypto/run-key.ts";
import { openSqlite } from "../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { openSqliteSource, openSqliteTarget } from "../src/adapters/drizzle/staging/sqlite-staging.ts";
import { exportStaging } from "../src/app/staging/export-staging.ts";
import { NOON } from "../tests/support/records.ts";
import { knownRows, linksBetween, PERSONAL_TABLES } from "../tests/support/staging-links.ts";
import { fillProduction } from "../tests/support/staging-scene.ts";

const PEOPLE = Number(process.argv[2] ?? 2_000);
const PLANTED_SHARE = 10;

const folder = mkdtempSync(join(tmpdir(), "gonogo-bench-staging-links-"));
try {
  const production = join(folder, "production.db");
  const store = await openSqlite({ path: production });
  await store.migrator.up();
  const people = await fillProduction(store, PEOPLE);
  await store.close();

  const keys = [0, 1].map(() => crypto.getRandomValues(new Uint8Array(32)));
  const copies: Database[] = [];
  for (const [index, key] of keys.entries()) {
    const path = join(folder, `copy-${index}.db`);
    const [source, target] = [openSqliteSource(production), await openSqliteTarget(path)];
    await exportStaging({
      source,
      target,
      key: makeRunKey(key),
      now: NOON,
      sealName: (name) => name,
      opened: () => [],
    });
    await source.close();
    await target.close();
    copies.push(new Database(path, { readonly: true }));
  }

  for (const table of PERSONAL_TABLES) {
    const [one = [], two = []] = copies.map((copy, index) =>
      knownRows(copy, table, { key: keys[index] ?? new Uint8Array(32), now: NOON, people }),
    );
    const links = linksBetween(one, two, people.length);
    const names = links.map(({ columns, by }) => `${columns.join(" and ")} (${by})`);
    console.log(
      `${table}: ${one.length} rows, ${links.length === 0 ? "nothing leads to anybody" : names.join(", ")}`,
    );
    if (one.length === 0 || links.length > 0) process.exitCode = 1;

    const place = new Map(people.map((id, at) => [id, at]));
    const planted = [one, two].map((rows, copied) =>
      rows.map(({ person, row }) => {
        const at = place.get(person) ?? 0;
        const mark = at % PLANTED_SHARE === 0 ? `mark ${at}` : `chance ${copied} ${at}`;
        return { person, row: { id: row["id"], mark } };
      }),
    );
    const isFound = linksBetween(planted[0] ?? [], planted[1] ?? [], people.length).some(
      ({ columns }) => columns.join() === "mark",
    );
    if (!isFound) {
      console.log(`${table}: the planted link was NOT FOUND`);
      process.exitCode = 1;
    }
  }
  for (const copy of copies) copy.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
