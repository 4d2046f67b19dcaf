import postgres from "postgres";
import { CopyRefused, type DatabaseCopy, type DatabaseFacts } from "../../../ports/database-copy.ts";
import { MIGRATIONS_TABLE } from "../migrator.ts";
import { quoted, RESTORE_POINT } from "./copied-tables.ts";
import { environmentOf, programFor } from "./postgres-programs.ts";

type Client = ReturnType<typeof postgres>;

const connect = (url: string): Client =>
  postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => undefined,
    connect_timeout: 10,
    idle_timeout: 0,
  });

const texts = async (sql: Client, query: string): Promise<readonly string[]> =>
  (await sql.unsafe(query).values()).map(([text]) => String(text));

const majorOf = async (sql: Client): Promise<{ readonly version: string; readonly major: number }> => {
  const [version = ""] = await texts(sql, "show server_version");
  return { version, major: Number.parseInt(version, 10) };
};

const TABLES = "select tablename from pg_tables where schemaname = 'public' order by tablename";

const told = async (sql: Client): Promise<DatabaseFacts> => {
  const counts: Record<string, number> = {};
  for (const table of await texts(sql, TABLES)) {
    counts[table] = Number((await texts(sql, `select count(*) from public.${quoted(table)}`))[0]);
  }
  const { version } = await majorOf(sql);
  return {
    engine: "postgres",
    engine_version: version,
    counts,
    migrations: await texts(sql, `select name from ${MIGRATIONS_TABLE} order by name`),
    ledger_position: (await texts(sql, RESTORE_POINT))[0] ?? null,
  };
};

/** What a program of PostgreSQL said last; it names objects of the schema, never a row. */
const lastLine = async (stream: ReadableStream<Uint8Array>): Promise<string> =>
  (await new Response(stream).text()).trim().split("\n").at(-1)?.slice(0, 200) ?? "";

async function* dumped(path: string, url: string, snapshot: string): AsyncGenerator<Uint8Array> {
  const child = Bun.spawn(
    [path, "--format=custom", `--snapshot=${snapshot}`, "--no-owner", "--no-privileges"],
    { env: environmentOf(url), stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  );
  const said = lastLine(child.stderr);
  try {
    yield* child.stdout;
    if ((await child.exited) !== 0) throw new CopyRefused(`pg_dump did not finish: ${await said}`);
  } finally {
    child.kill();
  }
}

export const factsOfPostgres = async (url: string): Promise<DatabaseFacts> => {
  const sql = connect(url);
  try {
    return await told(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
};

/** Copies a database that others write to meanwhile, by pg_dump, in a snapshot that everything told of it is counted in. */
export const copyPostgres = async (url: string): Promise<DatabaseCopy> => {
  const sql = connect(url);
  try {
    const { major } = await majorOf(sql);
    const program = await programFor("pg_dump", major);
    await sql.unsafe("begin isolation level repeatable read read only");
    const [snapshot = ""] = await texts(sql, "select pg_export_snapshot()");
    return {
      ...(await told(sql)),
      bytes: () => dumped(program, url, snapshot),
      close: () => sql.end({ timeout: 5 }),
    };
  } catch (failure) {
    await sql.end({ timeout: 5 });
    throw failure;
  }
};

/** Puts a copy into an empty database: all of it or nothing. Throws CopyRefused when it cannot. */
export const restorePostgres = async (url: string, bytes: AsyncIterable<Uint8Array>): Promise<void> => {
  const sql = connect(url);
  const { major } = await majorOf(sql).finally(() => sql.end({ timeout: 5 }));
  const program = await programFor("pg_restore", major);
  const child = Bun.spawn(
    [
      program,
      "--single-transaction",
      "--exit-on-error",
      "--no-owner",
      "--no-privileges",
      `--dbname=${environmentOf(url)["PGDATABASE"] ?? ""}`,
    ],
    { env: environmentOf(url), stdin: "pipe", stdout: "ignore", stderr: "pipe" },
  );
  const said = lastLine(child.stderr);
  try {
    for await (const chunk of bytes) {
      child.stdin.write(chunk);
      await child.stdin.flush();
    }
    await child.stdin.end();
    if ((await child.exited) !== 0) throw new CopyRefused(`pg_restore did not finish: ${await said}`);
  } finally {
    // A copy that breaks off is not the end of one: nothing of it may be committed.
    child.kill("SIGKILL");
  }
};

/** Whether there is no table in it. */
export const isEmptyPostgres = async (url: string): Promise<boolean> => {
  const sql = connect(url);
  try {
    return (await texts(sql, TABLES)).length === 0;
  } finally {
    await sql.end({ timeout: 5 });
  }
};
