// Which room may see which. Every rule is an allow-list: what it does not name is a violation.
// tests/architecture/layers.test.ts plants one violation of each rule and demands its name in the report.

const LOCAL = "^(src|tests|drizzle|bench|content|deploy|docs)/";
/** The files that wire everything together; nobody imports them but each other and the tests. */
const ROOT = "^src/app/(main|compose|compose-edge|config|settings)\\.ts$|^src/app/cli/";
const ELYSIA = "node_modules/(elysia|@elysiajs/[^/]+|@sinclair/typebox)/";
const TYPEBOX = "node_modules/typebox/";

export default {
  forbidden: [
    {
      name: "domain-sees-domain-only",
      comment: "The domain is pure and runs alone: no npm, no node:, no bun:, no other room.",
      severity: "error",
      from: { path: "^src/domain/" },
      to: { pathNot: "^src/domain/" },
    },
    {
      name: "ports-see-domain-and-ports",
      comment: "A port is an interface and its contract in prose; it names no technology.",
      severity: "error",
      from: { path: "^src/ports/" },
      to: { pathNot: "^src/(domain|ports)/" },
    },
    {
      name: "app-sees-domain-ports-app",
      comment:
        "A use case reads through ports, asks the domain and commits once. `typebox` decodes its data.",
      severity: "error",
      from: { path: "^src/app/", pathNot: ROOT },
      to: { pathNot: ["^src/(domain|ports|app)/", TYPEBOX] },
    },
    {
      name: "adapter-sees-domain-ports-itself",
      comment:
        "An adapter imports domain, ports, its own folder, packages and the platform: never another adapter.",
      severity: "error",
      from: { path: "^src/adapters/([^/]+)/", pathNot: "^src/adapters/http/" },
      to: { path: LOCAL, pathNot: ["^src/(domain|ports)/", "^src/adapters/$1/"] },
    },
    {
      name: "http-sees-domain-ports-app-itself",
      comment: "adapters/http is the one adapter that sees the use cases.",
      severity: "error",
      from: { path: "^src/adapters/http/" },
      to: { path: LOCAL, pathNot: "^src/(domain|ports|app|adapters/http)/" },
    },
    {
      name: "wiring-is-a-root",
      comment:
        "main, compose, config and cli see every layer, so whoever imported one would see every layer too.",
      severity: "error",
      from: { path: "^src/", pathNot: ROOT },
      to: { path: ROOT },
    },
    {
      name: "src-has-four-rooms",
      comment: "src holds domain, ports, app and adapters/<technology>/ and nothing else.",
      severity: "error",
      from: {},
      to: { path: "^src/", pathNot: "^src/(domain|ports|app|adapters/[^/]+)/" },
    },
    {
      name: "src-sees-no-tooling",
      comment: "What ships imports nothing that does not ship.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(tests|drizzle|bench)/" },
    },
    {
      name: "elysia-typebox-in-http-only",
      comment:
        "Elysia compiles only `@sinclair/typebox` schemas (its `t`), and only adapters/http speaks Elysia.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/adapters/http/" },
      to: { path: ELYSIA },
    },
    {
      name: "typebox-never-in-http",
      comment: "A `typebox` 1.x schema in an Elysia route answers 500 to everything.",
      severity: "error",
      from: { path: "^src/adapters/http/" },
      to: { path: TYPEBOX },
    },
    {
      name: "domain-tests-run-alone",
      comment: "tests/domain runs in a copy with no node_modules: bun:test, itself and the domain.",
      severity: "error",
      from: { path: "^tests/domain/" },
      to: { pathNot: ["^src/domain/", "^tests/domain/", "^bun:test$"] },
    },
    {
      name: "no-circular",
      comment:
        "Two modules that need each other are one module. Types may: they are gone when the program runs.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-orphan",
      comment: "A module that nobody imports and that imports nobody is dead.",
      severity: "error",
      from: { orphan: true, path: "^src/", pathNot: [ROOT, "\\.d\\.ts$"] },
      to: {},
    },
    {
      name: "no-unresolvable",
      comment: "An import that leads nowhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^bun(:|$)" },
    },
    {
      name: "no-unlisted-package",
      comment: "A package that package.json does not name is somebody else's to remove.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "src-needs-no-dev-package",
      comment: "The image and `bun start` install production packages only.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], pathNot: "node_modules/(@types/|bun-types/)" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^bench/node_modules/" },
    // Type-only imports are arrows too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    // A copy of the tree with node_modules linked in must be judged like the tree itself.
    preserveSymlinks: true,
    builtInModules: {
      add: ["bun", "bun:ffi", "bun:jsc", "bun:sqlite", "bun:test"],
    },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["bun", "import", "node", "default", "types"],
      extensions: [".ts", ".mjs", ".js", ".cjs", ".json"],
    },
  },
};
