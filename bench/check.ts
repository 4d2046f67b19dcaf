// What `GET /v1/consents/check` costs: `bun run bench check [sqlite|postgres] [seconds of a run] [subjects of the largest]`.
// The real service as a process of its own, asked over sockets by a client that does next to nothing. Two questions: does
// its p99 stay flat from 10,000 to 1,000,000 subjects, and how many checks a second does it answer against a route of the
// same Elysia that does one bare indexed SELECT on the same database (no credential, no limits, no log line, no headers).
// Runs that are compared follow each other, and the medians of their ratios count, so that a slow minute of the machine
// meets them alike. Ends with 1 when a required bound is missed.

import { median } from "./median.ts";
import { type CheckPlace, type CheckServer, checkPlaces, subjectId } from "./support/check-places.ts";
import { type Load, load } from "./support/http-load.ts";

const P99_AGAINST_SMALLEST_MAX = 1.5;
const THROUGHPUT_AGAINST_BARE_MIN = 0.5;

const ROUNDS = 7;
const FEW = 8;
const MANY = 32;
const WARM = 10_000;

const [only = "all", seconds = "1.5", largest = "1000000"] = process.argv.slice(2);
if (!["all", "sqlite", "postgres"].includes(only)) throw new Error("the store is sqlite or postgres");
const SIZES = [Number(largest) / 100, Number(largest) / 10, Number(largest)];

const someone = ({ subjects }: CheckServer): string => subjectId(Math.floor(Math.random() * subjects));

const check = (server: CheckServer, token: string, connections: number, least = 0): Promise<Load> =>
  load(
    server.port,
    () =>
      `GET /v1/consents/check?subject=${someone(server)}&purpose=marketing HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    { connections, seconds: Number(seconds), least },
  );

const bare = (server: CheckServer, connections: number, least = 0): Promise<Load> =>
  load(server.barePort, () => `GET /bare?subject=${someone(server)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, {
    connections,
    seconds: Number(seconds),
    least,
  });

const say = (place: CheckPlace, what: string, figure: string): void =>
  console.log(`${place.name.padEnd(10)}  ${what.padEnd(44)}  ${figure}`);

const judge = (place: CheckPlace, what: string, ratio: number, missed: boolean, bound: string): void => {
  if (missed) process.exitCode = 1;
  say(place, what, `${ratio.toFixed(2)}×, required ${bound}${missed ? ": MISSED" : ""}`);
};

const measure = async (place: CheckPlace): Promise<void> => {
  const { servers, token } = place;
  const [smallest] = servers;
  const last = servers.at(-1);
  if (smallest === undefined || last === undefined) throw new Error("there are servers");
  // By number, not by time: what is not compiled yet costs four times as much, and on a busy machine that takes a while.
  for (const server of servers) {
    await check(server, token, MANY, server === last ? 4 * WARM : WARM);
    await bare(server, MANY, WARM);
  }
  const tails = servers.map(() => [] as number[]);
  const rates = { check: [] as number[], bare: [] as number[] };
  const costs = { check: [] as number[], bare: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, server] of servers.entries()) {
      tails[index]?.push((await check(server, token, FEW)).p99);
    }
    for (const [name, run] of [
      ["check", () => check(last, token, MANY)],
      ["bare", () => bare(last, MANY)],
    ] as const) {
      const before = last.cpuSeconds();
      const { perSecond, requests } = await run();
      rates[name].push(perSecond);
      costs[name].push(((last.cpuSeconds() - before) / requests) * 1_000_000);
    }
  }
  for (const [index, { subjects }] of servers.entries()) {
    say(
      place,
      `p99 with ${subjects.toLocaleString("en")} subjects, ${FEW} callers`,
      `${median(tails[index] ?? []).toFixed(2)} ms`,
    );
  }
  const flat = median((tails.at(-1) ?? []).map((tail, round) => tail / (tails[0]?.[round] ?? Number.NaN)));
  judge(
    place,
    "p99 of the largest against the smallest",
    flat,
    flat > P99_AGAINST_SMALLEST_MAX,
    `${P99_AGAINST_SMALLEST_MAX} at most`,
  );
  for (const [name, figures] of Object.entries(rates)) {
    const cost = median(costs[name as keyof typeof costs]);
    say(
      place,
      `${name}, ${MANY} callers`,
      `${Math.round(median(figures)).toLocaleString("en")} / s, ${cost.toFixed(0)} µs of the processor each`,
    );
  }
  const against = median(rates.check.map((rate, round) => rate / (rates.bare[round] ?? Number.NaN)));
  const cheaper = median(rates.check.map((_, round) => (costs.bare[round] ?? 0) / (costs.check[round] ?? 1)));
  say(place, "the same by processor time alone", `${cheaper.toFixed(2)}×`);
  judge(
    place,
    "check against one bare indexed SELECT",
    against,
    against < THROUGHPUT_AGAINST_BARE_MIN,
    `${THROUGHPUT_AGAINST_BARE_MIN} at least`,
  );
};

for (const open of checkPlaces(only, SIZES)) {
  const place = await open();
  try {
    await measure(place);
  } finally {
    await place.close();
  }
}
