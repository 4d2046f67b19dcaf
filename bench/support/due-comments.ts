import { Database } from "bun:sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { startPostgres } from "../../tests/support/postgres.ts";

/** A database that is full of comments, some of them due, and a way to delete some with bare SQL. */
export interface FullPlace {
  readonly name: "SQLite" | "PostgreSQL";
  /** What a service is started with to serve it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Deletes so many of those set aside for it, in one statement and one transaction; answers how many went. */
  bareDelete(limit: number): Promise<number>;
  remaining(): Promise<number>;
  close(): Promise<void>;
}

/** Of the comments: due for the run, and set aside for the bare DELETE, which are not due. */
export const DUE_SHARE = 0.2;
export const BARE_SHARE = 0.05;
const DUE_AT = 1_000_000_000_000;
const FAR = 4_000_000_000_000;
const BARE_UNTIL = FAR + 10_000_000;

const TEXT = "What a well-made engine, and how it weaves! ".repeat(4);

/**
 * One of so many, in no order: comments that follow each other are of threads and authors that lie far apart in the indexes,
 * as people come. In order, a small database has several of them on one page, and a large one has none.
 */
const anyOf = (count: number): string => `((n * 2654435761) % ${count})`;

/** Rows like those of requests: ids in order of time, the oldest due; `n` counts from 1, `x` makes hexadecimal of it. */
const seedText = (rows: number, numbers: string, hex: (n: string) => string): string => {
  const due = Math.round(rows * DUE_SHARE);
  const bare = Math.round(rows * BARE_SHARE);
  const id = `'01900000-0000-7000-8000-' || ${hex("n")}`;
  // A period runs from the day a comment was written: the oldest are due, and stand side by side.
  const until = `case when n <= ${due} then ${DUE_AT} - ${due} + n when n <= ${due + bare} then ${FAR} + n - ${due} else ${BARE_UNTIL} + n end`;
  return (
    "insert into comments (id, created_at, updated_at, version, consent_given, consent_timestamp, retention_until, anonymized, thread, " +
    "subject_id, parent_id, root_id, depth, content, status, queued_at, moderated_at, moderation_note, edited_at, edit_token_hash, " +
    `notify_replies, source, source_id) select ${id}, 900000000000 + n, 900000000000 + n, 1, TRUE_, 900000000000 + n, ${until}, FALSE_, ` +
    `'/posts/' || ${anyOf(5_000)}, (select '0b7f4a4e-5f0e-4f39-9d0a-' || ${hex(`${anyOf(20_000)} + 1`)}), null, ${id}, 0, '${TEXT}', 'approved', ` +
    `null, null, null, null, null, FALSE_, null, null from ${numbers}`
  );
};

const subjectText = (numbers: string, hex: (n: string) => string): string =>
  "insert into subjects (id, created_at, updated_at, version, consent_given, consent_timestamp, retention_until, anonymized, role, status, " +
  `sessions_valid_from) select '0b7f4a4e-5f0e-4f39-9d0a-' || ${hex("n")}, 1, 1, 1, FALSE_, null, ${FAR}, FALSE_, 'commenter', 'active', null from ${numbers}`;

const flags = (text: string, yes: string, no: string): string =>
  text.replaceAll("TRUE_", yes).replaceAll("FALSE_", no);

const PIECE = 100_000;

export const sqliteFull = async (rows: number): Promise<FullPlace> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-retention-"));
  const path = join(folder, "gonogo.db");
  const store = await openSqlite({ path });
  await store.migrator.up();
  await store.close();
  const db = new Database(path);
  db.run("pragma synchronous = off");
  db.run("pragma cache_size = -262144");
  db.run("pragma wal_autocheckpoint = 20000");
  const hex = (n: string) => `printf('%012x', ${n})`;
  const numbers = (from: number, to: number) =>
    `(with recursive c(n) as (select ${from} union all select n + 1 from c where n < ${to}) select n from c)`;
  db.run(flags(subjectText(numbers(1, 20_000), hex), "1", "0"));
  for (let from = 1; from <= rows; from += PIECE)
    db.run(flags(seedText(rows, numbers(from, Math.min(rows, from + PIECE - 1)), hex), "1", "0"));
  db.run("pragma wal_checkpoint(truncate)");
  db.run("pragma wal_autocheckpoint = 4000");
  db.run("pragma synchronous = full");
  db.run("pragma cache_size = -2000");
  db.run("pragma secure_delete = on");
  db.run("pragma busy_timeout = 10000");
  const remove = db.prepare(
    `delete from comments where id in (select id from comments where retention_until > ${FAR} and retention_until <= ${BARE_UNTIL} order by retention_until limit ?)`,
  );
  return {
    name: "SQLite",
    settings: { DATABASE_URL: `sqlite:///${path}` },
    bareDelete: async (limit) => {
      db.run("begin immediate");
      const { changes } = remove.run(limit);
      db.run("commit");
      return changes;
    },
    remaining: async () =>
      Number(db.query(`select count(*) from comments where retention_until <= ${DUE_AT}`).values()[0]?.[0]),
    close: async () => {
      remove.finalize();
      db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export const postgresFull = async (rows: number): Promise<FullPlace> => {
  const server = await startPostgres({ dedicated: true, durable: true });
  const store = await openPostgres({ url: server.url });
  await store.migrator.up();
  await store.close();
  const sql = postgres(server.url, { max: 1, fetch_types: false, prepare: false, onnotice: () => undefined });
  const hex = (n: string) => `lpad(to_hex(${n}), 12, '0')`;
  const numbers = (from: number, to: number) => `generate_series(${from}::bigint, ${to}) as n`;
  await sql.unsafe("set synchronous_commit = off");
  await sql.unsafe(flags(subjectText(numbers(1, 20_000), hex), "true", "false"));
  for (let from = 1; from <= rows; from += PIECE)
    await sql.unsafe(
      flags(seedText(rows, numbers(from, Math.min(rows, from + PIECE - 1)), hex), "true", "false"),
    );
  await sql.unsafe("set synchronous_commit = on");
  await sql.unsafe("vacuum analyze comments");
  await sql.unsafe("vacuum analyze subjects");
  await sql.unsafe("checkpoint");
  return {
    name: "PostgreSQL",
    settings: { DATABASE_URL: server.url },
    bareDelete: async (limit) => {
      const gone = await sql.unsafe(
        `delete from comments where id in (select id from comments where retention_until > ${FAR} and retention_until <= ${BARE_UNTIL} order by retention_until limit ${limit})`,
      );
      return gone.count;
    },
    remaining: async () => {
      const [row] = await sql.unsafe(`select count(*) as n from comments where retention_until <= ${DUE_AT}`);
      return Number(row?.["n"]);
    },
    close: async () => {
      await sql.end();
      await server.stop();
    },
  };
};
