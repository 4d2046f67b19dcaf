// What moving to PostgreSQL takes: `bun run bench db-move [comments]`. A SQLite file is filled, moved, killed half-way and
// moved on; then both stores are asked everything. Ends with 1 when they answer differently.
import { moveKilledAndResumed } from "../tests/support/moving.ts";
import { startPostgres } from "../tests/support/postgres.ts";

const comments = Number(process.argv[2] ?? "200000");
const server = await startPostgres({ dedicated: true, durable: true });
try {
  const { secondsKilled, seconds, audited, answers } = await moveKilledAndResumed(
    comments,
    server.url,
    50,
    3,
  );
  console.log(
    [
      `${comments} comments, ${audited} audit entries`,
      `killed after     ${secondsKilled.toFixed(1)} s`,
      `moved on         ${seconds.toFixed(1)} s, every column of every row compared`,
      `questions asked  ${answers.questions}, of which ${answers.found} found something`,
      `answered differently: ${answers.different.length === 0 ? "none" : answers.different.join(", ")}`,
    ].join("\n"),
  );
  if (answers.different.length > 0) process.exitCode = 1;
} finally {
  await server.stop();
}
