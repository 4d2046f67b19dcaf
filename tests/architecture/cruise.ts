// `bun run arch`: which module sees which, judged by the allow-lists of .dependency-cruiser.mjs.
import { existsSync } from "node:fs";
import { join } from "node:path";

const TREE = join(import.meta.dir, "../..");
const FOLDERS = ["src", "tests", "drizzle", "bench"];

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

export interface Cruise {
  /** Modules of src that were looked at, and the arrows that leave them. */
  readonly modules: number;
  readonly arrows: number;
  readonly violations: readonly Violation[];
}

interface Report {
  modules: { source: string; dependencies: unknown[] }[];
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

/** Cruises the tree at `root`; throws with the tool's own words when it could not. */
export const cruise = async (root: string): Promise<Cruise> => {
  const tool = join(TREE, "node_modules/.bin/depcruise");
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
  const command = [process.execPath, tool, "--config", ".dependency-cruiser.mjs", "--output-type", "json"];
  const child = Bun.spawn([...command, ...folders], { cwd: root, stdout: "pipe", stderr: "pipe" });
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  let report: Report;
  try {
    report = JSON.parse(out) as Report;
  } catch {
    throw new Error(
      `dependency-cruiser gave no report (exit ${child.exitCode}):\n${err}${out.slice(0, 2000)}`,
    );
  }
  const own = report.modules.filter(({ source }) => source.startsWith("src/"));
  return {
    modules: own.length,
    arrows: own.reduce((sum, { dependencies }) => sum + dependencies.length, 0),
    violations: report.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
};

if (import.meta.main) {
  const { modules, arrows, violations } = await cruise(TREE);
  for (const { rule, from, to } of violations)
    console.log(`${rule}: ${from}${from === to ? "" : ` → ${to}`}`);
  console.log(`${modules} modules, ${arrows} arrows, ${violations.length} violations`);
  // With a TypeScript it cannot load, dependency-cruiser finds nothing to cruise and nothing to complain about.
  if (modules === 0 || arrows === 0) console.log("nothing was cruised: that is a failure, not a pass");
  process.exit(modules > 0 && arrows > 0 && violations.length === 0 ? 0 : 1);
}
