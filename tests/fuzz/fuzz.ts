// `bun run fuzz [count] [seed]`: sends so many requests (100,000) over every operation of the OpenAPI document to a real
// server of its own on SQLite, and demands that every answer is one the document allows. The exit code says whether.
import { judged, table } from "./judged.ts";
import { fuzz } from "./run.ts";

const [count = 100_000, seed = Date.now() % 1_000_000_000] = process.argv.slice(2).map(Number);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(seed)) {
  console.error("Usage: bun run fuzz [count] [seed]");
  process.exit(2);
}
console.log(`${count} requests, seed ${seed}`);
const report = await fuzz({
  count,
  seed,
  progress: (done) => {
    if (done % (10 * Math.ceil(count / 100)) === 0) console.log(`  ${done}`);
  },
});
console.log(table(report));
const wrong = judged(
  report,
  count >= 100_000 ? { successes: 50, flat: true } : { successes: 0, flat: false },
);
for (const each of wrong) console.log(`\n${each}`);
console.log(
  `\n${wrong.length === 0 ? "nothing is wrong" : `${wrong.length} things are wrong`} (seed ${seed})`,
);
process.exit(wrong.length === 0 ? 0 : 1);
