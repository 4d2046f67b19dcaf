// SIGTERM: what is in flight is answered and stored, nobody new comes in, and nobody keeps the process from ending.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commentOf, discrepancies, openSessions, storedInSqlite } from "../support/comment-writers.ts";
import { holdSqlite, metricOf } from "../support/held-store.ts";
import { type HttpConnection, openConnection, requestBytes } from "../support/http-connection.ts";
import { type RunningService, runCli, startService } from "../support/process.ts";

/** So many wait behind the group that the store holds up. */
const WAITING = 8;

const THREAD = "/v1/threads/drain/comments";

let directory: string;
let path: string;
let credential: string;
const settings = () => ({ DATABASE_URL: `sqlite:///${path}` });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gonogo-drain-"));
  path = join(directory, "gonogo.db");
  credential =
    (await runCli(settings(), "credential", "add", "load", "sessions:create")).split("\n")[0] ?? "";
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const refusesConnections = async ({ url }: RunningService): Promise<void> => {
  for (;;) {
    const connection = await openConnection(url).catch(() => null);
    if (connection === null) return;
    connection.close();
    await Bun.sleep(20);
  }
};

const ask = async (url: string, bytes: string): Promise<HttpConnection> => {
  const connection = await openConnection(url);
  connection.send(bytes);
  return connection;
};

test("requests that the store holds up are answered after SIGTERM, and what was acknowledged is stored", async () => {
  const service = await startService(settings());
  const tokens = await openSessions(service.url, credential, 4);
  // The first of the day makes its keys, in a commit of its own.
  const idle = await ask(service.url, requestBytes("GET", "/v1/consent-policy"));
  expect((await idle.answer())?.headers.get("connection")).toBeUndefined();
  const busy = await openConnection(service.url);

  const held = holdSqlite(path);
  const connections: HttpConnection[] = [];
  const markers: string[] = [];
  while (((await metricOf(service.url, "gonogo_commit_queue_length")) ?? 0) < WAITING) {
    const at = markers.push(`mark-${markers.length}-0-`) - 1;
    const author = at % tokens.length;
    const json = commentOf(markers[at] ?? "", author);
    const bytes = requestBytes("POST", THREAD, { token: tokens[author] ?? "", json });
    connections.push(await ask(service.url, bytes));
  }
  let answered = 0;
  const answers = connections.map(async (connection) => {
    const answer = await connection.answer();
    answered += 1;
    return answer;
  });

  const ended = service.stop();
  // Who sends one request after the other is told by an answer, and not by a reset.
  // The request may overtake the signal on its way into the process: then the next one is told.
  let last: Awaited<ReturnType<typeof busy.answer>> = null;
  for (let sent = 0; sent < 100 && last?.headers.get("connection") !== "close"; sent += 1) {
    busy.send(requestBytes("GET", "/health/live"));
    last = await busy.answer();
  }
  expect([last?.status, last?.headers.get("connection")]).toEqual([200, "close"]);
  await busy.ended;
  await refusesConnections(service);
  expect(answered).toBe(0);
  held.release();

  const got = await Promise.all(answers);
  expect(got.map((answer) => [answer?.status, answer?.headers.get("connection")])).toEqual(
    markers.map(() => [201, "close"]),
  );
  await Promise.all([...connections, idle].map((connection) => connection.ended));
  expect(await ended).toBe(0);
  const acknowledged = got.map((answer, at) => ({
    id: (JSON.parse(answer?.body ?? "{}") as { id: string }).id,
    marker: markers[at] ?? "",
  }));
  const stored = storedInSqlite(path);
  expect(stored.comments).toHaveLength(markers.length);
  expect(discrepancies({ acknowledged, attempted: new Set(markers) }, stored)).toEqual([]);
  expect(service.output()).toContain('"event":"service_stopped"');
  expect(service.output()).not.toContain("unhandled_exception");
});

test("connections that say nothing, or never end what they say, keep nobody", async () => {
  const service = await startService(settings());
  const silent = await openConnection(service.url);
  const kept = await ask(service.url, requestBytes("GET", "/health/live"));
  expect((await kept.answer())?.status).toBe(200);
  const half = await ask(service.url, "GET /health/live HTT");
  expect(await service.stop()).toBe(0);
  for (const connection of [kept, half]) {
    await connection.ended;
    expect(await connection.answer()).toBeNull();
  }
  // The kernel hands a connection over with its first byte only: this one nobody had to end.
  silent.close();
});

test("a second SIGTERM and a SIGINT change nothing", async () => {
  const service = await startService(settings());
  const first = service.stop();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.kill(service.pid, signal);
  expect(await first).toBe(0);
  expect(service.output().match(/service_stopped/g)).toHaveLength(1);
});
