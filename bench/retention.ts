// What a retention run costs: `bun run bench retention [sqlite|postgres|all] [rows …]`, 200,000 and 2,000,000 rows unless
// told. A fifth of the comments is due, and 50 clients commit comments meanwhile, each 20 times a second at most. In the
// same minutes the same clients are measured without the run, and a bare DELETE in batches of the run's mean size takes
// another twentieth. Ends with 1 when a required bound is missed.

import { makeIdGenerator } from "../src/adapters/crypto/id-generator.ts";
import { systemClock } from "../src/adapters/crypto/system-clock.ts";
import { groupCommit } from "../src/adapters/group-commit/group-commit.ts";
import { auditEntry, SYSTEM } from "../src/domain/audit/audit-entry.ts";
import { BATCH_FIRST, type DuePosition, nextBatchSize } from "../src/domain/retention/due-records.ts";
import { DEFAULT_RETENTION } from "../src/domain/retention/retention-period.ts";
import type { AuditEntryId } from "../src/domain/shared/ids.ts";
import type { Instant } from "../src/domain/shared/instant.ts";
import { makeAuthor, makeCommit } from "./support/commits.ts";
import {
  BARE_SHARE,
  DUE_AT,
  DUE_SHARE,
  type FullPlace,
  postgresFull,
  sqliteFull,
} from "./support/due-comments.ts";

const CLIENTS = 50;
const PAUSE_MS = 50;
const IDLE_MS = 8_000;

const REQUIRED = { perRow: 1.5, p99: 2, bare: 0.5, batchMs: 50 };

const [only = "all", ...counts] = process.argv.slice(2);
if (!["all", "sqlite", "postgres"].includes(only)) throw new Error("the store is sqlite, postgres or all");
const ROWS = counts.length === 0 ? [200_000, 2_000_000] : counts.map(Number);

const ids = makeIdGenerator(systemClock);

const percentile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;

/** Clients that commit until they are stopped; `phase` says into which list their times go. */
const startClients = async (place: FullPlace) => {
  const unitOfWork = groupCommit(place.store.groups);
  const times = new Map<string, number[]>();
  let phase: number[] = [];
  let over = false;
  const client = async (): Promise<void> => {
    const { author, changes } = makeAuthor();
    await unitOfWork.commit(changes);
    await Bun.sleep(Math.random() * PAUSE_MS);
    while (!over) {
      const into = phase;
      const began = performance.now();
      const { ok } = await unitOfWork.commit(makeCommit(author));
      if (!ok) throw new Error("a client's commit met a conflict");
      into.push(performance.now() - began);
      await Bun.sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    times,
    phase: (name: string): void => {
      phase = times.get(name) ?? [];
      times.set(name, phase);
    },
    stop: async () => {
      over = true;
      await Promise.all(clients);
      await unitOfWork.close();
    },
  };
};

interface Measured {
  readonly perRowUs: number;
  readonly p99: number;
  readonly bare: number;
}

const told = () =>
  auditEntry(
    "retention.applied",
    null,
    { collection: "comments", deleted: 0, blanked: 0, cleared: 0, alongside: 0 },
    {
      now: systemClock.now(),
      actor: SYSTEM,
      audit_id: ids.next<AuditEntryId>(),
      retention: DEFAULT_RETENTION,
    },
  );

const measure = async (place: FullPlace, rows: number): Promise<Measured> => {
  const due = Math.round(rows * DUE_SHARE);
  const clients = await startClients(place);
  clients.phase("warm");
  await Bun.sleep(3_000);
  clients.phase("idle");
  await Bun.sleep(IDLE_MS);

  const run = async () => {
    clients.phase("run");
    const held: number[] = [];
    let size = BATCH_FIRST;
    let gone = 0;
    let after: DuePosition | null = null;
    const began = performance.now();
    do {
      const batch = {
        collection: "comments",
        due: DUE_AT as Instant,
        now: systemClock.now(),
        after,
        limit: size,
      } as const;
      const applied = await place.store.retention.apply(batch, () => ({
        expects: [],
        writes: [],
        audit: [told()],
      }));
      if (!applied.ok) throw new Error("a batch met a conflict");
      const { outcome, milliseconds } = applied.value;
      held.push(milliseconds);
      gone += outcome.counts.deleted;
      size = nextBatchSize(size, outcome.counts.deleted, milliseconds);
      after = outcome.after;
      await Bun.sleep(0);
    } while (after !== null);
    return { gone, ms: performance.now() - began, held };
  };
  const bareDeletes = async (share: number, batch: number) => {
    clients.phase("bare");
    const wanted = Math.round(rows * BARE_SHARE * share);
    const began = performance.now();
    let gone = 0;
    while (gone < wanted) {
      const deleted = await place.bareDelete(batch);
      if (deleted === 0) break;
      gone += deleted;
      await Bun.sleep(0);
    }
    return gone / ((performance.now() - began) / 1_000);
  };

  const { gone, ms, held } = await run();
  const mean = Math.round(gone / held.length);
  const bareRate = await bareDeletes(0.9, mean);
  clients.phase("idle");
  await Bun.sleep(IDLE_MS);
  await clients.stop();
  if (gone !== due || (await place.remaining()) !== 0) throw new Error(`${gone} of ${due} went`);

  const timesOf = (name: string): readonly number[] => clients.times.get(name) ?? [];
  const rate = gone / (ms / 1_000);
  const [idle, busy] = [percentile(timesOf("idle"), 0.99), percentile(timesOf("run"), 0.99)];
  const label = `${place.name}  ${rows.toLocaleString("en").padStart(9)} rows`;
  console.log(
    `${label}  ${gone.toLocaleString("en")} gone in ${(ms / 1_000).toFixed(1)} s, ${Math.round(rate).toLocaleString("en")} / s; bare DELETE ${Math.round(bareRate).toLocaleString("en")} / s (batches of ${mean})`,
  );
  console.log(
    `${label}  batches held others for ${percentile(held, 0.5).toFixed(1)} ms (p50), ${percentile(held, 0.99).toFixed(1)} (p99), ${percentile(held, 1).toFixed(1)} (most); over ${REQUIRED.batchMs} ms: ${held.filter((each) => each > REQUIRED.batchMs).length} of ${held.length}`,
  );
  console.log(
    `${label}  commits p50 / p99: idle ${percentile(timesOf("idle"), 0.5).toFixed(1)} / ${idle.toFixed(1)} ms, run ${percentile(timesOf("run"), 0.5).toFixed(1)} / ${busy.toFixed(1)} ms, bare p99 ${percentile(timesOf("bare"), 0.99).toFixed(1)} ms`,
  );
  return { perRowUs: (ms * 1_000) / gone, p99: busy / idle, bare: rate / bareRate };
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
    try {
      const result = await measure(place, rows);
      const label = `${place.name}  ${rows.toLocaleString("en")} rows`;
      judge(`${label}  p99 of commits beside the run against idle`, result.p99, REQUIRED.p99, true);
      judge(`${label}  rows a second against a bare DELETE`, result.bare, REQUIRED.bare, false);
      results.push(result);
    } finally {
      await place.close();
    }
  }
  const [first, last] = [results[0], results.at(-1)];
  if (first !== undefined && last !== undefined && first !== last)
    judge(
      `${kind}  cost of a due row, most rows against fewest`,
      last.perRowUs / first.perRowUs,
      REQUIRED.perRow,
      true,
    );
}
