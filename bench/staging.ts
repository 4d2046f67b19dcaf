// A staging copy of many people (500,000, or the first argument): how long it takes, how much memory it takes beyond what
// the process has at its start, what its leak scan says of it and of one with a planted leak.
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRunKey } from "../src/adapters/crypto/run-key.ts";
import { openSqlite } from "../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { openSqliteSource, openSqliteTarget } from "../src/adapters/drizzle/staging/sqlite-staging.ts";
import { exportStaging, type StagingProgress } from "../src/app/staging/export-staging.ts";
import type { Instant } from "../src/domain/shared/instant.ts";
import type { StagedRow } from "../src/ports/staging-copy.ts";

const PEOPLE = Number(process.argv[2] ?? 500_000);
const NOW = Date.UTC(2026, 0, 15) as Instant;

/** A UUID of version 7 for a number, in its order. */
const ID = (kind: number, n: string) =>
  `printf('0196%04x-%04x-7%03x-8${kind}00-%012x', (${n}) / 65536 % 65536, (${n}) % 65536, (${n}) % 4096, abs(random()) % 281474976710656)`;
const SUBJECT = (n: string) => `printf('%08x-0000-4000-8000-%012x', ${n}, (${n}) * 7919)`;

/** People with a name, a decision and two comments each: by SQL, because only the copy is measured. */
const seed = (path: string): void => {
  const db = new Database(path);
  db.run("pragma journal_mode = delete");
  db.run("pragma synchronous = off");
  db.run("begin");
  const n = "value";
  const from = `from generate_series(1, ${PEOPLE})`;
  const base = (time: string) => `${time}, ${time}, 1, 0, null, null, 0`;
  const fields =
    "created_at, updated_at, version, consent_given, consent_timestamp, retention_until, anonymized";
  const time = `(${NOW} - ${n} % 2000 * 86400000)`;
  // generate_series is no part of every SQLite: a recursive query does the same.
  const rows = `with recursive series(value) as (select 1 union all select value + 1 from series where value < ${PEOPLE})`;
  const series = from.replace(/generate_series\(.*\)/, "series");
  db.run(`insert into subjects (id, ${fields}, role, status, sessions_valid_from)
    ${rows} select ${SUBJECT(n)}, ${base(time)}, 'commenter', 'active', null ${series}`);
  db.run(`insert into consents (id, ${fields}, subject_id, sequence, event, consent_types, purpose_states, policy_version,
      language, notice_hash, method, gpc, timestamp, expires_at, ip_hash, user_agent_hash)
    ${rows} select ${ID(1, n)}, ${base(time)}, ${SUBJECT(n)}, 1, 'decided', '["essential"]',
      '{"functional":{"decided_at":' || ${time} || '}}', 1, 'en', null, 'banner', 0, ${time}, ${time}, null, null ${series}`);
  for (const depth of [0, 1]) {
    const own = ID(2 + depth, n);
    const root = depth === 0 ? own : "(select id from comments where comments.rowid = value)";
    db.run(`insert into comments (id, ${fields}, thread, subject_id, parent_id, root_id, depth, content, status, queued_at,
        moderated_at, moderation_note, edited_at, edit_token_hash, notify_replies, source, source_id)
      ${rows} select ${own}, ${base(time)}, '/posts/' || (${n} % 5000), ${SUBJECT(n)},
        ${depth === 0 ? "null" : root}, ${depth === 0 ? "'00000000-0000-7000-8000-000000000000'" : root}, ${depth},
        '<p>person ' || ${n} || ' wrote this in her own words, twice</p>', 'approved', null, null, null, null, null, 0, null, null ${series}`);
  }
  db.run("update comments set root_id = id where depth = 0");
  db.run("commit");
  db.close();
};

const folder = mkdtempSync(join(tmpdir(), "gonogo-bench-staging-"));
try {
  const production = join(folder, "production.db");
  const store = await openSqlite({ path: production });
  await store.migrator.up();
  await store.close();
  let from = performance.now();
  seed(production);
  console.log(`seeded ${PEOPLE} people in ${((performance.now() - from) / 1_000).toFixed(1)} s`);

  Bun.gc(true);
  const before = process.memoryUsage.rss();
  let most = before;
  const sampler = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 100);
  /** A line whenever it comes to something else, and at each million rows. */
  const progress = () => {
    const started = performance.now();
    let shown = "";
    return ({ step, collection, rows }: StagingProgress): void => {
      const rss = process.memoryUsage.rss();
      most = Math.max(most, rss);
      const mark = `${step} ${collection} ${Math.floor(rows / 1_000_000)}`;
      if (mark === shown) return;
      shown = mark;
      const seconds = ((performance.now() - started) / 1_000).toFixed(0);
      console.log(
        `  ${step} ${collection}: ${rows} rows, ${seconds} s, ${((rss - before) / 1e6).toFixed(0)} MB`,
      );
    };
  };
  const copy = async (name: string, plant: boolean) => {
    const target = await openSqliteTarget(join(folder, name));
    const source = openSqliteSource(production);
    let planted = !plant;
    const insert = async (table: string, rows: readonly StagedRow[]): Promise<void> => {
      const [first, ...others] = rows;
      if (table === "comments" && !planted && first !== undefined) {
        planted = true;
        const content = "<p>person 77 wrote this in her own words, twice</p>";
        return target.insert(table, [{ ...first, content }, ...others]);
      }
      return target.insert(table, rows);
    };
    try {
      return await exportStaging({
        source,
        target: { ...target, insert },
        key: makeRunKey(),
        now: NOW,
        sealName: null,
        opened: () => [],
        onProgress: progress(),
      });
    } finally {
      await source.close();
      await target.close();
    }
  };
  from = performance.now();
  const report = await copy("copy.db", false);
  const seconds = (performance.now() - from) / 1_000;
  const rows = Object.values(report.rows).reduce((sum, count) => sum + count, 0);
  clearInterval(sampler);
  console.log(
    `copied ${report.people} people, ${rows} rows in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)} rows/s)`,
  );
  console.log(`memory: ${((most - before) / 1e6).toFixed(0)} MB more than at the start`);
  console.log(`leak scan: ${report.leaks.length} values of production found`);
  for (const [table, { smallest, classes }] of Object.entries(report.crowds)) {
    console.log(
      `k-anonymity of ${table}: ${classes} classes, the smallest of ${smallest === report.k ? `${report.k} or more` : smallest} people`,
    );
  }
  const verdict = await copy("planted.db", true).then(
    () => "NOT FOUND",
    (failure: unknown) => (failure instanceof Error ? failure.message : String(failure)),
  );
  console.log(`planted leak: ${verdict}`);
  process.exitCode = report.leaks.length === 0 && verdict.includes("comments.content") ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
