// What a large erasure ledger costs: `bun run bench ledger [facts]`. It is never compacted (docs/adr/0044), so that reading it
// must stay cheap: each question is asked of a tenth of the facts and of all of them. Ends with 1 when one costs more than
// 1.5 times as much a fact, when the question of every minute grows with the ledger, or when a start takes more memory.
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLedger } from "../src/adapters/backup/ledger/open-ledger.ts";
import { makeSealer } from "../src/adapters/crypto/sealer.ts";
import type { SubjectId } from "../src/domain/shared/ids.ts";
import type { Instant } from "../src/domain/shared/instant.ts";
import type { LedgerFact } from "../src/ports/erasure-ledger.ts";

const AT_ONCE = 500;
const PER_FACT_MAX = 1.5;
const AGAIN_MS_MAX = 10;
const GROWTH_MB_MAX = 50;
const MB = 1_000_000;

const [total = "1000000"] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-ledger-"));
const folders = { ledger: join(folder, "ledger"), heads: join(folder, "heads") };
const sealer = makeSealer({ current: "a secret key for benches only, long enough", previous: null });
const someone = (): SubjectId => crypto.randomUUID() as SubjectId;
const LATE = Number.MAX_SAFE_INTEGER as Instant;

const fact = (index: number): LedgerFact => {
  const whose = { subject: someone(), at: (1_700_000_000_000 + index) as Instant };
  return index % 4 === 0
    ? { ...whose, kind: "erasure", comments: "keep_text" }
    : { ...whose, kind: "withdrawal", purposes: ["marketing"] };
};

const bytesIn = async (path: string): Promise<number> => {
  const names = await readdir(path);
  return (await Promise.all(names.map((name) => stat(join(path, name))))).reduce(
    (sum, { size }) => sum + size,
    0,
  );
};

const grow = async (from: number, to: number): Promise<void> => {
  const ledger = openLedger({ folders, sealer });
  for (let at = from; at < to; at += AT_ONCE) {
    const [first, ...others] = Array.from({ length: Math.min(AT_ONCE, to - at) }, (_, i) => fact(at + i));
    if (first !== undefined) await ledger.append([first, ...others]);
  }
  await ledger.close();
};

/** Milliseconds of the processor: others may be at work on this machine. */
const costOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
};

const measure = async (facts: number) => {
  const ledger = openLedger({ folders, sealer });
  const position = await ledger.position(LATE);
  Bun.gc(true);
  const rss = process.memoryUsage.rss();
  const start = await costOf(() => openLedger({ folders, sealer }).after(position));
  const growth = (process.memoryUsage.rss() - rss) / MB;
  const again = await costOf(() => ledger.position(LATE));
  const forget = await costOf(() => ledger.forget(someone()));
  const everything = await costOf(() => ledger.after(null));
  const size = (await bytesIn(folders.ledger)) / MB;
  console.log(
    `${facts.toLocaleString("en")} facts, ${size.toFixed(0)} MB (${((size * MB) / facts).toFixed(0)} bytes each): a start ${start.toFixed(0)} ms, ${growth.toFixed(0)} MB more memory; every minute ${again.toFixed(1)} ms; an erasure ${forget.toFixed(1)} ms; replaying all of it over an empty database ${everything.toFixed(0)} ms`,
  );
  return { start: start / facts, everything: everything / facts, again, growth };
};

try {
  const facts = Number(total);
  await grow(0, facts / 10);
  // What is not compiled yet costs more.
  await measure(facts / 10);
  const few = await measure(facts / 10);
  await grow(facts / 10, facts);
  const many = await measure(facts);
  const ratios = { start: many.start / few.start, everything: many.everything / few.everything };
  console.log(
    `a fact of many against a fact of few: start ${ratios.start.toFixed(2)}×, everything ${ratios.everything.toFixed(2)}×, required ${PER_FACT_MAX} at most; every minute ${AGAIN_MS_MAX} ms at most; memory of a start ${GROWTH_MB_MAX} MB at most`,
  );
  const missed =
    Math.max(ratios.start, ratios.everything) > PER_FACT_MAX ||
    many.again > AGAIN_MS_MAX ||
    many.growth > GROWTH_MB_MAX;
  if (missed) {
    console.log("MISSED");
    process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
