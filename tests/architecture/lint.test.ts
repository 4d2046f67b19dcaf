import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { run } from "../suite.ts";
import { copyOfTree, inTemporaryFolder, linkPackages, plant, TREE } from "./copy.ts";

const GLOBALS = "lint/style/noRestrictedGlobals";
const MEMBER = "plugin";

/** What the domain may not do, and the rule that says so. */
const IMPURE: Readonly<Record<string, string>> = {
  "Date.now()": GLOBALS,
  "new Date()": GLOBALS,
  "performance.now()": GLOBALS,
  "crypto.randomUUID()": GLOBALS,
  'process.env["HOME"]': GLOBALS,
  "Bun.nanoseconds()": GLOBALS,
  "globalThis.crypto": GLOBALS,
  'fetch("http://localhost")': GLOBALS,
  "console.log(1)": GLOBALS,
  "setTimeout(() => {}, 1)": GLOBALS,
  "Promise.resolve(1)": GLOBALS,
  "Math.random()": MEMBER,
  "((random = Math.random) => random())()": MEMBER,
  'Math["random"]()': MEMBER,
};

const PURE: Readonly<Record<string, string>> = {
  "src/domain/planted-pure.ts": "export const largest = (a: number, b: number) => Math.max(a, b);\n",
  "src/app/planted-impure.ts": "export const now = () => Date.now() + Math.random();\n",
};

/** What no file may hold, and the rule that says so. */
const HOUSE: Readonly<Record<string, readonly [path: string, text: string]>> = {
  "lint/style/noDefaultExport": ["src/app/planted-default.ts", "export default 1;\n"],
  "lint/performance/noBarrelFile": [
    "src/app/planted-barrel.ts",
    'export { now } from "./planted-impure.ts";\n',
  ],
  "lint/performance/noReExportAll": ["src/app/planted-all.ts", 'export * from "./planted-impure.ts";\n'],
  "lint/suspicious/noExplicitAny": ["src/app/planted-any.ts", "export const any = (x: any) => x;\n"],
  "lint/suspicious/noSkippedTests": [
    "tests/app/planted-skip.test.ts",
    `import { test } from "bun:test";\ntest.${"skip"}("x", () => {});\n`,
  ],
  "lint/suspicious/noFocusedTests": [
    "tests/app/planted-only.test.ts",
    `import { test } from "bun:test";\ntest.${"only"}("x", () => {});\n`,
  ],
};

interface Report {
  diagnostics: { category: string; location?: { path?: string | { file?: string } } }[];
}

/** The rules that Biome reports, by file, in a folder that holds the tree's settings and the planted files. */
const lint = (files: Readonly<Record<string, string>>): Promise<Map<string, string[]>> =>
  inTemporaryFolder(async (folder) => {
    copyOfTree(folder, ["biome.json", "package.json", "tests/architecture/rules"]);
    linkPackages(folder);
    plant(folder, files);
    const tool = join(TREE, "node_modules/.bin/biome");
    const command = [
      process.execPath,
      tool,
      "lint",
      "--reporter=json",
      "--max-diagnostics=none",
      "src",
      "tests",
    ];
    const { output } = await run(command, { cwd: folder, env: process.env, limitSeconds: 30 });
    const json = output.split("\n").find((line) => line.startsWith('{"summary"'));
    if (json === undefined) throw new Error(`Biome gave no report:\n${output}`);
    const found = new Map<string, string[]>();
    for (const { category, location } of (JSON.parse(json) as Report).diagnostics) {
      const path = typeof location?.path === "string" ? location.path : (location?.path?.file ?? "");
      found.set(path, [...(found.get(path) ?? []), category]);
    }
    return found;
  });

describe("the lint rules", () => {
  test("report each impure use in the domain, and nothing that is pure or elsewhere", async () => {
    const uses = Object.entries(IMPURE).map(([use, rule], index) => ({
      path: `src/domain/planted-${index}.ts`,
      text: `export const planted = () => ${use};\n`,
      use,
      rule,
    }));
    const found = await lint({ ...Object.fromEntries(uses.map(({ path, text }) => [path, text])), ...PURE });
    const missed = uses.filter(({ path, rule }) => !found.get(path)?.includes(rule)).map(({ use }) => use);
    expect(missed).toEqual([]);
    expect(Object.keys(PURE).flatMap((path) => found.get(path) ?? [])).toEqual([]);
  }, 30_000);

  test("report default exports, barrels, any, and skipped and focused tests", async () => {
    const files = Object.fromEntries(Object.values(HOUSE));
    const found = await lint({ ...files, ...PURE });
    const missed = Object.entries(HOUSE).filter(([rule, [path]]) => !found.get(path)?.includes(rule));
    expect(missed.map(([rule]) => rule)).toEqual([]);
  }, 30_000);
});
