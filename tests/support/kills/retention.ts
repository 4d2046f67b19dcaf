// A retention run that is killed again and again ends as if it never had been.
import assert from "node:assert/strict";
import { openPostgres } from "../../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { RUN_COLLECTIONS } from "../../../src/domain/retention/due-records.ts";
import type { RetentionProgress } from "../../../src/domain/retention/retention-run.ts";
import type { Write } from "../../../src/domain/shared/changes.ts";
import { DAY, plus } from "../../../src/domain/shared/instant.ts";
import { changes, insert, NOON, record, reply } from "../records.ts";
import { SECRET } from "../restoring.ts";
import type { Killable, Life } from "./killing.ts";
import { type Place, pathOf } from "./place.ts";

const PEOPLE = 120;
const LINKS = 2_500;

/** People of whom some are held or restricted, with a comment that was replied to, one that was not, and a consent. */
const personal = (index: number): readonly Write[] => {
  const status = index % 10 === 3 ? "restricted" : "active";
  const subject = record("subjects", { status, retention_until: NOON });
  const mine = { subject_id: subject.id, retention_until: plus(NOON, index) };
  const root = record("comments", mine);
  return [
    { op: "insert", into: "subjects", row: subject },
    insert("identities", { subject_id: subject.id }),
    { op: "insert", into: "comments", row: root },
    { op: "insert", into: "comments", row: reply(root, mine) },
    insert("comments", mine),
    insert("consents", { ...mine, retention_until: index % 3 === 0 ? NOON : plus(NOON, 40_000 * DAY) }),
    ...(index % 10 === 7 ? [insert("legal_holds", { subject_id: subject.id })] : []),
  ];
};

const fill = async (place: Place): Promise<string> => {
  const url = await place.fresh();
  const store = await (place.engine === "SQLite" ? openSqlite({ path: pathOf(url) }) : openPostgres({ url }));
  await store.migrator.up();
  const writes = [
    ...Array.from({ length: PEOPLE }, (_, index) => personal(index)).flat(),
    ...Array.from({ length: LINKS }, () => insert("sign_in_links", { retention_until: NOON })),
  ];
  for (let from = 0; from < writes.length; from += 500) {
    const [verdict] = await store.groups.commitGroup([changes(writes.slice(from, from + 500))]);
    assert.equal(verdict?.type, "stored");
  }
  await store.close();
  return url;
};

const countOf = async (place: Place, url: string, table: string): Promise<number> =>
  Number((await place.rows(url, `select count(*) from ${table}`))[0]?.[0]);

/** What is left of everything that a run looks at; what it is told by, and when, is another each time. */
const leftIn = async (place: Place, url: string) => {
  const left: Record<string, unknown> = {};
  for (const table of [...RUN_COLLECTIONS, "identities"]) {
    if (["retention_runs", "signed_reports"].includes(table)) continue;
    left[table] = await place.rows(url, `select id, anonymized from ${table} order by id`);
  }
  return left;
};

const runIn = async (place: Place, url: string) => {
  const [run, ...others] = await place.rows(url, "select progress, resumed, running from retention_runs");
  assert.equal(others.length, 0, "there is one run");
  if (run === undefined) return null;
  const progress = JSON.parse(String(run[0])) as RetentionProgress;
  return { progress, resumed: Number(run[1]), running: run[2] };
};

/** What the trail tells of each collection. */
const toldIn = async (place: Place, url: string): Promise<Readonly<Record<string, number>>> => {
  const told: Record<string, number> = {};
  const entries = await place.rows(
    url,
    "select details from audit_entries where action = 'retention.applied'",
  );
  for (const [details] of entries) {
    const each = JSON.parse(String(details)) as { collection: string; deleted: number; cleared: number };
    told[each.collection] = (told[each.collection] ?? 0) + each.deleted + each.cleared;
  }
  return told;
};

export const killableRetention = async (place: Place): Promise<Killable> => {
  const before = await fill(place);
  const counted = new Map<string, number>();
  for (const table of RUN_COLLECTIONS) counted.set(table, await countOf(place, before, table));
  let calm: { readonly left: unknown; readonly counts: unknown } | null = null;

  return {
    operation: "retention",
    engine: place.engine,
    begin: async (): Promise<Life> => {
      const url = await place.copyOf(before);
      return {
        settings: {
          DATABASE_URL: url,
          SECRET_KEY: SECRET,
        },
        words: ["retention", "run"],
        left: async () => {
          const found = await runIn(place, url);
          if (found === null) return { phase: "not begun", whole: false };
          const { progress, running } = found;
          if (running === null) return { phase: "done", whole: true };
          return { phase: progress.next?.collection ?? "trail and report", whole: false };
        },
        wait: async () => {
          await place.settle(url);
          await place.rows(url, "delete from leases");
        },
        judge: async (kills) => {
          const found = await runIn(place, url);
          assert.ok(found !== null && found.running === null && found.resumed <= kills);
          const { counts } = found.progress;
          const told = await toldIn(place, url);
          for (const table of ["sign_in_links", "comments", "consents"] as const) {
            const went = (counts[table]?.deleted ?? 0) + (counts[table]?.cleared ?? 0);
            assert.deepEqual([table, told[table] ?? 0], [table, went]);
            const gone = (counted.get(table) ?? 0) - (await countOf(place, url, table));
            assert.deepEqual([table, gone], [table, went]);
          }
          assert.equal(counts.sign_in_links?.deleted, LINKS);
          assert.deepEqual(counts.comments?.kept, { held: 36, restricted: 36, in_office: 0, in_use: 0 });
          assert.equal(await countOf(place, url, "signed_reports"), 1);
          const end = { left: await leftIn(place, url), counts };
          calm ??= end;
          assert.deepEqual(end, calm);
        },
        close: () => place.remove(url),
      };
    },
    close: place.close,
  };
};
