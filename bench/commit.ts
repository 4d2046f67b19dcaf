// What group commit brings: `bun run bench commit [sqlite|postgres] [seconds of a run]`. A commit is one comment and its
// audit entry. Grouped, callers share transactions; one by one, the same statements run in one transaction a commit, on
// PostgreSQL over ten connections. Rates are medians of five runs, taken in turns so that a slow minute of the machine
// meets all alike. Ends with 1 when a required minimum is missed.

import { median } from "./median.ts";
import { commitPlaces, type Place } from "./support/commit-places.ts";
import { conflictingCommit, makeCommit } from "./support/commits.ts";

const ROUNDS = 5;
const CALLERS = [1, 32, 128];
const CONFLICTING_CALLERS = [32, 128];
const CONFLICTING_SHARE = 0.1;

const MINIMA = {
  SQLite: { alone: 0.85, together: 8, conflicting: 0.6 },
  PostgreSQL: { alone: 0.85, together: 4, conflicting: 0.4 },
} as const;

const [only = "all", seconds = "0.8"] = process.argv.slice(2);
if (!["all", "sqlite", "postgres"].includes(only)) throw new Error("the store is sqlite or postgres");

type Mode = "one by one" | "grouped" | "10 % conflicting";

/** Answered commits a second, by callers that each send the next one as soon as the last was answered. */
const rate = async (place: Place, mode: Mode, callers: number): Promise<number> => {
  const commit = mode === "one by one" ? place.oneByOne : place.grouped;
  const share = mode === "10 % conflicting" ? CONFLICTING_SHARE : 0;
  const started = performance.now();
  const until = started + Number(seconds) * 1_000;
  let answered = 0;
  const call = async (): Promise<void> => {
    while (performance.now() < until) {
      const conflicts = share > 0 && Math.random() < share;
      const wanted = conflicts ? "conflict" : "stored";
      const got = await commit(
        conflicts ? conflictingCommit(place.author, place.taken) : makeCommit(place.author),
      );
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
  const runs = [
    ...CALLERS.flatMap((callers) => (["one by one", "grouped"] as const).map((mode) => ({ mode, callers }))),
    ...CONFLICTING_CALLERS.map((callers) => ({ mode: "10 % conflicting" as const, callers })),
  ];
  const figures = new Map<string, number[]>(runs.map(({ mode, callers }) => [`${mode} ${callers}`, []]));
  for (const { mode, callers } of runs) await rate(place, mode, callers);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { mode, callers } of runs) {
      figures.get(`${mode} ${callers}`)?.push(await rate(place, mode, callers));
    }
  }
  const middle = (mode: Mode, callers: number) => median(figures.get(`${mode} ${callers}`) ?? []);
  for (const { mode, callers } of runs) {
    const figure = Math.round(middle(mode, callers)).toLocaleString("en");
    console.log(
      `${place.name}  ${mode.padEnd(16)}  ${String(callers).padStart(3)} callers  ${figure.padStart(8)} / s`,
    );
  }
  const minima = MINIMA[place.name];
  return [
    ...CALLERS.map((callers) => ({
      what: `grouped against one by one, ${callers} callers`,
      value: middle("grouped", callers) / middle("one by one", callers),
      minimum: callers === 1 ? minima.alone : callers === 32 ? minima.together : null,
    })),
    ...CONFLICTING_CALLERS.map((callers) => ({
      what: `10 % conflicting against none, ${callers} callers`,
      value: middle("10 % conflicting", callers) / middle("grouped", callers),
      minimum: minima.conflicting,
    })),
  ];
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
