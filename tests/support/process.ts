import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");

/** A port of the loopback that nobody listens on just now. */
export const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const probe = createServer().once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      probe.close(() => done(port));
    });
  });

export interface RunningService {
  readonly url: string;
  readonly pid: number;
  /** Everything written so far to standard output and error. */
  output(): string;
  /** SIGKILL: nothing is flushed, nothing is said. */
  kill(): Promise<void>;
  /** SIGTERM: drains and ends; answers the exit code. */
  stop(): Promise<number>;
}

export type Environment = Readonly<Record<string, string>>;

/**
 * Where the ledgers of databases lie that are no files: one a database, for all instances on it and for their
 * successors. Gone when the tests end.
 */
let ledgers: string | null = null;
const ledgerOf = ({ DATABASE_URL, DATABASE_DIRECT_URL }: Environment): Record<string, string> => {
  const url = DATABASE_DIRECT_URL ?? DATABASE_URL ?? "";
  if (!url.startsWith("postgres")) return {};
  if (ledgers === null) {
    const made = mkdtempSync(join(tmpdir(), "gonogo-ledgers-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    ledgers = made;
  }
  // The way to a database may lead through a proxy of the test's; its name is one of a kind.
  const folder = join(ledgers, new URL(url).pathname.slice(1));
  return { ERASURE_LEDGER_DIR: folder, ERASURE_LEDGER_HEADS_DIR: `${folder}-heads` };
};

/** What a child gets: nothing of the settings of whoever runs the tests. */
const environmentOf = (settings: Environment): Record<string, string> => ({
  ...ledgerOf(settings),
  // So many that no load meets the limit, unless a test asks for it.
  RATE_LIMIT_PER_MINUTE: "1000000000",
  RATE_LIMIT_SERVICE_PER_MINUTE: "1000000000",
  LOG_DIR: "none",
  PATH: process.env["PATH"] ?? "",
  HOME: process.env["HOME"] ?? "",
  ...settings,
});

/** Starts a command with the settings of a service. */
export const spawnCommand = (settings: Environment, command: readonly string[]) =>
  Bun.spawn([...command], {
    cwd: ROOT,
    env: environmentOf(settings),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });

/** Starts a program of ours. */
export const spawnScript = (settings: Environment, script: string, ...words: readonly string[]) =>
  spawnCommand(settings, [process.execPath, script, ...words]);

/** Starts a command of the service's command line. */
export const spawnCli = (settings: Environment, ...words: readonly string[]) =>
  spawnScript(settings, "src/app/cli/cli.ts", ...words);

/** Runs a command of the service's command line to its end; answers its standard output. Throws on another exit than 0. */
export const runCli = async (settings: Environment, ...words: readonly string[]): Promise<string> => {
  const child = spawnCli(settings, ...words);
  const [out, problem, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`cli ${words[0]} ended with ${code}: ${problem}`);
  return out;
};

const onlyChildOf = async (pid: number): Promise<number> => {
  const children = (await Bun.file(`/proc/${pid}/task/${pid}/children`).text()).trim().split(" ");
  const only = Number(children[0]);
  if (children.length !== 1 || !Number.isInteger(only) || only <= 0)
    throw new Error(`process ${pid} has no one child`);
  return only;
};

export interface StartOptions {
  readonly port?: number;
  /** Comes before the command. */
  readonly wrapper?: readonly string[];
  /** Where it runs: its data folder lies there, unless the database is a file. */
  readonly folder?: string;
}

/** Starts the real service as a process of its own and waits until it is ready. */
export const startService = async (
  settings: Environment,
  options: StartOptions = {},
): Promise<RunningService> => {
  const port = options.port ?? (await freePort());
  const chunks: string[] = [];
  const child = Bun.spawn([...(options.wrapper ?? []), process.execPath, join(ROOT, "src/app/main.ts")], {
    cwd: options.folder ?? ROOT,
    env: environmentOf({ ...settings, PORT: String(port), PUBLIC_URL: `http://localhost:${port}` }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const drained = Promise.all(
    [child.stdout, child.stderr].map(async (stream) => {
      for await (const chunk of stream) chunks.push(new TextDecoder().decode(chunk));
    }),
  );
  const output = (): string => chunks.join("");
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 30_000;
  for (;;) {
    if (child.exitCode !== null) {
      await drained;
      throw new Error(`the service ended with ${child.exitCode}: ${output()}`);
    }
    const ready = await fetch(`${url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) break;
    if (Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the service was not ready within 30 s: ${output()}`);
    }
    await Bun.sleep(25);
  }
  // Under a wrapper such as strace the service is its child, and the one that signals are for.
  const pid = options.wrapper === undefined ? child.pid : await onlyChildOf(child.pid);
  return {
    url,
    pid,
    output,
    kill: async () => {
      process.kill(pid, "SIGKILL");
      await child.exited;
    },
    stop: async () => {
      process.kill(pid, "SIGTERM");
      const code = await child.exited;
      await drained;
      return code;
    },
  };
};
