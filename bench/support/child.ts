import { join } from "node:path";

/** A program of this folder that runs beside the bench and takes numbers on its standard input. */
export interface Child {
  tell(value: number): void;
  /** SIGSTOP hangs it, SIGCONT lets it go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
  kill(): Promise<void>;
}

/** Resolves once the program says that it is ready. */
export const startChild = async (program: string, ...words: readonly string[]): Promise<Child> => {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, program), ...words], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const orphaned = () => child.kill("SIGKILL");
  process.on("exit", orphaned);
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error(`${program} ended with ${await child.exited}`);
  return {
    tell: (value) => {
      child.stdin.write(`${value}\n`);
      child.stdin.flush();
    },
    signal: (signal) => child.kill(signal),
    kill: async () => {
      process.off("exit", orphaned);
      child.kill("SIGKILL");
      await child.exited;
    },
  };
};
