import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import {
  AUDITED,
  COMMENTS,
  discrepancies,
  openSessions,
  startWriters,
  storedInSqlite,
} from "../support/comment-writers.ts";
import { startPostgres } from "../support/postgres.ts";
import { type Environment, freePort, runCli, startService } from "../support/process.ts";

const WRITERS = 200;
const SESSIONS = 40;
const SECONDS = 20;

/** A SECRET_KEY and a credential for opening sessions, and the port on which the service comes back after its death. */
const prepare = async (settings: Environment) => {
  const credential =
    (await runCli(settings, "credential", "add", "load", "sessions:create")).split("\n")[0] ?? "";
  return { credential, port: await freePort() };
};

test(`SQLite: ${WRITERS} writers for ${SECONDS} s and kill -9 in the middle: what was acknowledged is there, once, audited`, async () => {
  const directory = await mkdtemp(join(tmpdir(), "gonogo-killed-"));
  const path = join(directory, "gonogo.db");
  const settings = { DATABASE_URL: `sqlite:///${path}` };
  try {
    const { credential, port } = await prepare(settings);
    let service = await startService(settings, { port });
    const tokens = await openSessions(service.url, credential, SESSIONS);
    const writers = startWriters(WRITERS, () => service.url, tokens);
    await Bun.sleep((SECONDS * 1_000) / 2);
    await service.kill();
    const beforeDeath = writers.acknowledged.length;
    service = await startService(settings, { port });
    await Bun.sleep((SECONDS * 1_000) / 2);
    await writers.stop();
    expect(await service.stop()).toBe(0);

    expect(discrepancies(writers, storedInSqlite(path))).toEqual([]);
    expect(beforeDeath).toBeGreaterThan(0);
    expect(writers.acknowledged.length).toBeGreaterThan(beforeDeath);
    console.log(
      `SQLite: ${writers.acknowledged.length} acknowledged, other answers`,
      Object.fromEntries(writers.others),
    );
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 120_000);

test(`PostgreSQL: ${WRITERS} writers for ${SECONDS} s, kill -9 of the service and of the server: nothing is lost or doubled`, async () => {
  const server = await startPostgres({ dedicated: true });
  const directory = await mkdtemp(join(tmpdir(), "gonogo-killed-"));
  const settings = { DATABASE_URL: server.url, SECRET_KEY: "a secret key for tests only, long enough" };
  try {
    const { credential, port } = await prepare(settings);
    let service = await startService(settings, { port });
    const tokens = await openSessions(service.url, credential, SESSIONS);
    const writers = startWriters(WRITERS, () => service.url, tokens);
    await Bun.sleep((SECONDS * 1_000) / 3);
    await service.kill();
    service = await startService(settings, { port });
    const afterService = writers.acknowledged.length;
    await Bun.sleep((SECONDS * 1_000) / 3);
    await server.kill("SIGKILL");
    await server.restart();
    const afterServer = writers.acknowledged.length;
    await Bun.sleep((SECONDS * 1_000) / 3);
    await writers.stop();
    // The service that lived through the database's death is still the same process.
    expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
    expect(await service.stop()).toBe(0);

    const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
    const comments = await sql.unsafe<{ id: string; content: string }[]>(COMMENTS);
    const audited = await sql.unsafe<{ id: string }[]>(AUDITED);
    await sql.end();
    expect(discrepancies(writers, { comments, audited: audited.map(({ id }) => id) })).toEqual([]);
    expect(afterService).toBeGreaterThan(0);
    expect(writers.acknowledged.length).toBeGreaterThan(afterServer);
    console.log(
      `PostgreSQL: ${writers.acknowledged.length} acknowledged, other answers`,
      Object.fromEntries(writers.others),
    );
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
}, 180_000);
