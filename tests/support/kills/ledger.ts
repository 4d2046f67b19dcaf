// The erasure ledger under kill -9 of whoever appends to it: what was acknowledged is there, and nobody calls it broken.
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLedger } from "../../../src/adapters/backup/ledger/open-ledger.ts";
import { makeSealer } from "../../../src/adapters/crypto/sealer.ts";
import type { LedgerPosition } from "../../../src/ports/erasure-ledger.ts";
import { spawnScript } from "../process.ts";
import { NOON } from "../records.ts";
import { SECRET } from "../restoring.ts";
import { random } from "./killing.ts";

export const foldersOf = (folder: string) => ({
  ledger: join(folder, "ledger"),
  heads: join(folder, "heads"),
});

/** From the first acknowledgement of a process to its death, at most. */
const LIFE_MS = 150;

/** Appends until it is killed; answers what was acknowledged before. */
const appended = async (folder: string, lifeMs: number): Promise<readonly string[]> => {
  const child = spawnScript({}, "tests/support/kills/ledger-process.ts", folder);
  const problem = new Response(child.stderr).text();
  let said = "";
  for await (const chunk of child.stdout) {
    if (said === "") setTimeout(() => child.kill("SIGKILL"), lifeMs);
    said += new TextDecoder().decode(chunk);
  }
  await child.exited;
  if (child.signalCode !== "SIGKILL") throw new Error(`it ended by itself: ${await problem}`);
  // What follows the last line break was not said to its end.
  return said.split("\n").slice(0, -1);
};

export interface LedgerKilled {
  readonly kills: number;
  readonly acknowledged: number;
  /** Facts on disk whose acknowledgement nobody heard. */
  readonly unheard: number;
}

/** Two processes append at once, one after the other of them is killed and followed by another. Rejects when a fact is lost. */
export const killLedger = async (count: number, seed: number): Promise<LedgerKilled> => {
  const draw = random(seed);
  const folder = await mkdtemp(join(tmpdir(), "gonogo-ledger-killed-"));
  const acknowledged: string[] = [];
  let positions: readonly LedgerPosition[] = [];
  let there = 0;
  try {
    for (let kills = 0; kills < count; kills += 2) {
      const lives = [draw(), draw()].map((share) => appended(folder, share * LIFE_MS));
      for (const each of await Promise.all(lives)) acknowledged.push(...each);

      const ledger = openLedger({
        folders: foldersOf(folder),
        sealer: makeSealer({ current: SECRET, previous: null }),
      });
      const found = await ledger.after(null);
      const known = new Set(found.map(({ pseudonym }) => pseudonym));
      const lost = acknowledged.filter((pseudonym) => !known.has(pseudonym));
      assert.equal(lost.length, 0, `${lost.length} acknowledged facts are lost (seed ${seed})`);
      assert.equal(known.size, found.length, "a fact is there twice");
      // Positions of before a kill are still places in it.
      for (const position of positions) await ledger.after(position);
      positions = [...positions, await ledger.position((NOON + 1) as typeof NOON)];
      assert.deepEqual(await ledger.after(positions.at(-1) ?? null), []);
      there = found.length;
    }
    const files = (await readdir(foldersOf(folder).ledger)).filter((name) => name.endsWith(".ledger"));
    assert.ok(files.length >= count, "every process began a file of its own");
    return { kills: count, acknowledged: acknowledged.length, unheard: there - acknowledged.length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
