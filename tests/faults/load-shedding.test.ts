// More commits than the queue in front of the store takes, while another process holds the store: who does not fit is
// told so at once and certainly not stored; who was acknowledged is stored once; memory stays bounded.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commentOf, discrepancies, openSessions, storedInSqlite } from "../support/comment-writers.ts";
import { holdSqlite, metricOf } from "../support/held-store.ts";
import {
  type HttpConnection,
  openConnection,
  type RawAnswer,
  requestBytes,
} from "../support/http-connection.ts";
import { type RunningService, runCli, startService } from "../support/process.ts";

/** What waits at most, and the members of the group that the store holds up. */
const QUEUE = 4_096;
const COMMITS = QUEUE + 256 + 400;
const AUTHORS = 16;
const OPENED_AT_ONCE = 100;
const MEGABYTES_MAX = 400;

let directory: string;
let path: string;
let service: RunningService;
let tokens: readonly string[];
const acknowledged: { id: string; marker: string }[] = [];
const attempted = new Set<string>();

const bytesOf = (marker: string, author: number): string => {
  attempted.add(marker);
  const json = commentOf(marker, author);
  return requestBytes("POST", `/v1/threads/shed-${author}/comments`, { token: tokens[author] ?? "", json });
};

const note = (answer: RawAnswer | null, marker: string): RawAnswer | null => {
  if (answer?.status === 201) {
    acknowledged.push({ id: (JSON.parse(answer.body) as { id: string }).id, marker });
  }
  return answer;
};

/** The most memory the process ever held. */
const peakMegabytes = async (): Promise<number> => {
  const status = await readFile(`/proc/${service.pid}/status`, "utf8");
  return Number(status.match(/^VmHWM:\s*(\d+) kB$/m)?.[1]) / 1_024;
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gonogo-shed-"));
  path = join(directory, "gonogo.db");
  const settings = { DATABASE_URL: `sqlite:///${path}` };
  const credential = await runCli(settings, "credential", "add", "load", "sessions:create");
  service = await startService(settings);
  tokens = await openSessions(service.url, credential.split("\n")[0] ?? "", AUTHORS);
});

afterAll(async () => {
  expect(await service.stop()).toBe(0);
  await rm(directory, { recursive: true, force: true });
});

const openMany = async (count: number): Promise<readonly HttpConnection[]> => {
  const open: HttpConnection[] = [];
  while (open.length < count) {
    const more = Math.min(OPENED_AT_ONCE, count - open.length);
    open.push(...(await Promise.all(Array.from({ length: more }, () => openConnection(service.url)))));
  }
  return open;
};

test("over a full queue: 503 with Retry-After and nothing stored; of the others each once", async () => {
  // The first comment of an author puts her name into the vault; those that follow stand beside each other.
  for (let author = 0; author < AUTHORS; author += 1) {
    const marker = `mark-${author}-0-`;
    const connection = await openConnection(service.url);
    connection.send(bytesOf(marker, author));
    expect(note(await connection.answer(), marker)?.status).toBe(201);
    connection.close();
  }
  const connections = await openMany(COMMITS);

  const held = holdSqlite(path);
  let refused = 0;
  const answers = connections.map(async (connection, at) => {
    const marker = `mark-${at}-1-`;
    connection.send(bytesOf(marker, at % AUTHORS));
    const answer = note(await connection.answer(), marker);
    if (answer?.status === 503) refused += 1;
    return answer;
  });
  let longest = 0;
  while (refused === 0) {
    longest = Math.max(longest, (await metricOf(service.url, "gonogo_commit_queue_length")) ?? 0);
    await Bun.sleep(20);
  }
  // Whoever only reads is served meanwhile.
  expect((await fetch(`${service.url}/v1/threads/shed-0/comments`)).status).toBe(200);
  held.release();

  const got = await Promise.all(answers);
  for (const connection of connections) connection.close();
  expect(longest).toBeLessThanOrEqual(QUEUE);
  const statuses = new Set(got.map((answer) => answer?.status));
  expect(statuses).toEqual(new Set([201, 503]));
  for (const answer of got) {
    if (answer?.status !== 503) continue;
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "service-unavailable", status: 503 });
  }
  const stored = storedInSqlite(path);
  expect(discrepancies({ acknowledged, attempted }, stored)).toEqual([]);
  // Nobody who was refused is among them.
  expect(stored.comments).toHaveLength(acknowledged.length);
  expect(await peakMegabytes()).toBeLessThan(MEGABYTES_MAX);
  // And it goes on as before.
  const connection = await openConnection(service.url);
  connection.send(bytesOf("mark-0-2-", 0));
  expect(note(await connection.answer(), "mark-0-2-")?.status).toBe(201);
  connection.close();
  console.log(`${acknowledged.length} acknowledged, ${refused} refused, ${await peakMegabytes()} MB at most`);
});
