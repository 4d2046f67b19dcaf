// What bringing entries into the tree costs those who commit: `bun run bench audit [sqlite|postgres] [seconds]`. 200 writers
// run a whole use case each at full speed, with the sequencer off and on in turn; while it is on, two processes compete
// and are killed and replaced, ten times in all. Ends with 1 when a required minimum is missed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  calm,
  type Environment,
  openService,
  outcomeOf,
  startSequencers,
  write,
} from "../tests/support/audit-load.ts";
import { startPostgres } from "../tests/support/postgres.ts";
import { median } from "./median.ts";

const ROUNDS = 5;
const KILLS = 10;
const WRITERS = 200;
const MINIMUM = 0.9;
const CALM_MS = 5_000;

const [only = "all", seconds = "60"] = process.argv.slice(2);
const perRound = (Number(seconds) * 1_000) / ROUNDS;

const measure = async (name: string, environment: Environment): Promise<void> => {
  const service = await openService(environment);
  const acknowledged: string[] = [];
  const rate = async (): Promise<number> => {
    const written = await write(service, WRITERS, perRound);
    acknowledged.push(...written.acknowledged);
    return written.acknowledged.length / (written.milliseconds / 1_000);
  };
  const ratios: number[] = [];
  let slowest = 0;
  let kills = 0;
  try {
    await write(service, WRITERS, 1_000);
    for (let round = 0; round < ROUNDS; round += 1) {
      const off = await rate();
      const sequencers = await startSequencers(environment);
      // What piled up while it was off is not the cost of what comes in now.
      await calm(service);
      const running = rate();
      for (let kill = 0; kill < KILLS / ROUNDS; kill += 1) {
        await Bun.sleep(perRound / (KILLS / ROUNDS + 1));
        await sequencers.kill();
      }
      const on = await running;
      slowest = Math.max(slowest, await calm(service));
      kills += sequencers.kills();
      await sequencers.stop();
      ratios.push(on / off);
      console.log(`${name}  round ${round + 1}: ${Math.round(off)} / s off, ${Math.round(on)} / s on`);
    }
    const { fault, entries, size, wrong } = await outcomeOf(service, acknowledged);
    const ratio = median(ratios);
    const whole = fault === null && entries === size && wrong.length === 0;
    if (!whole || ratio < MINIMUM || slowest > CALM_MS) process.exitCode = 1;
    console.log(
      `${name}  ${acknowledged.length} acknowledged, ${entries} entries, ${size} in the tree, ${kills} kills`,
    );
    console.log(
      `${name}  whole, no gap, no double: ${whole ? "yes" : `NO (${JSON.stringify(fault)}, ${wrong.length} wrong)`}`,
    );
    console.log(`${name}  in the tree after ${Math.round(slowest)} ms of calm, required ${CALM_MS}`);
    console.log(`${name}  throughput on against off: ${ratio.toFixed(2)}×, required ${MINIMUM}`);
  } finally {
    await service.close();
  }
};

const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-audit-"));
const common = {
  SECRET_KEY: "a secret key for benches only, long enough",
  ERASURE_LEDGER_DIR: `${folder}/ledger`,
  ERASURE_LEDGER_HEADS_DIR: `${folder}/heads`,
};
try {
  if (only !== "postgres")
    await measure("SQLite", { ...common, DATABASE_URL: `sqlite:///${folder}/gonogo.db` });
  if (only !== "sqlite") {
    const database = await startPostgres();
    try {
      await measure("PostgreSQL", { ...common, DATABASE_URL: database.url });
    } finally {
      await database.stop();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
