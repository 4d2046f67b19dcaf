// What a retention run costs: `bun run bench retention [sqlite|postgres|all] [rows …]`, 2,000,000 rows unless told, with
// 200,000 before and after: so a minute in which the disk is slow meets both. A fifth of the comments is due; the real
// service goes through them as every night, while 50 clients post comments over HTTP. In the same minutes the same clients
// are measured without the run, and a bare DELETE in batches of the run's mean size takes another twentieth. Ends with 1
// when a required bound is missed.
import { openSessions } from "../tests/support/comment-writers.ts";
import { type RunningService, runCli, startService } from "../tests/support/process.ts";
import { BARE_SHARE, DUE_SHARE, type FullPlace, postgresFull, sqliteFull } from "./support/due-comments.ts";
import { startPacedWriters } from "./support/paced-writers.ts";

const WRITERS = 50;
const THINK_MS = 250;
const WARM_MS = 5_000;
const IDLE_MS = 10_000;
const ADMIN = "ada@example.org";

const REQUIRED = { perRow: 1.5, p99: 2, bare: 0.5, batchMs: 50 };

const [only = "all", ...counts] = process.argv.slice(2);
if (!["all", "sqlite", "postgres"].includes(only)) throw new Error("the store is sqlite, postgres or all");
const ROWS = counts.length === 0 ? [200_000, 2_000_000, 200_000] : counts.map(Number);

type Ask = (method: string, path: string, body?: object) => Promise<Record<string, unknown>>;

const asAdmin = async ({ url, output }: RunningService): Promise<Ask> => {
  const ask =
    (headers: Record<string, string>): Ask =>
    async (method, path, body) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await fetch(url + path, {
        method,
        headers: { "content-type": "application/json", ...headers },
        ...sent,
      });
      if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
      return (await response.json()) as Record<string, unknown>;
    };
  const anybody = ask({});
  await anybody("POST", "/v1/sign-in-links", { email: ADMIN });
  for (;;) {
    const link_token = /#(gnl_[\w-]+)/.exec(output())?.[1];
    if (link_token !== undefined) {
      const { token } = await anybody("POST", "/v1/sessions", { link_token });
      return ask({ authorization: `Bearer ${token}` });
    }
    await Bun.sleep(100);
  }
};

/** How many batches there were, and how many of them may have kept others waiting for longer than is allowed. */
const batchesOf = async (url: string): Promise<{ readonly all: number; readonly long: number }> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const below = (bound: string): number =>
    Number(
      new RegExp(`^gonogo_retention_batch_duration_seconds_bucket{le="${bound}"} (\\d+)`, "m").exec(
        text,
      )?.[1],
    );
  return { all: below("\\+Inf"), long: below("\\+Inf") - below(String(REQUIRED.batchMs / 1_000)) };
};

interface Run {
  readonly finished_at: string | null;
  readonly collections: { readonly comments?: { readonly deleted: number } };
}

interface Measured {
  readonly rows: number;
  readonly perRowUs: number;
  readonly p99: number;
  readonly bare: number;
  readonly long: number;
}

const measure = async (place: FullPlace, service: RunningService, credential: string, rows: number) => {
  const due = Math.round(rows * DUE_SHARE);
  const admin = await asAdmin(service);
  const tokens = await openSessions(service.url, credential, WRITERS);
  const writers = startPacedWriters(service.url, tokens, { writers: WRITERS, thinkMs: THINK_MS });
  writers.phase("warm");
  await Bun.sleep(WARM_MS);
  writers.phase("idle");
  await Bun.sleep(IDLE_MS);

  writers.phase("run");
  const began = performance.now();
  const { id } = await admin("POST", "/v1/admin/retention/runs", { dry_run: false });
  let run: Run;
  let ms = 0;
  do {
    await Bun.sleep(50);
    run = (await admin("GET", `/v1/admin/retention/runs/${id}`)) as unknown as Run;
    // What comes after the comments looks at collections in which nothing is due.
    if ((run.collections.comments?.deleted ?? 0) < due) ms = performance.now() - began;
  } while (run.finished_at === null);
  const gone = run.collections.comments?.deleted ?? 0;
  const { all, long } = await batchesOf(service.url);
  const mean = Math.max(1, Math.round(gone / all));

  writers.phase("bare");
  const wanted = Math.round(rows * BARE_SHARE * 0.9);
  const bareBegan = performance.now();
  let bareGone = 0;
  while (bareGone < wanted) {
    const deleted = await place.bareDelete(mean);
    if (deleted === 0) break;
    bareGone += deleted;
    await Bun.sleep(0);
  }
  const bareRate = bareGone / ((performance.now() - bareBegan) / 1_000);
  writers.phase("idle");
  await Bun.sleep(IDLE_MS);
  await writers.stop();
  if (gone !== due || (await place.remaining()) !== 0) throw new Error(`${gone} of ${due} went`);

  const label = `${place.name}  ${rows.toLocaleString("en").padStart(9)} rows`;
  const rate = gone / (ms / 1_000);
  console.log(
    `${label}  ${gone.toLocaleString("en")} gone in ${(ms / 1_000).toFixed(1)} s, ${Math.round(rate).toLocaleString("en")} / s; bare DELETE ${Math.round(bareRate).toLocaleString("en")} / s (batches of ${mean})`,
  );
  const both = (name: string): string =>
    `${name} ${writers.percentile(name, 0.5).toFixed(1)} / ${writers.percentile(name, 0.99).toFixed(1)} ms`;
  console.log(`${label}  requests p50 / p99: ${["idle", "run", "bare"].map(both).join(", ")}`);
  return {
    rows,
    perRowUs: (ms * 1_000) / gone,
    p99: writers.percentile("run", 0.99) / writers.percentile("idle", 0.99),
    bare: rate / bareRate,
    long,
  } satisfies Measured;
};

const judge = (what: string, value: number, bound: number, most: boolean): void => {
  const missed = most ? value > bound : value < bound;
  if (missed) process.exitCode = 1;
  console.log(
    `${what}: ${value.toFixed(2)}×, required ${most ? "at most" : "at least"} ${bound}${missed ? ": MISSED" : ""}`,
  );
};

for (const [kind, open] of [
  ["sqlite", sqliteFull],
  ["postgres", postgresFull],
] as const) {
  if (only !== "all" && only !== kind) continue;
  const results: Measured[] = [];
  for (const rows of ROWS) {
    const place = await open(rows);
    const [credential = ""] = (
      await runCli(place.settings, "credential", "add", "load", "sessions:create")
    ).split("\n");
    await runCli(place.settings, "admin", "add", ADMIN);
    const service = await startService(place.settings);
    try {
      const result = await measure(place, service, credential, rows);
      const label = `${place.name}  ${rows.toLocaleString("en")} rows`;
      judge(`${label}  p99 of requests beside the run against idle`, result.p99, REQUIRED.p99, true);
      judge(`${label}  rows a second against a bare DELETE`, result.bare, REQUIRED.bare, false);
      if (result.long > 0) process.exitCode = 1;
      console.log(`${label}  batches over ${REQUIRED.batchMs} ms: ${result.long}, required 0`);
      results.push(result);
    } finally {
      await service.stop();
      await place.close();
    }
  }
  const perRow = (rows: number): number => {
    const costs = results.filter((each) => each.rows === rows).map(({ perRowUs }) => perRowUs);
    return costs.reduce((sum, each) => sum + each, 0) / costs.length;
  };
  const [fewest, most] = [Math.min(...ROWS), Math.max(...ROWS)];
  if (fewest !== most) {
    const ratio = perRow(most) / perRow(fewest);
    judge(`${kind}  cost of a due row, most rows against fewest`, ratio, REQUIRED.perRow, true);
  }
}
