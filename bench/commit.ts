// What group commit brings: `bun run bench commit [sqlite|postgres] [seconds of a run]`. A commit is one comment and its
// audit entry. Grouped, callers share transactions; one by one, the same statements run in one transaction a commit, on
// PostgreSQL over ten connections. Figures are medians of five rounds, in which runs that are compared follow each other,
// so that a slow minute of the machine meets them alike. Ends with 1 when a required minimum is missed.

import type { Changes } from "../src/domain/shared/changes.ts";
import { median } from "./median.ts";
import { commitPlaces, type Place } from "./support/commit-places.ts";
import { conflictingCommit, makeCommit } from "./support/commits.ts";

const ROUNDS = 5;
const CALLERS = [1, 32, 128];
const CONFLICTING_SHARE = 0.1;

const MINIMA = {
  SQLite: { alone: 0.85, together: 8, conflicting: 0.6 },
  PostgreSQL: { alone: 0.85, together: 4, conflicting: 0.4 },
} as const;

const [only = "all", seconds = "0.8"] = process.argv.slice(2);
if (!["all", "sqlite", "postgres"].includes(only)) throw new Error("the store is sqlite or postgres");

type Mode = "one by one" | "grouped" | "10 % conflicting";

interface Prepared {
  readonly changes: Changes;
  readonly wanted: "stored" | "conflict";
}

const prepare = (place: Place, share: number): Prepared =>
  share > 0 && Math.random() < share
    ? { changes: conflictingCommit(place.author, place.taken), wanted: "conflict" }
    : { changes: makeCommit(place.author), wanted: "stored" };

/**
 * Answered commits a second, by callers that each send the next one as soon as the last was answered. What they send is
 * made before the clock starts, as far as `expected`, the rate of the run before, tells how much that is.
 */
const rate = async (place: Place, mode: Mode, callers: number, expected: number): Promise<number> => {
  const commit = mode === "one by one" ? place.oneByOne : place.grouped;
  const share = mode === "10 % conflicting" ? CONFLICTING_SHARE : 0;
  const supply = Array.from({ length: Math.ceil(expected * Number(seconds) * 1.3) }, () =>
    prepare(place, share),
  );
  Bun.gc(true);
  const started = performance.now();
  const until = started + Number(seconds) * 1_000;
  let sent = 0;
  let answered = 0;
  const call = async (): Promise<void> => {
    while (performance.now() < until) {
      const { changes, wanted } = supply[sent++] ?? prepare(place, share);
      const got = await commit(changes);
      if (got !== wanted) throw new Error(`a commit was answered with ${got}, not ${wanted}`);
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return answered / ((performance.now() - started) / 1_000);
};

interface Ratio {
  readonly what: string;
  readonly value: number;
  readonly minimum: number | null;
}

const measure = async (place: Place): Promise<readonly Ratio[]> => {
  const runs = CALLERS.flatMap((callers) =>
    (["one by one", "grouped", ...(callers > 1 ? (["10 % conflicting"] as const) : [])] as const).map(
      (mode) => ({
        mode,
        callers,
        figures: [] as number[],
        expected: 0,
      }),
    ),
  );
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const run of runs) {
      run.expected = await rate(place, run.mode, run.callers, run.expected);
      // The first round warms up.
      if (round > 0) run.figures.push(run.expected);
    }
  }
  const figuresOf = (mode: Mode, callers: number): readonly number[] =>
    runs.find((run) => run.mode === mode && run.callers === callers)?.figures ?? [];
  for (const { mode, callers, figures } of runs) {
    const figure = Math.round(median(figures)).toLocaleString("en");
    console.log(
      `${place.name}  ${mode.padEnd(16)}  ${String(callers).padStart(3)} callers  ${figure.padStart(8)} / s`,
    );
  }
  /** Of runs that were neighbours in time, since the same disk is ten times slower in another minute. */
  const against = (mode: Mode, base: Mode, callers: number): number => {
    const bases = figuresOf(base, callers);
    return median(figuresOf(mode, callers).map((figure, round) => figure / (bases[round] ?? Number.NaN)));
  };
  const minima = MINIMA[place.name];
  return CALLERS.flatMap((callers) => [
    {
      what: `grouped against one by one, ${callers} callers`,
      value: against("grouped", "one by one", callers),
      minimum: callers === 1 ? minima.alone : callers === 32 ? minima.together : null,
    },
    ...(callers === 1
      ? []
      : [
          {
            what: `10 % conflicting against none, ${callers} callers`,
            value: against("10 % conflicting", "grouped", callers),
            minimum: minima.conflicting,
          },
        ]),
  ]);
};

for (const open of commitPlaces(only)) {
  const place = await open();
  try {
    for (const { what, value, minimum } of await measure(place)) {
      const missed = minimum !== null && value < minimum;
      if (missed) process.exitCode = 1;
      const required = minimum === null ? "" : `, required ${minimum}${missed ? ": MISSED" : ""}`;
      console.log(`${place.name}  ${what}: ${value.toFixed(2)}×${required}`);
    }
  } finally {
    await place.close();
  }
}
