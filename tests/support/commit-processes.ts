import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PostgresOptions } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import type { SqliteOptions } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import type { Ground, Load } from "./commit-load.ts";

export interface CommitJob {
  readonly store: PostgresOptions | SqliteOptions;
  readonly committers: number;
  readonly ground: Ground;
  /** Where the process leaves its `Load`. */
  readonly file: string;
}

export interface CommitProcess {
  /** Ends the committers; rejects when the process did not live until then, or an error escaped it. */
  stop(): Promise<Load>;
}

/** Starts a process of committers on a store; resolves when they are committing. */
export const startCommitters = async (job: Omit<CommitJob, "file">): Promise<CommitProcess> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-load-"));
  const file = join(folder, "load.json");
  const child = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dir, "commit-load-process.ts"),
      JSON.stringify({ ...job, file } satisfies CommitJob),
    ],
    { stdin: "pipe", stdout: "pipe", stderr: "pipe" },
  );
  const errors = new Response(child.stderr).text();
  const said = child.stdout.getReader();
  const { value } = await said.read();
  if (value === undefined) throw new Error(`the committers did not start: ${await errors}`);
  return {
    stop: async () => {
      const alive = child.exitCode === null;
      await child.stdin.end();
      const exit = await child.exited;
      try {
        if (!alive || exit !== 0) throw new Error(`the committers ended with ${exit}: ${await errors}`);
        return (await Bun.file(file).json()) as Load;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
};
