// Two processes compete to bring entries into the tree and are killed while many write; `bun run bench audit` does it for long.
import { expect, test } from "bun:test";
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
} from "../support/audit-load.ts";
import { startPostgres } from "../support/postgres.ts";

const SECRET_KEY = "a secret key for tests only, long enough";

const contest = async (environment: Environment): Promise<void> => {
  const service = await openService(environment);
  const sequencers = await startSequencers(environment);
  try {
    const acknowledged: string[] = [];
    const writing = write(service, 50, 2_000, acknowledged);
    await sequencers.kill(0);
    await sequencers.kill(1);
    await writing;
    await calm(service);
    const { fault, entries, size, wrong } = await outcomeOf(service, acknowledged);
    expect({ fault, size, wrong }).toEqual({ fault: null, size: entries, wrong: [] });
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(sequencers.kills()).toBe(2);
  } finally {
    await sequencers.stop();
    await service.close();
  }
};

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-sequencer-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

test(
  "on one SQLite file: no gap, no double, and all that was acknowledged is in the tree",
  () => inFolder((folder) => contest({ DATABASE_URL: `sqlite:///${folder}/gonogo.db`, SECRET_KEY })),
  120_000,
);

test(
  "on one PostgreSQL: the same",
  () =>
    inFolder(async (folder) => {
      const database = await startPostgres();
      try {
        // The ledger of erasures lies beside the database file, and there is none.
        const folders = {
          ERASURE_LEDGER_DIR: `${folder}/ledger`,
          ERASURE_LEDGER_HEADS_DIR: `${folder}/heads`,
        };
        await contest({ DATABASE_URL: database.url, SECRET_KEY, ...folders });
      } finally {
        await database.stop();
      }
    }),
  120_000,
);
