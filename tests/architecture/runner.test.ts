import { describe, expect, test } from "bun:test";
import { countCheck, countTests, type Ran, run } from "../suite.ts";
import { inTemporaryFolder, plant } from "./copy.ts";

const PASSES = 'import { test } from "bun:test"; test("passes", () => {});\n';

const bunTest = (files: Readonly<Record<string, string>>, limitSeconds = 30): Promise<Ran> =>
  inTemporaryFolder((folder) => {
    plant(folder, files);
    const env = { ...process.env, NO_COLOR: "1" };
    return run([process.execPath, "--no-install", "test"], { cwd: folder, env, limitSeconds });
  });

describe("the test run counts", () => {
  test("passes and failures", async () => {
    const failing = 'import { expect, test } from "bun:test"; test("fails", () => expect(1).toBe(2));\n';
    expect(countTests(await bunTest({ "a.test.ts": PASSES }))).toEqual({ passed: 1, failed: 0, remarks: [] });
    const both = countTests(await bunTest({ "a.test.ts": PASSES, "b.test.ts": failing }));
    expect(both).toEqual({ passed: 1, failed: 1, remarks: [] });
  });

  const lies: Readonly<Record<string, string>> = {
    "a test that ends the process with 0":
      'import { test } from "bun:test"; test("x", () => process.exit(0));\n',
    "a file without tests": "export const nothing = 0;\n",
    "a skipped test": `import { test } from "bun:test"; test["skip"]("x", () => {}); test("y", () => {});\n`,
    "a file that does not load": 'import "./nowhere.ts";\n',
  };
  for (const [name, text] of Object.entries(lies)) {
    test(`${name} as a failure`, async () => {
      expect(countTests(await bunTest({ "a.test.ts": text })).failed).toBeGreaterThan(0);
    });
  }

  test("a suite that hangs as a failure", async () => {
    const hangs = 'import { test } from "bun:test"; test("x", () => { while (true); });\n';
    const ran = await bunTest({ "a.test.ts": hangs }, 1);
    expect(ran.timedOut).toBe(true);
    expect(countTests(ran).failed).toBeGreaterThan(0);
    expect(countCheck(ran).failed).toBe(1);
  }, 20_000);
});
