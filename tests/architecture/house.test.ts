import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TREE } from "./copy.ts";

const MOST_LINES = 300;
/** Lists that are read as one: a dialect's tables, the catalogues, the table of contents. */
const FLAT_LISTS =
  /^src\/(adapters\/drizzle\/schema\.(sqlite|postgres)|adapters\/http\/problems|adapters\/memory\/fields|app\/application|app\/settings|domain\/audit\/audit-details|domain\/personal-data\/catalogue)\.ts$/;

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const filesOf = (pattern: string): SourceFile[] =>
  [...new Bun.Glob(pattern).scanSync({ cwd: TREE })]
    .filter((path) => !path.includes("node_modules/"))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(join(TREE, path), "utf8") }));

const SRC = filesOf("src/**/*");
const TESTS = filesOf("{tests,bench}/**/*.ts");

/** `path:line` of every line that matches. */
const linesWith = (files: readonly SourceFile[], pattern: RegExp): string[] =>
  files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );

describe("the house", () => {
  test("has files to look at", () => {
    expect(SRC.length).toBeGreaterThan(0);
    expect(TESTS.length).toBeGreaterThan(0);
  });

  test("has four rooms", () => {
    const rooms = /^src\/(domain\/[^/]+\/|ports\/[^/]+$|app\/|adapters\/[^/]+\/)/;
    expect(SRC.map(({ path }) => path).filter((path) => !rooms.test(path))).toEqual([]);
  });

  test("has no index file, which is where barrels begin", () => {
    expect(SRC.map(({ path }) => path).filter((path) => /(^|\/)index\.[cm]?[jt]sx?$/.test(path))).toEqual([]);
  });

  test("has no default export and no `export … from`", () => {
    // A `.d.ts` file describes what is imported from elsewhere, as it is.
    const code = SRC.filter(({ path }) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
    expect(linesWith(code, /^\s*export\s+default\b|\bas default\b/)).toEqual([]);
    expect(linesWith(code, /^\s*export\s.*\sfrom\s+["']/)).toEqual([]);
  });

  test("skips, focuses and postpones no test", () => {
    // `.if(`, `.skipIf(` and `.todoIf(` skip too, and `.failing(` passes because something is broken.
    const modifier =
      /\b(test|it|describe)(\.each\(.*\)|\.concurrent|\.serial)*\.(skip|only|todo|if|skipIf|todoIf|failing)\(/;
    expect(linesWith(TESTS, modifier)).toEqual([]);
    expect(
      linesWith(TESTS, /\bfrom ["'](vitest|node:test|jest)["']|\b(xit|xtest|xdescribe|fit|fdescribe)\(/),
    ).toEqual([]);
  });

  test("has no transaction closure: a decision is committed as Changes", () => {
    expect(linesWith(SRC, /\.transaction\(/)).toEqual([]);
  });

  test(`has no source file of more than ${MOST_LINES} lines`, () => {
    const long = SRC.filter(({ path }) => !FLAT_LISTS.test(path)).map(({ path, text }) => ({
      path,
      lines: text.trimEnd().split("\n").length,
    }));
    expect(long.filter(({ lines }) => lines > MOST_LINES)).toEqual([]);
  });
});
