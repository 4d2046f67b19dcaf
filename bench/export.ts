// What reading everything of a person costs who has written very much: `bun run bench export [comments] [sqlite|postgres]`,
// 1,000,000 comments on SQLite unless told. The service's memory while it streams a tenth of them, four tenths and all, to a
// client that takes all there is, and to one that stops; what it still does when that one has gone away; and how long others
// wait for a page of comments meanwhile, against before. Ends with 1 when a required bound is missed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCli, startService } from "../tests/support/process.ts";
import { postgresWriter, sqliteWriter } from "./support/one-writer.ts";

const [most = "1000000", kind = "sqlite"] = process.argv.slice(2);
const COMMENTS = Number(most);
if (!["sqlite", "postgres"].includes(kind)) throw new Error("the store is sqlite or postgres");

const REQUIRED = { growthMb: 100, idleShare: 0.2 };
const PAUSE_MS = 20;
const IDLE_MS = 5_000;

const place = await (kind === "sqlite" ? sqliteWriter() : postgresWriter());
const settings = {
  DATABASE_URL: place.databaseUrl,
  SECRET_KEY: "a secret key for benches only, long enough",
};
const token = (await runCli(settings, "credential", "add", "bench", "sessions:create")).split("\n")[0] ?? "";
const service = await startService(settings);
const port = new URL(service.url).port;

const rss = (): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.pid}/status`, "utf8"))?.[1] ?? 0) / 1_000;
/** Seconds of the processor that the service has had; the kernel counts in hundredths. */
const worked = (): number => {
  const fields = readFileSync(`/proc/${service.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

/** The most memory that the service has until this ends. */
const watched = async <T>(work: Promise<T>): Promise<{ readonly value: T; readonly most: number }> => {
  let peak = rss();
  const look = setInterval(() => {
    peak = Math.max(peak, rss());
  }, 20);
  try {
    return { value: await work, most: Math.max(peak, rss()) };
  } finally {
    clearInterval(look);
  }
};

const ask = async (method: string, path: string, bearer: string, body?: object): Promise<unknown> => {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
  return response.json();
};

/** Milliseconds of requests, one after the other, until it is told to stop. */
const startOthers = (path: string) => {
  const times: number[] = [];
  let over = false;
  const work = (async () => {
    while (!over) {
      const began = performance.now();
      await ask("GET", path, session.token);
      times.push(performance.now() - began);
      await Bun.sleep(PAUSE_MS);
    }
  })();
  return async (): Promise<number> => {
    over = true;
    await work;
    return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN;
  };
};

const reader = (path: string, pace: "fast" | "slow") =>
  Bun.spawn(
    [process.execPath, join(import.meta.dir, "support/archive-reader.ts"), port, path, session.token, pace],
    { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
  );

interface Read {
  readonly bytes: number;
  readonly whole: boolean;
  readonly seconds: number;
}

const readAll = async (path: string): Promise<Read> => {
  const child = reader(path, "fast");
  const text = await new Response(child.stdout).text();
  const read = JSON.parse(text) as Read;
  if (!read.whole) throw new Error("the archive did not come to its end");
  return read;
};

const THREAD = "/v1/threads/%2Fposts%2F7/comments?limit=20";

const judge = (what: string, value: string, missed: boolean): void => {
  if (missed) process.exitCode = 1;
  console.log(`${what}: ${value}${missed ? ": MISSED" : ""}`);
};

const session = (await ask("POST", "/v1/sessions", token, { external_user_id: "much" })) as {
  readonly token: string;
  readonly subject: string;
};
try {
  const request = (await ask("POST", "/v1/privacy-requests", session.token, { type: "access" })) as {
    readonly id: string;
  };
  const path = `/v1/privacy-requests/${request.id}/export`;
  await place.write(session.subject, 1, 1_000);
  const small = await watched(readAll(path));
  console.log(
    `${kind}: 1,000 comments: ${(small.value.bytes / 1e6).toFixed(1)} MB, the service has ${small.most.toFixed(0)} MB`,
  );

  const stopWarm = startOthers(THREAD);
  await Bun.sleep(IDLE_MS);
  await stopWarm();

  let written = 1_000;
  for (const comments of [0.1, 0.4, 1].map((share) => Math.round(share * COMMENTS))) {
    await place.write(session.subject, written + 1, comments);
    written = comments;
    const stopIdle = startOthers(THREAD);
    await Bun.sleep(IDLE_MS);
    const idle = await stopIdle();
    const stopBusy = startOthers(THREAD);
    const { value, most: peak } = await watched(readAll(path));
    const busy = await stopBusy();
    const growth = peak - small.most;
    const label = `${kind}: ${comments.toLocaleString("en")} comments`;
    console.log(
      `${label}: ${(value.bytes / 1e6).toFixed(0)} MB in ${value.seconds.toFixed(1)} s (${Math.round(comments / value.seconds).toLocaleString("en")} a second), at most ${peak.toFixed(0)} MB`,
    );
    console.log(
      `${label}: p99 of others ${busy.toFixed(1)} ms, before ${idle.toFixed(1)} ms: ${(busy / idle).toFixed(1)}x`,
    );
    judge(
      `${label}: memory grew`,
      `${growth.toFixed(0)} MB, required below ${REQUIRED.growthMb}`,
      growth >= REQUIRED.growthMb,
    );
  }

  const slow = reader(path, "slow");
  const lines = slow.stdout.getReader();
  const stops = async (count: number): Promise<void> => {
    for (let stop = 0; stop < count; stop += 1) {
      await lines.read();
      await Bun.sleep(500);
      if (stop + 1 < count) {
        slow.stdin.write("\n");
        await slow.stdin.flush();
      }
    }
  };
  const stopped = await watched(stops(10));
  const before = worked();
  await Bun.sleep(1_000);
  const held = worked() - before;
  judge(
    `${kind}: a client that stops: memory grew`,
    `${(stopped.most - small.most).toFixed(0)} MB, required below ${REQUIRED.growthMb}; the service worked ${(held * 100).toFixed(0)} % of a second beside it`,
    stopped.most - small.most >= REQUIRED.growthMb || held > REQUIRED.idleShare,
  );
  await slow.stdin.end();
  await slow.exited;
  const gone = worked();
  await Bun.sleep(1_000);
  const after = worked() - gone;
  judge(
    `${kind}: once it has gone away the service worked`,
    `${(after * 100).toFixed(0)} % of a second, required at most ${REQUIRED.idleShare * 100} %`,
    after > REQUIRED.idleShare,
  );
} finally {
  await service.stop();
  await place.close();
}
