// What rotating SECRET_KEY costs: `bun run bench rotate-keys [values] [visitors]`. A fresh SQLite file is filled with
// encrypted values, the real service uses it with both keys, and `keys rotate` is killed twice and run to its end.
// Prints how fast it was and what people noticed. Ends with 1 when a request failed or a value was left behind.
import { onSqlite, rotateUnderLoad } from "../tests/support/rotate-under-load.ts";

const HEALTHY_SECONDS = 5;

const [values = "100000", visitors = "8"] = process.argv.slice(2);

const quantile = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(1);

const latency = (durations: readonly number[]): string => {
  const sorted = durations.toSorted((a, b) => a - b);
  return `${String(sorted.length).padStart(6)} turns, median ${quantile(sorted, 0.5)} ms, p99 ${quantile(sorted, 0.99)} ms, longest ${quantile(sorted, 1)} ms`;
};

const { found, failures, healthy, rotating, seconds, said, known } = await onSqlite((store) =>
  rotateUnderLoad(store, Number(values), Number(visitors), HEALTHY_SECONDS),
);
const [first, second, last] = found;
const [one = 0, two = 0, three = 0] = seconds;
console.log(
  [
    `${values} values on SQLite, ${visitors} visitors at once`,
    `killed after ${one.toFixed(1)} s    ${first.current} values under the new key, ${first.old} under the old`,
    `killed after ${two.toFixed(1)} s    ${second.current} under the new, ${second.old} under the old`,
    `ended after ${three.toFixed(1)} s     ${last.current} under the new, ${last.old} under the old, ${last.wrong.length} wrong`,
    said.trim(),
    `before     ${latency(healthy)}`,
    `meanwhile  ${latency(rotating)}`,
    `requests answered otherwise than they should: ${failures.length}`,
    `known with the new key alone: ${JSON.stringify(known)}`,
  ].join("\n"),
);
for (const failure of failures.slice(0, 10)) console.error(failure);
if (failures.length > 0 || last.old > 0 || last.wrong.length > 0 || !known.visitor || !known.session)
  process.exitCode = 1;
