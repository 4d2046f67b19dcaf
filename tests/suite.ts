// One command of the test run: starts it, keeps what it says, counts what passed.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Why it failed where no single test says so. */
  readonly remarks: readonly string[];
}

export interface Ran {
  /** Exit code; null when it was ended by a signal. */
  readonly exit: number | null;
  /** Both streams in the order in which they were written. */
  readonly output: string;
  readonly timedOut: boolean;
  readonly seconds: number;
}

interface Running {
  readonly cwd: string;
  readonly env: Record<string, string | undefined>;
  readonly limitSeconds: number;
}

/** Runs a command to its end; past the limit it is asked to stop, and five seconds later it is killed. */
export const run = async (command: readonly string[], { cwd, env, limitSeconds }: Running): Promise<Ran> => {
  // A file and not a pipe: a server that outlives its test would hold a pipe open and the run would never end.
  const folder = mkdtempSync(join(tmpdir(), "gonogo-test-"));
  const path = join(folder, "output");
  const file = openSync(path, "w");
  const started = performance.now();
  let timedOut = false;
  try {
    const child = Bun.spawn([...command], { cwd, env, stdin: "ignore", stdout: file, stderr: file });
    const asked = setTimeout(() => {
      timedOut = true;
      child.kill("SIGTERM");
    }, limitSeconds * 1000);
    const killed = setTimeout(() => child.kill("SIGKILL"), limitSeconds * 1000 + 5000);
    await child.exited;
    clearTimeout(asked);
    clearTimeout(killed);
    const seconds = (performance.now() - started) / 1000;
    return { exit: child.exitCode, output: readFileSync(path, "utf8"), timedOut, seconds };
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
};

const faults = ({ exit, timedOut, seconds }: Ran): string[] =>
  timedOut
    ? [`ended after ${seconds.toFixed(0)} s without finishing`]
    : exit === null
      ? ["killed by a signal"]
      : [];

/** A command that is one check: it passes when it exits 0. */
export const countCheck = (ran: Ran): Counts =>
  ran.exit === 0 && !ran.timedOut
    ? { passed: 1, failed: 0, remarks: [] }
    : { passed: 0, failed: 1, remarks: faults(ran) };

const SUMMARY =
  /((?:^ *\d+ (?:pass|fail|skip|todo|errors?|filtered out|snapshots?|expect\(\) calls).*\n)+)^Ran (\d+) tests? across (\d+) files?\./gm;

/**
 * Reads the summary of `bun test`. Exit code 0 is not believed alone: a test that ends the process with 0 takes every
 * failure before it along, and a folder without tests exits 0 too.
 */
export const countTests = (ran: Ran): Counts => {
  const remarks = faults(ran);
  const [, block = "", total = "0"] = [...ran.output.matchAll(SUMMARY)].at(-1) ?? [];
  const counted = (what: string): number =>
    Number(new RegExp(`^ *(\\d+) ${what}`, "m").exec(block)?.[1] ?? 0);
  const [passed, failing, skipped, todo] = [
    counted("pass"),
    counted("fail"),
    counted("skip"),
    counted("todo"),
  ];
  if (block === "") remarks.push("gave no summary: the process ended before its tests did");
  else if (passed + failing + skipped + todo !== Number(total)) remarks.push("the summary does not add up");
  else if (Number(total) === 0) remarks.push("ran no test");
  if (skipped + todo > 0) remarks.push(`${skipped + todo} skipped`);
  if (ran.exit !== 0 && failing === 0 && remarks.length === 0) remarks.push(`exit code ${ran.exit}`);
  if (ran.exit === 0 && failing > 0) remarks.push("exit code 0 in spite of failures");
  return { passed, failed: failing + remarks.length, remarks };
};
