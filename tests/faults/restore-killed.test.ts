// Between two steps of taking its place a restore is for microseconds only: here it dies exactly there.
import { expect, test } from "bun:test";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Life, run } from "../support/kills/killing.ts";
import { pathOf, sqlitePlace } from "../support/kills/place.ts";
import { killableRestore } from "../support/kills/restore.ts";

const strace = Bun.which("strace");
const CHECKPOINT = /^audit-checkpoint-[\da-f]+$/;

const folderOf = ({ settings }: Life): string => join(pathOf(settings["DATABASE_URL"] ?? ""), "..");

const checkpointsOf = async (life: Life): Promise<readonly string[]> =>
  (await readdir(folderOf(life))).filter((name) => CHECKPOINT.test(name));

if (strace === null) {
  console.log("LEFT OUT: a restore killed between two steps: strace is not installed");
} else {
  /** Dies on the way into this call, on this path. */
  const dieIn = (call: string, paths: readonly string[]) => [
    ...[strace, "-f", "-qq", "-o", "/dev/null", ...paths.flatMap((path) => ["-P", path])],
    ...["-e", `trace=${call}`, "-e", `inject=${call}:signal=SIGKILL:when=1`],
  ];

  test("SQLite: a restore killed between two steps of taking its place leaves what was there, and comes the next time", async () => {
    const restore = await killableRestore(await sqlitePlace());
    const goOn = async (life: Life): Promise<void> => {
      expect((await life.left("")).whole).toBe(false);
      await run(life, null);
      await life.judge(1);
      await life.close();
    };
    try {
      // Before anything has another name the checkpoint outside is set aside.
      const before = await restore.begin(0);
      expect(await checkpointsOf(before)).toHaveLength(1);
      const linking = dieIn("link", [join(folderOf(before), "gonogo.db")]);
      expect((await run(before, null, linking)).ended).toBe(false);
      expect(await checkpointsOf(before)).toEqual([]);
      await goOn(before);

      // With two names for what is there: without a checkpoint outside nothing else is renamed.
      const between = await restore.begin(0);
      for (const name of await checkpointsOf(between)) await rm(join(folderOf(between), name));
      expect((await run(between, null, dieIn("rename", []))).ended).toBe(false);
      const names = (await readdir(folderOf(between))).filter((name) => name.includes("before-restore"));
      expect(names).toHaveLength(1);
      await goOn(between);
    } finally {
      await restore.close();
    }
  }, 120_000);
}
