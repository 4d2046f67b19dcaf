import { describe, expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const TREE = join(import.meta.dir, "../..");

const written = async (): Promise<Readonly<Record<string, string>>> => {
  const files = await readdir(join(TREE, "drizzle"), { recursive: true });
  const texts = files.filter((file) => /\.(sql|json)$/.test(file)).toSorted();
  return Object.fromEntries(
    await Promise.all(texts.map(async (file) => [file, await readFile(join(TREE, "drizzle", file), "utf8")])),
  );
};

describe("migrations", () => {
  test("are what the schema files generate, to the letter", async () => {
    const before = await written();
    expect(Object.keys(before).length).toBeGreaterThanOrEqual(6);
    const run = Bun.spawn([process.execPath, "drizzle/generate.ts"], {
      cwd: TREE,
      stdout: "pipe",
      stderr: "pipe",
    });
    expect(await new Response(run.stderr).text()).toBe("");
    expect(await run.exited).toBe(0);
    expect(await written()).toEqual(before);
  });
});
