import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { copyOfTree, inTemporaryFolder, linkPackages, plant, TREE } from "./copy.ts";
import { cruise, type Violation } from "./cruise.ts";

const CONFIG = [".dependency-cruiser.mjs", "package.json", "tsconfig.json"];

/** One planted arrow: the file that is written, what it imports, and the files it needs to be there. */
interface Plant {
  readonly from: string;
  readonly imports: readonly string[];
  /** The file that imports `from`, so that no-orphan is not what is reported. */
  readonly also?: Readonly<Record<string, string>>;
}

const LEAF = "export const leaf = 1;\n";

const FORBIDDEN: Readonly<Record<string, readonly Plant[]>> = {
  "domain-sees-domain-only": [
    { from: "src/domain/planted-a.ts", imports: ["../ports/planted-port.ts"] },
    { from: "src/domain/planted-b.ts", imports: ["../app/planted/use-case.ts"] },
    { from: "src/domain/planted-c.ts", imports: ["../adapters/planted/adapter.ts"] },
    { from: "src/domain/planted-d.ts", imports: ["node:crypto"] },
    { from: "src/domain/planted-e.ts", imports: ["crypto"] },
    { from: "src/domain/planted-f.ts", imports: ["bun:sqlite"] },
    { from: "src/domain/planted-g.ts", imports: ["bun"] },
    { from: "src/domain/planted-h.ts", imports: ["typebox"] },
  ],
  "ports-see-domain-and-ports": [
    { from: "src/ports/planted-a.ts", imports: ["../app/planted/use-case.ts"] },
    { from: "src/ports/planted-b.ts", imports: ["../adapters/planted/adapter.ts"] },
    { from: "src/ports/planted-c.ts", imports: ["node:stream"] },
    { from: "src/ports/planted-d.ts", imports: ["drizzle-orm"] },
  ],
  "app-sees-domain-ports-app": [
    { from: "src/app/planted/a.ts", imports: ["../../adapters/planted/adapter.ts"] },
    { from: "src/app/planted/b.ts", imports: ["node:fs"] },
    { from: "src/app/planted/c.ts", imports: ["bun:sqlite"] },
    { from: "src/app/planted/d.ts", imports: ["pino"] },
  ],
  "adapter-sees-domain-ports-itself": [
    { from: "src/adapters/planted/a.ts", imports: ["../planted-other/adapter.ts"] },
    { from: "src/adapters/planted/b.ts", imports: ["../../app/planted/use-case.ts"] },
  ],
  "http-sees-domain-ports-app-itself": [
    { from: "src/adapters/http/planted.ts", imports: ["../planted-other/adapter.ts"] },
  ],
  "wiring-is-a-root": [
    { from: "src/adapters/http/planted-root.ts", imports: ["../../app/cli/planted-command.ts"] },
    { from: "src/app/planted/root.ts", imports: ["../cli/planted-command.ts"] },
  ],
  "src-has-four-rooms": [
    { from: "src/app/cli/planted-rooms.ts", imports: ["../../utils/planted.ts"] },
    { from: "src/app/cli/planted-loose.ts", imports: ["../../adapters/planted-loose.ts"] },
  ],
  "src-sees-no-tooling": [
    { from: "src/adapters/planted/tooling.ts", imports: ["../../../tests/support/planted.ts"] },
  ],
  "elysia-typebox-in-http-only": [
    { from: "src/adapters/planted/t.ts", imports: ["elysia"] },
    { from: "src/adapters/planted/old-typebox.ts", imports: ["@sinclair/typebox"] },
    { from: "src/app/cli/planted-swagger.ts", imports: ["@elysiajs/swagger"] },
  ],
  "typebox-never-in-http": [
    { from: "src/adapters/http/planted-typebox.ts", imports: ["typebox"] },
    { from: "src/adapters/http/planted-value.ts", imports: ["typebox/value"] },
  ],
  "domain-tests-run-alone": [
    { from: "tests/domain/planted-a.test.ts", imports: ["fast-check"] },
    { from: "tests/domain/planted-b.test.ts", imports: ["../../src/app/planted/use-case.ts"] },
    { from: "tests/domain/planted-c.test.ts", imports: ["../support/planted.ts"] },
    { from: "tests/domain/planted-d.test.ts", imports: ["node:fs"] },
  ],
  "no-circular": [
    {
      from: "src/domain/planted-ring.ts",
      imports: ["./planted-ring-back.ts"],
      also: { "src/domain/planted-ring-back.ts": `import "./planted-ring.ts";\n${LEAF}` },
    },
  ],
  "no-orphan": [{ from: "src/domain/planted-orphan.ts", imports: [] }],
  "no-unresolvable": [{ from: "src/app/cli/planted-nowhere.ts", imports: ["./nowhere.ts"] }],
  "no-unlisted-package": [{ from: "src/adapters/planted/unlisted.ts", imports: ["acorn"] }],
  "src-needs-no-dev-package": [{ from: "src/adapters/planted/dev.ts", imports: ["fast-check"] }],
};

const ALLOWED: readonly Plant[] = [
  { from: "src/domain/planted-fine.ts", imports: ["./planted-leaf.ts"] },
  { from: "src/ports/planted-fine.ts", imports: ["../domain/planted-leaf.ts", "./planted-port.ts"] },
  { from: "src/app/planted/fine.ts", imports: ["./use-case.ts", "../../ports/planted-port.ts", "typebox"] },
  { from: "src/app/cli/planted-fine.ts", imports: ["../../adapters/planted/adapter.ts", "node:fs", "pino"] },
  {
    from: "src/adapters/planted/fine.ts",
    imports: [
      "./adapter.ts",
      "../../domain/planted-leaf.ts",
      "bun:sqlite",
      "node:fs",
      "drizzle-orm",
      "typebox",
    ],
  },
  {
    from: "src/adapters/http/planted-fine.ts",
    imports: ["elysia", "@sinclair/typebox", "@elysiajs/swagger", "../../app/planted/use-case.ts"],
  },
  { from: "tests/domain/planted-fine.test.ts", imports: ["bun:test", "../../src/domain/planted-leaf.ts"] },
  {
    from: "tests/support/planted-fine.ts",
    imports: ["fast-check", "../../src/adapters/planted/adapter.ts", "../../src/app/cli/planted-command.ts"],
  },
];

/** What the planted arrows lead to. Each imports something, so that none is an orphan. */
const TARGETS = {
  "src/domain/planted-leaf.ts": LEAF,
  "src/ports/planted-port.ts": `import "../domain/planted-leaf.ts";\n${LEAF}`,
  "src/app/planted/use-case.ts": `import "../../domain/planted-leaf.ts";\n${LEAF}`,
  "src/app/cli/planted-command.ts": LEAF,
  "src/adapters/planted/adapter.ts": `import "../../domain/planted-leaf.ts";\n${LEAF}`,
  "src/adapters/planted-other/adapter.ts": `import "../../domain/planted-leaf.ts";\n${LEAF}`,
  "src/adapters/planted-loose.ts": LEAF,
  "src/utils/planted.ts": LEAF,
  "tests/support/planted.ts": LEAF,
};

const source = (imports: readonly string[]): string =>
  `${imports.map((from) => `import ${JSON.stringify(from)};\n`).join("")}${LEAF}`;

/** The violations that a copy of the tree shows once every arrow is planted in it. */
const planted = async (): Promise<readonly Violation[]> =>
  inTemporaryFolder(async (folder) => {
    copyOfTree(folder, [...CONFIG, "src"]);
    linkPackages(folder);
    plant(folder, TARGETS);
    for (const { from, imports, also } of [...Object.values(FORBIDDEN).flat(), ...ALLOWED]) {
      plant(folder, { [from]: source(imports), ...also });
    }
    return (await cruise(folder)).violations;
  });

describe("the layers", () => {
  test("the tree keeps every rule, and it was looked at", async () => {
    const { modules, arrows, violations } = await cruise(TREE);
    expect(violations).toEqual([]);
    expect(modules).toBeGreaterThan(0);
    expect(arrows).toBeGreaterThan(0);
  }, 30_000);

  test("every rule has a planted violation", async () => {
    const config = await import(join(TREE, ".dependency-cruiser.mjs"));
    const names: string[] = config.default.forbidden.map((rule: { name: string }) => rule.name);
    expect(Object.keys(FORBIDDEN).toSorted()).toEqual(names.toSorted());
  });

  test("each planted violation is reported under its rule, and nothing that is allowed is", async () => {
    const found = await planted();
    const missed = Object.entries(FORBIDDEN).flatMap(([rule, plants]) =>
      plants
        .filter(
          ({ from }) => !found.some((seen) => seen.rule === rule && [seen.from, seen.to].includes(from)),
        )
        .map(({ from, imports }) => `${rule}: ${from} → ${imports.join(", ")}`),
    );
    expect(missed).toEqual([]);
    const wronged = found.filter(({ from }) => ALLOWED.some((fine) => fine.from === from));
    expect(wronged).toEqual([]);
  }, 30_000);
});
