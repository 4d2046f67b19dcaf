import { expect, test } from "bun:test";
import { killLedger } from "../support/kills/ledger.ts";

const KILLS = 6;
const SEED = 7;

test(`the erasure ledger loses nothing that was acknowledged by processes that are killed (${KILLS} times, seed ${SEED})`, async () => {
  const { kills, acknowledged } = await killLedger(KILLS, SEED);
  expect(kills).toBe(KILLS);
  expect(acknowledged).toBeGreaterThanOrEqual(KILLS);
});
