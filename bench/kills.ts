// kill -9 at random moments: `bun run bench kills [operation|ledger|all] [sqlite|postgres|all] [count] [seed]`. Each runs
// once unkilled, then dies at so many moments over the time that took and is gone on with; at the first wrong outcome this
// ends with 1 and names the seed to see it again. The suite does the same with fewer kills (tests/faults/killed.test.ts).

import { killAtMoments } from "../tests/support/kills/killing.ts";
import {
  ENGINES,
  type Engine,
  OPERATIONS,
  type Operation,
  openKillable,
} from "../tests/support/kills/kills.ts";
import { killLedger } from "../tests/support/kills/ledger.ts";

const [operation = "all", engine = "all", count = "40", seed = "7"] = process.argv.slice(2);

const LEDGER = "ledger";

/** The erasure ledger lies in files, whatever the database. */
const killWriters = async (): Promise<void> => {
  const { kills, acknowledged, unheard } = await killLedger(Number(count), Number(seed));
  console.log(
    `${LEDGER.padEnd(9)}  ${kills} processes killed while they appended, ${acknowledged} facts acknowledged, ${unheard} more on disk; lost: 0; seed ${seed}`,
  );
};

const among = <T extends string>(wanted: string, all: readonly T[]): readonly T[] => {
  const found = wanted === "all" ? all : all.filter((each) => each === wanted);
  if (found.length === 0) throw new Error(`there is no ${wanted}: name one of ${all.join(", ")}, or all`);
  return found;
};

const said = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, times]) => `${times} ${name}`)
    .join(", ");

const measure = async (which: Operation, on: Engine): Promise<void> => {
  const killable = await openKillable(which, on);
  if ("reason" in killable) {
    console.log(`LEFT OUT: ${which} on ${on}: ${killable.reason}`);
    process.exitCode = 1;
    return;
  }
  const place = `${which.padEnd(9)}  ${killable.engine.padEnd(10)}`;
  const from = performance.now();
  try {
    const killed = await killAtMoments(killable, {
      count: Number(count),
      seed: Number(seed),
      onKill: (kills, share, phase) =>
        console.log(`${place}  kill ${kills} of ${count} at ${share.toFixed(3)} of the run: ${phase}`),
    });
    const seconds = ((performance.now() - from) / 1_000).toFixed(0);
    console.log(
      `${place}  ${killed.kills} kills met it running, ${killed.missed} came after its end and were drawn again; a whole run takes ${killed.wholeMs.toFixed(0)} ms; all of it ${seconds} s; seed ${seed}`,
    );
    console.log(
      `${place}  by quarter of the run: ${killed.quarters.join(", ")}; found: ${said(killed.phases)}`,
    );
    console.log(`${place}  wrong: 0`);
  } finally {
    await killable.close();
  }
};

for (const which of among(operation, [...OPERATIONS, LEDGER])) {
  if (which === LEDGER) await killWriters();
  else for (const on of among(engine, ENGINES)) await measure(which, on);
}
process.exit();
