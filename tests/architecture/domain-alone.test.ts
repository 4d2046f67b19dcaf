import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { countTests, run } from "../suite.ts";
import { copyOfTree, inTemporaryFolder, plant } from "./copy.ts";

const foldersAbove = (folder: string): string[] =>
  folder === dirname(folder) ? [folder] : [folder, ...foldersAbove(dirname(folder))];

/** Runs tests/domain in a copy of itself and src/domain, where no package can be found and none is fetched. */
const domainAlone = (planted: Readonly<Record<string, string>> = {}) =>
  inTemporaryFolder(async (folder) => {
    copyOfTree(folder, ["src/domain", "tests/domain"]);
    plant(folder, planted);
    const packages = foldersAbove(folder).filter((above) => existsSync(join(above, "node_modules")));
    expect(packages).toEqual([]);
    const command = [process.execPath, "--no-install", "test", "./tests/domain"];
    const ran = await run(command, { cwd: folder, env: { ...process.env, NO_COLOR: "1" }, limitSeconds: 60 });
    return { ...ran, ...countTests(ran) };
  });

describe("the domain alone", () => {
  test("its tests pass in a copy without node_modules", async () => {
    const { output, exit, passed, failed } = await domainAlone();
    if (failed > 0) console.log(output);
    expect({ exit, failed }).toEqual({ exit: 0, failed: 0 });
    expect(passed).toBeGreaterThan(0);
  }, 90_000);

  test("a domain that needs a package fails there", async () => {
    const { exit, output } = await domainAlone({
      "src/domain/planted.ts": 'export { default as planted } from "typebox";\n',
      "tests/domain/planted.test.ts": `import { expect, test } from "bun:test";
import { planted } from "../../src/domain/planted.ts";
test("planted", () => expect(planted).toBeDefined());
`,
    });
    expect(exit).not.toBe(0);
    expect(output).toContain("typebox");
  }, 90_000);
});
