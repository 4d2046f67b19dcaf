// `bun run test`: format and lint, types, layers, the domain alone, then every suite. With names, only those:
// `bun run test domain http`. Ends with `N passed, N failed`; the exit code says the same.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Counts, countCheck, countTests, type Ran, run } from "./suite.ts";

const TREE = join(import.meta.dir, "..");
const BUN = process.execPath;
const CI = process.env["CI"] === "true";

interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  readonly count: (ran: Ran) => Counts;
  readonly limitSeconds: number;
}

interface LeftOut {
  readonly what: string;
  readonly why: string;
}

const check = (name: string, ...command: string[]): Suite => ({
  name,
  command: [BUN, ...command],
  count: countCheck,
  limitSeconds: 120,
});

/** `timeoutSeconds` is the default of one test; a test may name its own. */
const tests = (name: string, paths: readonly string[], limitSeconds = 120, timeoutSeconds = 20): Suite => ({
  name,
  command: [BUN, "--no-env-file", "test", `--timeout=${timeoutSeconds * 1000}`, ...paths],
  count: countTests,
  limitSeconds,
});

const DOMAIN_ALONE = "./tests/architecture/domain-alone.test.ts";
const SLOW: Readonly<Record<string, readonly [limit: number, timeout: number]>> = {
  contract: [300, 60],
  http: [240, 30],
  faults: [420, 180],
  browser: [240, 60],
};
/** These measure time or break things: nothing else runs beside them. */
const BY_THEMSELVES = ["http", "faults", "browser"];
const ORDER = ["architecture", "domain", "properties", "app", "contract", ...BY_THEMSELVES];

const testFilesIn = (folder: string): string[] =>
  existsSync(join(TREE, "tests", folder))
    ? readdirSync(join(TREE, "tests", folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts"))
        .map((file) => `./tests/${folder}/${file}`)
        .toSorted()
    : [];

/** Every folder of tests/ that is there and holds tests is a suite: none can be forgotten here. */
const folders = (): string[] => {
  const found = readdirSync(join(TREE, "tests"), { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() && (ORDER.includes(entry.name) || testFilesIn(entry.name).length > 0),
    )
    .map(({ name }) => name);
  const others = found.filter((name) => !ORDER.includes(name)).toSorted();
  return [...ORDER.slice(0, 4), ...others, ...ORDER.slice(4)].filter((name) => found.includes(name));
};

const suiteOf = (folder: string): Suite =>
  folder === "architecture"
    ? tests(
        folder,
        testFilesIn(folder).filter((file) => file !== DOMAIN_ALONE),
      )
    : tests(folder, [`./tests/${folder}`], ...(SLOW[folder] ?? []));

/** A developer's own settings must not decide a test: what .env.example names is not passed on. */
const environment = (): Record<string, string | undefined> => {
  const settings = readFileSync(join(TREE, ".env.example"), "utf8").matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm);
  const dropped = new Set([...settings].map(([, name]) => name));
  const kept = Object.entries(process.env).filter(([name]) => !dropped.has(name.toUpperCase()));
  return { ...Object.fromEntries(kept), NO_COLOR: "1", FORCE_COLOR: undefined };
};

const totals = { passed: 0, failed: 0 };
const leftOut: LeftOut[] = [];

const play = async (suite: Suite): Promise<void> => {
  const ran = await run(suite.command, { cwd: TREE, env: environment(), limitSeconds: suite.limitSeconds });
  const { passed, failed, remarks } = suite.count(ran);
  totals.passed += passed;
  totals.failed += failed;
  for (const [, what = "", why = ""] of ran.output.matchAll(/^LEFT OUT: (.+?): (.+)$/gm)) {
    if (!leftOut.some((other) => other.what === what)) leftOut.push({ what, why });
  }
  const counts = failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} FAILED`;
  const line = `${suite.name.padEnd(16)} ${ran.seconds.toFixed(1).padStart(6)} s   ${counts}`;
  if (failed > 0) console.log(`\n${ran.output.trimEnd()}\n`);
  console.log([line, ...remarks].join("   "));
};

/** Plays the suites in their order, at most `lanes` at a time. */
const playAll = async (suites: readonly Suite[], lanes: number): Promise<void> => {
  const waiting = [...suites];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await play(next);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
};

const CHECKS = [
  check("format and lint", "node_modules/.bin/biome", "check", "--error-on-warnings", "."),
  check("types", "node_modules/.bin/tsc", "--noEmit"),
  check("layers", "tests/architecture/cruise.ts"),
  tests("domain alone", [DOMAIN_ALONE]),
];

const started = performance.now();
const wanted = process.argv.slice(2);
const chosen = ({ name }: Suite): boolean => wanted.length === 0 || wanted.includes(name);
const suites = folders().map(suiteOf);
const unknown = wanted.filter((name) => ![...CHECKS, ...suites].some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `No such suite: ${unknown.join(", ")}. There are: ${[...CHECKS, ...suites].map(({ name }) => name).join(", ")}`,
  );
  process.exit(2);
}

await playAll(CHECKS.filter(chosen), 2);
await playAll(
  suites.filter(chosen).filter(({ name }) => !BY_THEMSELVES.includes(name)),
  2,
);
await playAll(
  suites.filter(chosen).filter(({ name }) => BY_THEMSELVES.includes(name)),
  1,
);

const stray = readdirSync(join(TREE, "tests")).filter((file) => file.endsWith(".test.ts"));
for (const file of stray) console.log(`tests/${file} is in no suite: move it into a folder of tests/`);
totals.failed += stray.length;

for (const { what, why } of leftOut)
  console.log(`left out: ${what}: ${why}${CI ? " (a failure in CI)" : ""}`);
if (CI) totals.failed += leftOut.length;

console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
