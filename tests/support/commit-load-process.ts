// A process that commits: `bun commit-load-process.ts JOB`, JOB being JSON. Says "ready", commits until its standard
// input ends, and writes what it was told into the job's file. Ends with 70 when an error escaped every handler.
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import { runLoad } from "./commit-load.ts";
import type { CommitJob } from "./commit-processes.ts";

const escaped = (error: unknown): void => {
  console.error("escaped:", error);
  process.exit(70);
};
process.on("unhandledRejection", escaped);
process.on("uncaughtException", escaped);

const job = JSON.parse(process.argv[2] ?? "") as CommitJob;
const store = "url" in job.store ? await openPostgres(job.store) : await openSqlite(job.store);
const unitOfWork = groupCommit(store.groups);
let over = false;
process.stdin.on("end", () => {
  over = true;
});
process.stdin.resume();
console.log("ready");
const load = await runLoad(store, unitOfWork, {
  committers: job.committers,
  ground: job.ground,
  until: () => over,
});
await unitOfWork.close();
await store.close();
await Bun.write(job.file, JSON.stringify(load));
