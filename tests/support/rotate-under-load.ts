// The whole way of a rotation, with the real service and the real command, killed twice.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { openSessions } from "./comment-writers.ts";
import {
  type Filled,
  type Found,
  fillWithSealed,
  lookAtSealed,
  NEW_KEY,
  OLD_KEY,
  type OpenStore,
  rotateAndKill,
  THREAD,
} from "./key-rotation.ts";
import { type Environment, runCli, startService } from "./process.ts";
import { decide, startVisitors, type Visitor } from "./visitors.ts";

const ADMIN = "ada@example.org";
const SESSIONS = 8;

export interface RotationUnderLoad {
  /** After each of the two deaths, and at the end. */
  readonly found: readonly [Found, Found, Found];
  readonly filled: Filled;
  readonly failures: readonly string[];
  /** Milliseconds of the turns that people took wholly before the rotation, and wholly within a run of it. */
  readonly healthy: readonly number[];
  readonly rotating: readonly number[];
  /** Seconds of each run of the command. */
  readonly seconds: readonly number[];
  /** What the last run said. */
  readonly said: string;
  /** What of the time before is still known when only the new key is there. */
  readonly known: {
    readonly visitor: boolean;
    readonly session: boolean;
    readonly names: number;
    readonly admin: string;
  };
}

export interface StoreUnderLoad {
  readonly settings: Environment;
  /** Opens the store that these settings name. */
  readonly open: OpenStore;
}

interface Before {
  readonly visitor: Visitor;
  readonly tokens: readonly string[];
}

const liveBefore = async (settings: Environment): Promise<Before> => {
  const [credential = ""] = (await runCli(settings, "credential", "add", "load", "sessions:create")).split(
    "\n",
  );
  await runCli(settings, "admin", "add", ADMIN);
  const service = await startService(settings);
  try {
    return {
      visitor: await decide(service.url),
      tokens: await openSessions(service.url, credential, SESSIONS),
    };
  } finally {
    await service.stop();
  }
};

const liveAfter = async (
  settings: Environment,
  { visitor, tokens }: Before,
  { names }: Filled,
): Promise<RotationUnderLoad["known"]> => {
  const service = await startService(settings);
  try {
    const ask = (path: string, headers: Record<string, string>) =>
      fetch(`${service.url}${path}`, { headers });
    const current = await ask("/v1/consents/current", { cookie: visitor.cookie });
    const session = await ask("/v1/sessions/current", { authorization: `Bearer ${tokens[0] ?? ""}` });
    const thread = await ask(`/v1/threads/${encodeURIComponent(THREAD)}/comments?limit=100`, {});
    const text = await thread.text();
    return {
      visitor: ((await current.json()) as { subject: string }).subject === visitor.subject,
      session: session.status === 200,
      names: names.filter((name) => text.includes(`"${name}"`)).length,
      admin: (await runCli(settings, "admin", "add", ADMIN)).trim(),
    };
  } finally {
    await service.stop();
  }
};

/** Encrypts `values` under one key, rotates to another while `visitors` use the service, and looks at what is left. */
export const rotateUnderLoad = async (
  { settings, open }: StoreUnderLoad,
  values: number,
  visitors: number,
  healthySeconds: number,
): Promise<RotationUnderLoad> => {
  const base = { ...settings, LOG_DIR: "none", RATE_LIMIT_PER_MINUTE: "100000000" };
  const both = { ...base, SECRET_KEY: NEW_KEY, SECRET_KEY_PREVIOUS: OLD_KEY };
  const filled = await fillWithSealed(open, values);
  const before = await liveBefore({ ...base, SECRET_KEY: OLD_KEY });
  const service = await startService(both);
  const load = startVisitors(service.url, visitors, { ...before, thread: THREAD, names: filled.names });
  await Bun.sleep(healthySeconds * 1_000);
  const healthyUntil = performance.now();
  const runs: [from: number, to: number][] = [];
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    const result = await work();
    runs.push([from, performance.now()]);
    return result;
  };
  const turnsWithin = (spans: readonly (readonly [number, number])[]): readonly number[] =>
    load.turns
      .filter(([from, to]) => spans.some(([begin, end]) => begin <= from && to <= end))
      .map(([from, to]) => to - from);
  await timed(() => rotateAndKill(both, values / 4));
  const first = await lookAtSealed(open, filled);
  await timed(() => rotateAndKill(both, values / 4));
  const second = await lookAtSealed(open, filled);
  const said = await timed(() => runCli(both, "keys", "rotate"));
  await load.stop();
  await service.stop();
  const last = await lookAtSealed(open, filled);
  return {
    found: [first, second, last],
    filled,
    failures: load.failures,
    healthy: turnsWithin([[0, healthyUntil]]),
    rotating: turnsWithin(runs),
    seconds: runs.map(([from, to]) => (to - from) / 1_000),
    said,
    known: await liveAfter({ ...base, SECRET_KEY: NEW_KEY }, before, filled),
  };
};

/** The same on a SQLite file of its own. */
export const onSqlite = async <T>(use: (store: StoreUnderLoad) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-rotate-"));
  const path = join(folder, "gonogo.db");
  try {
    return await use({ settings: { DATABASE_URL: `sqlite:///${path}` }, open: () => openSqlite({ path }) });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
