import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyLog } from "../../src/app/audit/verify-log.ts";
import { compose, type Service } from "../../src/app/compose.ts";
import { readSettings } from "../../src/app/config.ts";

export type Environment = Readonly<Record<string, string>>;

/** Two processes that compete for the tree; every so often one of them is killed, and another takes its place. */
export interface Sequencers {
  readonly kills: () => number;
  /** Microseconds of processor time of those that have ended, from their start on. */
  readonly cpuTime: () => number;
  kill(victim: 0 | 1): Promise<void>;
  /** Ends both. */
  stop(): Promise<void>;
}

/**
 * Makes one file of the sequencer's process. Bun reads and compiles the thousand files of the service at every start: on
 * a machine of two cores that would take more of the writers' time than the sequencers themselves.
 */
const build = async (folder: string): Promise<string> => {
  const name = "audit-sequencer-process";
  await Bun.build({ entrypoints: [join(import.meta.dir, `${name}.ts`)], target: "bun", outdir: folder });
  return join(folder, `${name}.js`);
};

const launch = async (
  program: string,
  environment: Environment,
): Promise<Bun.Subprocess<"ignore", "pipe", "inherit">> => {
  const child = Bun.spawn([process.execPath, program], {
    env: { ...process.env, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  if (value === undefined) throw new Error("a sequencer did not start");
  return child;
};

export const startSequencers = async (environment: Environment): Promise<Sequencers> => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-sequencer-"));
  const program = await build(folder);
  const start = () => launch(program, environment);
  const running = await Promise.all([start(), start()]);
  let kills = 0;
  let cpuTime = 0;
  const end = async (child: Bun.Subprocess): Promise<void> => {
    child.kill("SIGKILL");
    await child.exited;
    cpuTime += Number(child.resourceUsage()?.cpuTime.total ?? 0);
  };
  return {
    kills: () => kills,
    cpuTime: () => cpuTime,
    kill: async (victim) => {
      await end(running[victim]);
      kills += 1;
      running[victim] = await start();
    },
    stop: async () => {
      await Promise.all(running.map(end));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/**
 * Writers that run a whole use case each, as fast as they are answered. Adds to `acknowledged` what the service said it
 * had stored, a resource with an entry of its own each; resolves with the milliseconds that it took.
 */
export const write = async (
  { application }: Service,
  writers: number,
  milliseconds: number,
  acknowledged: string[],
): Promise<number> => {
  const started = performance.now();
  const on = async (): Promise<void> => {
    while (performance.now() - started < milliseconds) {
      const created = await application.serviceCredentials.create("cli", {
        name: "load",
        scopes: ["consents:check"],
      });
      if (!created.ok) throw new Error(`not created: ${created.error.type}`);
      acknowledged.push(created.value.credential.id);
    }
  };
  await Promise.all(Array.from({ length: writers }, on));
  return performance.now() - started;
};

export const openService = async (environment: Environment): Promise<Service> => {
  const service = await compose(readSettings(environment));
  await service.store.migrator.up();
  return service;
};

/** Resolves with how long it took until every entry was in the tree; rejects after a minute. */
export const calm = async ({ store }: Service): Promise<number> => {
  const started = performance.now();
  while (performance.now() - started < 60_000) {
    const newest = await store.auditLog.newest();
    if ((await store.auditLog.entries(newest?.last_position ?? 0, 1)).length === 0) {
      return performance.now() - started;
    }
    await Bun.sleep(20);
  }
  throw new Error("not every entry came into the tree");
};

export interface Outcome {
  readonly fault: unknown;
  readonly entries: number;
  readonly size: number;
  /** Acknowledged, and without exactly one entry. */
  readonly wrong: readonly string[];
}

/** Looks through the whole log: no gap, no double, and an entry for all that was acknowledged. */
export const outcomeOf = async (service: Service, acknowledged: readonly string[]): Promise<Outcome> => {
  const { fault, entries, size } = await verifyLog(service.deps)({ from: null });
  const told = new Map<string, number>();
  for (let after = 0; ; ) {
    const page = await service.store.auditLog.entries(after, 1_000);
    for (const { entry } of page) {
      const id = entry.resource_id ?? "";
      if (entry.action === "service_credential.created") told.set(id, (told.get(id) ?? 0) + 1);
    }
    after = page.at(-1)?.position ?? after;
    if (page.length < 1_000) break;
  }
  return { fault, entries, size, wrong: acknowledged.filter((id) => told.get(id) !== 1) };
};
