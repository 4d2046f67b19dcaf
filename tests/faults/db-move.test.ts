import { expect, test } from "bun:test";
import { moveKilledAndResumed } from "../support/moving.ts";
import { startPostgres } from "../support/postgres.ts";

const COMMENTS = 4_000;

test(`db move of ${COMMENTS} comments, killed half-way and resumed: both stores answer the same to every reader`, async () => {
  const server = await startPostgres();
  try {
    const { answers, said, before, audited } = await moveKilledAndResumed(COMMENTS, server.url, 30, 1);
    expect(before).not.toContain("comparing");
    expect(said).toContain("every column of every one was compared");
    expect(audited).toBeGreaterThan(COMMENTS);
    expect(answers.different).toEqual([]);
    expect(answers.found).toBeGreaterThan(300);
  } finally {
    await server.stop();
  }
}, 180_000);
