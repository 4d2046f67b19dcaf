// kill -9 of erasure, retention run, backup, restore and staging export at seeded random moments: afterwards each ends as if
// it had never been killed. `bun run bench kills` does the same with as many kills as one likes.
import { expect, test } from "bun:test";
import { killAtMoments } from "../support/kills/killing.ts";
import { type Engine, OPERATIONS, openKillable } from "../support/kills/kills.ts";

const KILLS: Readonly<Record<Engine, number>> = { sqlite: 5, postgres: 2 };
/** On PostgreSQL these take more than a few seconds: `bun run bench kills` has them. */
const LONG: readonly string[] = ["erasure", "retention", "restore"];
const SEED = 7;

for (const operation of OPERATIONS) {
  for (const engine of ["sqlite", "postgres"] as const) {
    if (engine === "postgres" && LONG.includes(operation)) continue;
    const count = KILLS[engine];
    test(`${operation} on ${engine}, killed ${count} times, ends as if it never had been (seed ${SEED})`, async () => {
      const killable = await openKillable(operation, engine);
      if ("reason" in killable) {
        console.log(`LEFT OUT: killed ${operation} on ${engine}: ${killable.reason}`);
        return;
      }
      try {
        const killed = await killAtMoments(killable, { count, seed: SEED });
        expect(killed.kills).toBe(count);
      } finally {
        await killable.close();
      }
    }, 180_000);
  }
}
