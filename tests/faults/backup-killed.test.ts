import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { runCli, spawnCli } from "../support/process.ts";
import { erasePeople, makeSite, type Person, populate, type Site, whoIsThere } from "../support/restoring.ts";

/** `KILLS=40 bun test tests/faults/backup-killed.test.ts` for the long version; `SEED` for other moments. */
const KILLS = Number(process.env["KILLS"] ?? "5");
const SEED = Number(process.env["SEED"] ?? "7");

/** The same moments for the same seed: shares of the time that a whole run takes. */
const moments = Array.from({ length: KILLS }, (_, index) => {
  const share = Math.sin(SEED * 1_000 + index * 37) * 10_000;
  return share - Math.floor(share);
});

const timed = async (site: Site["settings"], ...words: readonly string[]): Promise<number> => {
  const began = performance.now();
  await runCli(site, ...words);
  return performance.now() - began;
};

const killedAfter = async (
  milliseconds: number,
  site: Site["settings"],
  ...words: readonly string[]
): Promise<void> => {
  const child = spawnCli(site, ...words);
  await Promise.race([Bun.sleep(milliseconds), child.exited]);
  child.kill("SIGKILL");
  await child.exited;
};

test(`SQLite: backup create killed at ${KILLS} moments lists nothing that does not open, and the next one is made`, async () => {
  const site = await makeSite((folder) => `sqlite:///${folder}/live/gonogo.db`);
  try {
    await populate(site.settings, 20);
    const whole = await timed(site.settings, "backup", "create");
    for (const share of moments) {
      await killedAfter(share * whole, site.settings, "backup", "create");
      const listed = (await runCli(site.settings, "backup", "list")).trim().split("\n");
      expect(listed.length).toBeGreaterThan(0);
      const [newest = ""] = (listed[0] ?? "").split("  ");
      expect(await runCli(site.settings, "backup", "verify", newest)).toContain("is whole and opens");
    }
  } finally {
    await site.remove();
  }
}, 600_000);

test(`SQLite: restore killed at ${KILLS} moments leaves nothing or all of it, without those who were erased`, async () => {
  const site = await makeSite((folder) => `sqlite:///${folder}/live/gonogo.db`);
  try {
    const people = await populate(site.settings, 20);
    const gone: readonly Person[] = people.slice(0, 2);
    await runCli(site.settings, "backup", "create");
    await erasePeople(site.settings, gone);
    const fresh = (index: number) => `${site.folder}/new-${index}/gonogo.db`;
    const whole = await timed(site.on(`sqlite:///${fresh(-1)}`), "backup", "restore");
    for (const [index, share] of moments.entries()) {
      const target = site.on(`sqlite:///${fresh(index)}`);
      await killedAfter(share * whole, target, "backup", "restore");
      if (!existsSync(fresh(index))) await runCli(target, "backup", "restore");
      const found = await whoIsThere(target);
      expect(found.active).toHaveLength(people.length - gone.length);
      expect(found.identities).toBe(people.length - gone.length);
      expect(found.replays).toBe(1);
    }
  } finally {
    await site.remove();
  }
}, 900_000);
