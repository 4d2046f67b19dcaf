import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** One PostgreSQL server of our own, on a data directory of its own. */
export interface Cluster {
  readonly port: number;
  readonly password: string;
  /** The server's main process. */
  pid(): number;
  /** Signals the main process (SIGKILL is the crash) and resolves when it has ended. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, once it has ended, on the same data and port. */
  restart(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root: then the server belongs to `postgres`, or to `nobody` where there is none. */
const serverOwner = async (): Promise<Owner> => {
  if (userInfo().uid !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    const ids = await Promise.all([run("id", ["-u", name]), run("id", ["-g", name])]).catch(() => null);
    if (ids !== null) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) };
  }
  throw new Error("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody");
};

/** The programs where their owner can run them: below a home of mode 0700, or without their modes, it takes a copy. */
const reachable = async (bin: string, home: string, owner: Owner): Promise<string> => {
  const version = (folder: string) => run(join(folder, "postgres"), ["--version"], owner);
  if ((await version(bin).catch(() => null)) !== null) return bin;
  const copy = join(home, "programs");
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  for (const program of ["initdb", "postgres"]) chmodSync(join(copy, "bin", program), 0o755);
  await version(join(copy, "bin"));
  return join(copy, "bin");
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};

/**
 * The server runs below a shell that outlives us by a moment: its standard input is a pipe of ours, and when that closes
 * while the server runs, however we ended, the shell ends the server and removes what it stood on.
 */
const SUPERVISOR = `
trap '' INT TERM HUP
home=$1; shift
exec 3<&0
"$@" </dev/null >>"$home/log" 2>&1 3<&- & server=$!
echo $server
( read word <&3; touch "$home/orphaned"; kill -QUIT $server ) 2>/dev/null & watch=$!
wait $server 2>/dev/null
kill -KILL $watch 2>/dev/null
if [ -e "$home/orphaned" ]; then cd /; rm -rf "$home"; fi`;

interface Running {
  readonly shell: ChildProcess;
  readonly pid: number;
}

const launch = async (home: string, command: readonly string[], owner: Owner): Promise<Running> => {
  const shell = spawn("/bin/sh", ["-c", SUPERVISOR, "sh", home, ...command], {
    ...owner,
    cwd: home,
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(shell.stdout, "data")) as [Buffer];
  // A server that is up keeps nobody from ending.
  shell.stdout.destroy();
  (shell.stdin as unknown as { unref?(): void }).unref?.();
  shell.unref();
  return { shell, pid: Number(line.toString()) };
};

/** Line 1 of the server's own file is its process, line 8 its state. */
const isReady = (data: string, pid: number): boolean => {
  try {
    const lines = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
    return Number(lines[0]) === pid && lines[7]?.trim() === "ready";
  } catch {
    return false;
  }
};

const untilReady = async (home: string, running: Running): Promise<boolean> => {
  while (running.shell.exitCode === null) {
    if (isReady(join(home, "data"), running.pid)) return true;
    await Bun.sleep(15);
  }
  return false;
};

export interface ClusterOptions {
  /** Folder of `initdb` and `postgres`. */
  readonly bin: string;
  /** Real fsyncs, for benchmarks; without them a killed server still loses nothing, only a dead machine would. */
  readonly durable?: boolean;
}

export const startCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const owner = await serverOwner();
  const home = mkdtempSync(join(tmpdir(), "gonogo-postgres-"));
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(home, owner.uid, owner.gid);
  const forget = () => rmSync(home, { recursive: true, force: true });
  const data = join(home, "data");
  const password = randomBytes(16).toString("hex");
  const bin = await reachable(options.bin, home, owner);
  writeFileSync(join(home, "password"), password, { mode: 0o644 });
  await run(
    join(bin, "initdb"),
    [
      `--pgdata=${data}`,
      "--username=postgres",
      `--pwfile=${join(home, "password")}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
    ],
    { ...owner, cwd: home, env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" } },
  );
  let port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "120",
    shared_buffers: "64MB",
    fsync: options.durable === true ? "on" : "off",
    full_page_writes: options.durable === true ? "on" : "off",
  };
  const command = () => [
    join(bin, "postgres"),
    ...["-D", data, "-p", String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ];

  // Another process may take the free port first, and after a crash the dead server's children hold its data a moment.
  const start = async (attempts: number, moveOn: boolean): Promise<Running> => {
    for (let attempt = 1; ; attempt += 1) {
      const next = await launch(home, command(), owner);
      if (await untilReady(home, next)) return next;
      if (attempt === attempts) {
        const log = readFileSync(join(home, "log"), "utf8");
        forget();
        throw new Error(log.slice(-2_000));
      }
      await Bun.sleep(100);
      if (moveOn) port = await freePort();
    }
  };

  let running = await start(5, true);
  const forgetStopped = () => running.shell.exitCode !== null && forget();
  process.once("exit", forgetStopped);
  const ended = async (): Promise<void> => {
    if (running.shell.exitCode === null) await once(running.shell, "exit");
  };
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (running.shell.exitCode === null) process.kill(running.pid, signal);
    await ended();
  };
  return {
    get port() {
      return port;
    },
    password,
    pid: () => running.pid,
    kill,
    restart: async () => {
      await ended();
      running = await start(100, false);
    },
    stop: async () => {
      await kill("SIGINT");
      forget();
      process.off("exit", forgetStopped);
    },
  };
};
