// A retention run that is killed again and again ends as if it never had been: RETENTION_KILLS and RETENTION_SEED say how
// often and when; 5 times unless told.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { RUN_COLLECTIONS } from "../../src/domain/retention/due-records.ts";
import type { RetentionProgress } from "../../src/domain/retention/retention-run.ts";
import type { Write } from "../../src/domain/shared/changes.ts";
import { DAY, plus } from "../../src/domain/shared/instant.ts";
import { runCli, spawnCli } from "../support/process.ts";
import { changes, insert, NOON, record, reply } from "../support/records.ts";

const KILLS = Number(process.env["RETENTION_KILLS"] ?? 5);
const SEED = Number(process.env["RETENTION_SEED"] ?? 1);
const PEOPLE = 120;
const LINKS = Math.max(2_500, KILLS * 300);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
const random = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
};

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

const fill = async (path: string): Promise<void> => {
  const store = await openSqlite({ path });
  await store.migrator.up();
  const writes = [
    ...Array.from({ length: PEOPLE }, (_, index) => personal(index)).flat(),
    ...Array.from({ length: LINKS }, () => insert("sign_in_links", { retention_until: NOON })),
  ];
  for (let from = 0; from < writes.length; from += 500) {
    const [verdict] = await store.groups.commitGroup([changes(writes.slice(from, from + 500))]);
    expect(verdict?.type).toBe("stored");
  }
  await store.close();
};

const looking = <T>(path: string, look: (db: Database) => T): T => {
  const db = new Database(path);
  db.run("pragma busy_timeout = 10000");
  try {
    return look(db);
  } finally {
    db.close();
  }
};

const versionOf = (path: string): number =>
  looking(path, (db) => Number(db.query("select max(version) from retention_runs").values()[0]?.[0] ?? 0));

const countOf = (path: string, table: string): number =>
  looking(path, (db) => Number(db.query(`select count(*) from ${table}`).values()[0]?.[0]));

/** What is left of everything that a run looks at; what it is told by, and when, is another each time. */
const leftOf = (path: string) =>
  looking(path, (db) =>
    Object.fromEntries(
      [...RUN_COLLECTIONS, "identities"]
        .filter((table) => !["retention_runs", "signed_reports"].includes(table))
        .map((table) => [table, db.query(`select id, anonymized from ${table} order by id`).values()]),
    ),
  );

const gone = (path: string) =>
  looking(path, (db) => {
    const [run] = db
      .query<{ progress: string; resumed: number; running: string | null; id: string }, []>(
        "select id, progress, resumed, running from retention_runs",
      )
      .all();
    if (run === undefined) throw new Error("there is a run");
    const { counts } = JSON.parse(run.progress) as RetentionProgress;
    const told: Record<string, number> = {};
    for (const { details } of db
      .query<{ details: string }, []>("select details from audit_entries where action = 'retention.applied'")
      .all()) {
      const each = JSON.parse(details) as { collection: string; deleted: number; cleared: number };
      told[each.collection] = (told[each.collection] ?? 0) + each.deleted + each.cleared;
    }
    return { run, counts, told };
  });

test(`a retention run that is killed ${KILLS} times ends as if it never had been (seed ${SEED})`, async () => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-retention-killed-"));
  const settingsOf = (name: string) => ({
    DATABASE_URL: `sqlite:///${folder}/${name}.db`,
    SECRET_KEY: "a secret key for tests only, long enough",
  });
  const path = (name: string) => join(folder, `${name}.db`);
  try {
    await fill(path("calm"));
    await copyFile(path("calm"), path("killed"));
    const before = Object.fromEntries(RUN_COLLECTIONS.map((table) => [table, countOf(path("calm"), table)]));

    const next = random(SEED);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawnCli(settingsOf("killed"), "retention", "run");
      const target = versionOf(path("killed")) + 1 + Math.floor(next() * 8);
      while (child.exitCode === null && versionOf(path("killed")) < target) await Bun.sleep(1);
      child.kill("SIGKILL");
      await child.exited;
      // Its lease runs out.
      looking(path("killed"), (db) => db.run("delete from leases"));
    }
    const [said] = await Promise.all([
      runCli(settingsOf("killed"), "retention", "run"),
      runCli(settingsOf("calm"), "retention", "run"),
    ]);
    expect(said).toMatch(/^Done\. Report .*, resumed \d+ times\.$/m);

    expect(leftOf(path("killed"))).toEqual(leftOf(path("calm")));
    const { run, counts, told } = gone(path("killed"));
    expect([run.running, run.resumed]).toEqual([null, KILLS]);
    expect(counts).toEqual(gone(path("calm")).counts);
    for (const table of ["sign_in_links", "comments", "consents"] as const) {
      const of = counts[table];
      const went = (of?.deleted ?? 0) + (of?.cleared ?? 0);
      expect([table, told[table] ?? 0]).toEqual([table, went]);
      expect([table, (before[table] ?? 0) - countOf(path("killed"), table)]).toEqual([table, went]);
    }
    expect(counts.sign_in_links?.deleted).toBe(LINKS);
    expect(counts.comments?.kept).toEqual({ held: 36, restricted: 36, in_office: 0, in_use: 0 });
    expect(countOf(path("killed"), "signed_reports")).toBe(1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);
