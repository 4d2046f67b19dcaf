import { Database } from "bun:sqlite";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { makeTokens } from "../../src/adapters/crypto/tokens.ts";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { canonicalJson } from "../../src/domain/shared/canonical-json.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY, type Instant, plus } from "../../src/domain/shared/instant.ts";
import type { Store } from "../../src/ports/store.ts";
import { startPostgres } from "../../tests/support/postgres.ts";
import { freePort } from "../../tests/support/process.ts";
import { record } from "../../tests/support/records.ts";

type Row = Readonly<Record<string, string | number | boolean | null>>;

/** Puts rows of one table there as fast as the database takes them. */
type Fill = (table: string, rows: Iterable<Row>) => Promise<void>;

export interface CheckServer {
  readonly subjects: number;
  readonly port: number;
  readonly barePort: number;
  /** Processor time that the process has used so far, of all its threads; NaN where the system does not tell. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

export interface CheckPlace {
  readonly name: "SQLite" | "PostgreSQL";
  /** One for each size, smallest first. */
  readonly servers: readonly CheckServer[];
  readonly token: string;
  close(): Promise<void>;
}

const { token, hash: token_hash } = makeTokens().issue("gnk");

/** Random-looking, as real ones are: neighbours in number are nowhere near each other in the index. */
export const subjectId = (number: number): SubjectId =>
  `${(Math.imul(number, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0")}-0000-4000-8000-${number.toString(16).padStart(12, "0")}` as SubjectId;

const today = Math.floor(Date.now() / DAY) * DAY;

function* subjectRows(count: number): Generator<Row> {
  const like = record("subjects");
  for (let number = 0; number < count; number += 1)
    yield { ...like, id: subjectId(number) } as unknown as Row;
}

/** Every fourth has decided twice. */
function* consentRows(count: number): Generator<Row> {
  const expires_at = plus(today as Instant, 300 * DAY);
  const state = { withdrawn: false, decided_at: today, policy_version: 1, expires_at, gpc: false };
  for (let number = 0; number < count; number += 1) {
    const purpose_states = canonicalJson({
      functional: { ...state, granted: true },
      marketing: { ...state, granted: number % 2 === 0 },
    });
    for (let sequence = 1; sequence <= (number % 4 === 0 ? 2 : 1); sequence += 1) {
      const subject_id = subjectId(number);
      yield { ...record("consents", { subject_id, sequence, purpose_states, expires_at }) } as unknown as Row;
    }
  }
}

const fill = async (put: Fill, count: number): Promise<void> => {
  await put("subjects", subjectRows(count));
  await put("consents", consentRows(count));
  const scopes = canonicalJson(["consents:check"]);
  await put("service_credentials", [
    { ...record("service_credentials", { token_hash, scopes }) } as unknown as Row,
  ]);
};

const fillSqlite = (path: string): Fill & { close(): void } => {
  const db = new Database(path, { strict: true });
  for (const pragma of ["synchronous = off", "cache_size = -400000", "foreign_keys = off"])
    db.run(`pragma ${pragma}`);
  const put = async (table: string, rows: Iterable<Row>): Promise<void> => {
    db.run("begin");
    let statement: ReturnType<typeof db.query> | null = null;
    for (const row of rows) {
      const names = Object.keys(row);
      statement ??= db.query(
        `insert into ${table} (${names.map((name) => `"${name}"`)}) values (${names.map(() => "?")})`,
      );
      statement.run(...(Object.values(row) as (string | number | boolean | null)[]));
    }
    db.run("commit");
  };
  return Object.assign(put, {
    close: () => {
      db.run("analyze");
      db.run("pragma wal_checkpoint(truncate)");
      db.close();
    },
  });
};

const fillPostgres =
  (sql: postgres.Sql): Fill =>
  async (table, rows) => {
    let names: readonly string[] = [];
    let lines: string[] = [];
    let into: Awaited<ReturnType<postgres.PendingQuery<never>["writable"]>> | null = null;
    const flush = async (): Promise<void> => {
      const chunk = lines.join("");
      lines = [];
      if (into !== null && !into.write(chunk)) await once(into, "drain");
    };
    for (const row of rows) {
      if (into === null) {
        names = Object.keys(row);
        into = await sql.unsafe(`copy ${table} (${names.map((name) => `"${name}"`)}) from stdin`).writable();
      }
      lines.push(`${names.map((name) => row[name] ?? "\\N").join("\t")}\n`);
      if (lines.length === 2_000) await flush();
    }
    await flush();
    into?.end();
    if (into !== null) await once(into, "finish");
  };

const migrated = async (opening: Promise<Store>): Promise<void> => {
  const store = await opening;
  await store.migrator.up();
  await store.close();
};

const TICKS_A_SECOND = 100;

const cpuSecondsOf = (pid: number): number => {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  // After the name, which may hold anything: user and system time are the 12th and 13th field.
  const fields = readFileSync(file, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
};

const startServer = async (url: string, subjects: number, folder: string): Promise<CheckServer> => {
  const [port, barePort] = [await freePort(), await freePort()];
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "check-server.ts")], {
    cwd: join(import.meta.dir, "../.."),
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      DATABASE_URL: url,
      SECRET_KEY: "a secret key for the bench only, long enough",
      RATE_LIMIT_SERVICE_PER_MINUTE: "1000000000",
      ERASURE_LEDGER_DIR: join(folder, `ledger-${subjects}`),
      ERASURE_LEDGER_HEADS_DIR: join(folder, `heads-${subjects}`),
      LOG_DIR: "none",
      PORT: String(port),
      BARE_PORT: String(barePort),
    },
    stdin: "ignore",
    // The line that every request writes goes nowhere, but is written.
    stdout: "ignore",
    stderr: "inherit",
  });
  const ready = async (): Promise<boolean> =>
    fetch(`http://127.0.0.1:${barePort}/bare?subject=${subjectId(0)}`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await ready())) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    await Bun.sleep(100);
  }
  return {
    subjects,
    port,
    barePort,
    cpuSeconds: () => cpuSecondsOf(child.pid),
    stop: async () => {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
};

const sqlitePlace = async (sizes: readonly number[]): Promise<CheckPlace> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-check-"));
  const servers: CheckServer[] = [];
  for (const size of sizes) {
    const path = join(folder, `${size}.db`);
    await migrated(openSqlite({ path }));
    const put = fillSqlite(path);
    await fill(put, size);
    put.close();
    servers.push(await startServer(`sqlite:///${path}`, size, folder));
  }
  return {
    name: "SQLite",
    servers,
    token,
    close: async () => {
      for (const server of servers) await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const postgresPlace = async (sizes: readonly number[]): Promise<CheckPlace> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-check-"));
  const server = await startPostgres({ dedicated: true });
  const servers: CheckServer[] = [];
  for (const size of sizes) {
    const admin = postgres(server.url, { max: 1, fetch_types: false, onnotice: () => undefined });
    await admin.unsafe(`create database check_${size}`);
    await admin.end();
    const url = new URL(server.url);
    url.pathname = `/check_${size}`;
    await migrated(openPostgres({ url: url.href }));
    const sql = postgres(url.href, { max: 1, fetch_types: false, onnotice: () => undefined });
    await fill(fillPostgres(sql), size);
    await sql.unsafe("vacuum analyze").simple();
    await sql.end();
    servers.push(await startServer(url.href, size, folder));
  }
  return {
    name: "PostgreSQL",
    servers,
    token,
    close: async () => {
      for (const each of servers) await each.stop();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

export const checkPlaces = (
  only: string,
  sizes: readonly number[],
): readonly (() => Promise<CheckPlace>)[] => [
  ...(only === "postgres" ? [] : [() => sqlitePlace(sizes)]),
  ...(only === "sqlite" ? [] : [() => postgresPlace(sizes)]),
];
