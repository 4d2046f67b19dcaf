import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startPostgres } from "../../tests/support/postgres.ts";

/** A database of a service, and a way to fill it with comments of one person. */
export interface WriterPlace {
  readonly databaseUrl: string;
  /** Writes the comments of these numbers, the last one too. By SQL: only their export is measured. */
  write(subject: string, from: number, to: number): Promise<void>;
  close(): Promise<void>;
}

interface Dialect {
  readonly hex: (n: string, digits: number) => string;
  readonly padded: (n: string) => string;
  readonly numbers: (from: number, to: number) => string;
  readonly yes: string;
  readonly no: string;
}

const text = (d: Dialect, subject: string, from: number, to: number): string => {
  const id = `'01960000-' || ${d.hex("n / 4096", 4)} || '-7' || ${d.hex("n % 4096", 3)} || '-8' || ${d.hex("n % 4096", 3)} || '-' || ${d.hex("n", 12)}`;
  const time = 1_760_000_000_000;
  return `insert into comments (id, created_at, updated_at, version, consent_given, consent_timestamp, retention_until,
      anonymized, thread, subject_id, parent_id, root_id, depth, content, status, queued_at, moderated_at, moderation_note,
      edited_at, edit_token_hash, notify_replies, source, source_id)
    select ${id}, ${time}, ${time}, 1, ${d.yes}, ${time}, null, ${d.no}, '/posts/' || (n % 1000), '${subject}', null, ${id}, 0,
      '<p>' || ${d.padded("n")} || '</p>', 'approved', null, null, null, null, null, ${d.no}, null, null
    from ${d.numbers(from, to)}`;
};

const SQLITE: Dialect = {
  hex: (n, digits) => `printf('%0${digits}x', ${n})`,
  padded: (n) => `printf('%0240d', ${n})`,
  numbers: (from, to) =>
    `(with recursive c(n) as (select ${from} union all select n + 1 from c where n < ${to}) select n from c)`,
  yes: "1",
  no: "0",
};

const POSTGRES: Dialect = {
  hex: (n, digits) => `lpad(to_hex(${n}), ${digits}, '0')`,
  padded: (n) => `lpad((${n})::text, 240, '0')`,
  numbers: (from, to) => `generate_series(${from}, ${to}) as n`,
  yes: "true",
  no: "false",
};

const PIECE = 50_000;

const pieces = async (from: number, to: number, write: (from: number, to: number) => unknown) => {
  for (let at = from; at <= to; at += PIECE) await write(at, Math.min(to, at + PIECE - 1));
};

export const sqliteWriter = async (): Promise<WriterPlace> => {
  const folder = mkdtempSync(join(tmpdir(), "gonogo-bench-export-"));
  const path = join(folder, "gonogo.db");
  return {
    databaseUrl: `sqlite:///${path}`,
    write: async (subject, from, to) => {
      const db = new Database(path);
      db.run("pragma busy_timeout = 10000");
      db.run("pragma synchronous = off");
      await pieces(from, to, (first, last) => db.run(text(SQLITE, subject, first, last)));
      db.run("pragma wal_checkpoint(truncate)");
      db.close();
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
};

export const postgresWriter = async (): Promise<WriterPlace> => {
  const server = await startPostgres({ dedicated: true });
  return {
    databaseUrl: server.url,
    write: async (subject, from, to) => {
      const sql = postgres(server.url, {
        max: 1,
        fetch_types: false,
        prepare: false,
        onnotice: () => undefined,
      });
      await pieces(from, to, (first, last) => sql.unsafe(text(POSTGRES, subject, first, last)));
      await sql.unsafe("vacuum analyze comments");
      await sql.end();
    },
    close: () => server.stop(),
  };
};
