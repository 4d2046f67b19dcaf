// What bringing entries into the tree costs those who commit: `bun run bench audit [sqlite|postgres|all] [seconds]`. 200
// writers run a whole use case each at full speed, for so many seconds with the sequencer on and as many with it off, in
// short turns that follow each other in changing order, so that neither a slow minute of the machine nor the growing
// database meets one of them alone; the median of the rounds counts. While it is on, two processes compete, and one is
// killed and replaced in every round, ten in all. Ends with 1 when a required bound is missed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  calm,
  type Environment,
  openService,
  outcomeOf,
  type Sequencers,
  startSequencers,
  write,
} from "../tests/support/audit-load.ts";
import { startPostgres } from "../tests/support/postgres.ts";
import { median } from "./median.ts";
import { type Lag, watchLag } from "./support/tree-lag.ts";

const ROUNDS = 10;
const WRITERS = 200;
const MINIMUM = 0.9;
const CALM_MS = 5_000;

const [only = "all", seconds = "60"] = process.argv.slice(2);
if (!["all", "sqlite", "postgres"].includes(only)) throw new Error("the store is sqlite or postgres");
const perRound = (Number(seconds) * 1_000) / ROUNDS;

const measure = async (name: string, environment: Environment): Promise<void> => {
  const service = await openService(environment);
  const acknowledged: string[] = [];
  const say = (line: string): void => console.log(`${name}  ${line}`);

  /** Commits a second, and microseconds of this process's own time for each. */
  const run = async () => {
    const before = acknowledged.length;
    const used = process.cpuUsage();
    const milliseconds = await write(service, WRITERS, perRound, acknowledged);
    const { user, system } = process.cpuUsage(used);
    const commits = acknowledged.length - before;
    return { rate: commits / (milliseconds / 1_000), cost: (user + system) / commits };
  };

  const ratios: number[] = [];
  const costs = { on: [] as number[], off: [] as number[] };
  const lags: Lag[] = [];
  let slowest = 0;
  let kills = 0;
  let sequencing = 0;

  const off = async (): Promise<number> => {
    const { rate, cost } = await run();
    costs.off.push(cost);
    return rate;
  };

  const on = async (victim: 0 | 1): Promise<number> => {
    const sequencers: Sequencers = await startSequencers(environment);
    try {
      // What piled up while it was off is not the cost of what comes in now.
      await calm(service);
      const lag = await watchLag(service, () => acknowledged.length);
      const running = run();
      await Bun.sleep(perRound / 2);
      await sequencers.kill(victim);
      const { rate, cost } = await running;
      lags.push(lag.stop());
      slowest = Math.max(slowest, await calm(service));
      costs.on.push(cost);
      return rate;
    } finally {
      await sequencers.stop();
      kills += sequencers.kills();
      sequencing += sequencers.cpuTime();
    }
  };

  try {
    await write(service, WRITERS, 1_000, acknowledged);
    for (let round = 0; round < ROUNDS; round += 1) {
      const victim = round % 2 === 0 ? 0 : 1;
      const offFirst = round % 4 < 2 ? await off() : null;
      const rateOn = await on(victim);
      const rateOff = offFirst ?? (await off());
      ratios.push(rateOn / rateOff);
      say(
        `round ${round + 1}: ${Math.round(rateOff)} / s off, ${Math.round(rateOn)} / s on, ` +
          `${(rateOn / rateOff).toFixed(2)}×`,
      );
    }
    const sequencers = await startSequencers(environment);
    await calm(service);
    await sequencers.stop();
    const { fault, entries, size, wrong } = await outcomeOf(service, acknowledged);
    const ratio = median(ratios);
    const whole = fault === null && entries === size && wrong.length === 0;
    if (!whole || ratio < MINIMUM || slowest > CALM_MS) process.exitCode = 1;
    say(`${acknowledged.length} acknowledged, ${entries} entries, ${size} in the tree, ${kills} kills`);
    say(
      `whole, no gap, no double: ${whole ? "yes" : `NO (${JSON.stringify(fault)}, ${wrong.length} wrong)`}`,
    );
    say(`in the tree after ${Math.round(slowest)} ms of calm, required ${CALM_MS}`);
    say(
      `behind the commits while busy: ${Math.round(median(lags.map((lag) => lag.median)))} ms, ` +
        `${Math.round(Math.max(...lags.map((lag) => lag.longest)))} ms at most (after a kill)`,
    );
    say(
      `processor time: ${median(costs.off).toFixed(1)} µs a commit off, ${median(costs.on).toFixed(1)} on; ` +
        `${(sequencing / size).toFixed(1)} µs an entry in the sequencers, their starts included`,
    );
    say(`throughput on against off: ${ratio.toFixed(2)}×, required ${MINIMUM}`);
  } finally {
    await service.close();
  }
};

const folder = await mkdtemp(join(tmpdir(), "gonogo-bench-audit-"));
// On PostgreSQL the data folder is that of where one is.
process.chdir(folder);
const common = {
  SECRET_KEY: "a secret key for benches only, long enough",
  ERASURE_LEDGER_DIR: `${folder}/ledger`,
  ERASURE_LEDGER_HEADS_DIR: `${folder}/heads`,
};
try {
  if (only !== "postgres")
    await measure("SQLite", { ...common, DATABASE_URL: `sqlite:///${folder}/gonogo.db` });
  if (only !== "sqlite") {
    const database = await startPostgres({ dedicated: true, durable: true });
    try {
      await measure("PostgreSQL", { ...common, DATABASE_URL: database.url });
    } finally {
      await database.stop();
    }
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
