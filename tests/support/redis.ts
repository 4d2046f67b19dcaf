import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./process.ts";

/** A Redis server of our own, which keeps nothing on disk. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  /** SIGSTOP hangs it, SIGCONT lets it go on, SIGKILL ends it (and is waited for). */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Null where the machine has none. */
export const redisServer = (): string | null => Bun.which("redis-server");

const answers = async (port: number): Promise<boolean> => {
  const reply = Promise.withResolvers<boolean>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (opened) => {
        opened.write("PING\r\n");
      },
      data: (_, bytes) => reply.resolve(bytes.toString().startsWith("+PONG")),
      error: () => reply.resolve(false),
      close: () => reply.resolve(false),
    },
  }).catch(() => null);
  if (socket === null) return false;
  const answered = await reply.promise;
  socket.end();
  return answered;
};

export const startRedis = async (program: string): Promise<TestRedis> => {
  const directory = mkdtempSync(join(tmpdir(), "gonogo-redis-"));
  const port = await freePort();
  const start = async () => {
    const child = Bun.spawn(
      [
        program,
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", directory],
        ...["--save", "", "--appendonly", "no", "--loglevel", "warning"],
      ],
      { stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    );
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
      await Bun.sleep(10);
    }
    return child;
  };
  let child = await start();
  const orphaned = () => child.kill("SIGKILL");
  process.on("exit", orphaned);
  const kill = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    signal: async (signal) => {
      if (signal === "SIGKILL") return kill();
      child.kill(signal);
    },
    restart: async () => {
      child = await start();
    },
    stop: async () => {
      await kill();
      process.off("exit", orphaned);
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
