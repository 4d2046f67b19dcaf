// The same for every operation: it runs once unkilled, then dies by SIGKILL at random moments over the time that took, and
// what it left is looked at, gone on with and judged.
import assert from "node:assert/strict";
import { type Environment, spawnCommand } from "../process.ts";

/** What the kill left behind. */
export interface Left {
  /** How far the operation had come, by what stands there. */
  readonly phase: string;
  /** Nothing has to be done any more. */
  readonly whole: boolean;
}

/** One beginning of an operation, on data of its own. */
export interface Life {
  readonly settings: Environment;
  /** What is run, and run again after a kill. */
  readonly words: readonly string[];
  /**
   * Looks at what is there, before anybody goes on; `told` is what the operation last said of its progress. Throws when
   * something stands there that must not for a moment.
   */
  left(told: string): Promise<Left>;
  /** Time passes: the database has noticed the death, leases run out. */
  wait(): Promise<void>;
  /** After the end. Throws unless all is as if nothing had been killed so often. */
  judge(kills: number): Promise<void>;
  /** Removes its data. */
  close(): Promise<void>;
}

export interface Killable {
  readonly operation: string;
  readonly engine: string;
  begin(number: number): Promise<Life>;
  close(): Promise<void>;
}

export interface Killed {
  readonly seed: number;
  /** Kills that met the operation while it ran. */
  readonly kills: number;
  /** Kills that came after its end: they were drawn again. */
  readonly missed: number;
  /** Kills by quarter of the time that a whole run takes. */
  readonly quarters: readonly number[];
  readonly phases: Readonly<Record<string, number>>;
  readonly wholeMs: number;
}

export interface KillOptions {
  readonly count: number;
  readonly seed: number;
  readonly onKill?: (kills: number, share: number, phase: string) => void;
}

/** So often what was killed is killed again while it is gone on with. */
const AGAIN = 1 / 2;
const MISSES_PER_KILL = 10;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export const random = (seed: number) => {
  let state = seed | 0;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const SCRIPT = "tests/support/kills/killable-process.ts";

/**
 * Runs a life's operation; kills it so long after it began, unless null or another does. Throws when it fails by itself.
 * `wrapper` comes before the command.
 */
export const run = async (
  { settings, words }: Life,
  killAfterMs: number | null,
  wrapper: readonly string[] = [],
) => {
  const child = spawnCommand(settings, [...wrapper, process.execPath, SCRIPT, ...words]);
  const problem = new Response(child.stderr).text();
  let said = "";
  let begun = 0;
  let deadly: Promise<void> | null = null;
  for await (const chunk of child.stdout) {
    said += new TextDecoder().decode(chunk);
    if (begun > 0 || !said.includes("begun\n")) continue;
    begun = performance.now();
    if (killAfterMs !== null) deadly = Bun.sleep(killAfterMs).then(() => child.kill("SIGKILL"));
  }
  const tookMs = performance.now() - begun;
  await child.exited;
  const ended = said.endsWith("ended\n");
  if (!ended && child.signalCode !== "SIGKILL") throw new Error(`it failed: ${said}${await problem}`);
  if (!ended) await deadly;
  return { ended, tookMs, told: (await problem).trim().split("\n").at(-1) ?? "" };
};

/** Rejects at the first wrong outcome; the seed and the number of the kill are in the message. */
export const killAtMoments = async (
  killable: Killable,
  { count, seed, onKill = () => undefined }: KillOptions,
): Promise<Killed> => {
  const draw = random(seed);
  const phases: Record<string, number> = {};
  const quarters = [0, 0, 0, 0];
  let [kills, missed, wholeMs, lives] = [0, 0, 0, 0];

  /** One life to its end, killed on the way. */
  const live = async (life: Life): Promise<void> => {
    let here = 0;
    let done = false;
    if (wholeMs === 0) {
      wholeMs = (await run(life, null)).tookMs;
      done = true;
    }
    while (!done && kills < count && (here === 0 || draw() < AGAIN)) {
      const share = draw();
      const { ended, tookMs, told } = await run(life, share * wholeMs);
      if (ended) {
        missed += 1;
        assert.ok(missed < count * MISSES_PER_KILL, "nearly every kill came after the end");
        // What a whole run takes now: on a machine with other work it is not what it was.
        if (here === 0) wholeMs = tookMs;
        done = true;
        break;
      }
      here += 1;
      kills += 1;
      const { phase, whole } = await life.left(told);
      phases[phase] = (phases[phase] ?? 0) + 1;
      quarters[Math.floor(share * 4)] = (quarters[Math.floor(share * 4)] ?? 0) + 1;
      onKill(kills, share, phase);
      await life.wait();
      done = whole;
    }
    if (!done) await run(life, null);
    assert.ok((await life.left("")).whole, "it did not come to its end");
    await life.judge(here);
  };

  while (kills < count) {
    const life = await killable.begin(lives);
    try {
      await live(life);
    } catch (failure) {
      throw new Error(
        `${killable.operation}, ${killable.engine}: wrong after kill ${kills} (seed ${seed}): ${failure instanceof Error ? failure.message : String(failure)}`,
        { cause: failure },
      );
    }
    await life.close();
    lives += 1;
  }
  return { seed, kills, missed, quarters, phases, wholeMs };
};
