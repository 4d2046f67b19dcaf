import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Elysia } from "elysia";
import { demandPermissions } from "../../src/adapters/http/permissions.ts";
import { run } from "../suite.ts";
import { testServer } from "../support/http.ts";

const TREE = join(import.meta.dir, "../..");

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: string[];
  readonly "x-permission"?: string;
  readonly requestBody?: { readonly content: object };
  readonly responses: Record<string, { readonly content?: object }>;
}

interface Document {
  readonly openapi: string;
  readonly tags: { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, object> };
}

const served = async (): Promise<Document> =>
  (await (await testServer()).request("GET", "/docs/json")).json() as Promise<Document>;

const operationsOf = ({ paths }: Document): [string, Operation][] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  );

const failure = (name: string): object => ({
  "application/json": { schema: { $ref: `#/components/schemas/${name}` } },
});

describe("the document", () => {
  test("is the committed one: `bun run openapi` writes it", async () => {
    const committed = JSON.parse(readFileSync(join(TREE, "docs/openapi.json"), "utf8"));
    expect(await served()).toEqual(committed);
  });

  test("is accepted by Redocly without an error, a warning or a rule switched off", async () => {
    const config = readFileSync(join(TREE, "redocly.yaml"), "utf8");
    expect(config.split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
      "extends:",
      "  - recommended",
    ]);
    const tool = join(TREE, "node_modules/@redocly/cli/bin/cli.js");
    const ran = await run([process.execPath, tool, "lint", "--format=json", "docs/openapi.json"], {
      cwd: TREE,
      env: { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" },
      limitSeconds: 60,
    });
    const report = JSON.parse(ran.output.slice(ran.output.indexOf("{"), ran.output.lastIndexOf("}") + 1));
    expect(report.totals).toEqual({ errors: 0, warnings: 0, ignored: 0 });
    expect(ran.exit).toBe(0);
  });

  test("states of every operation who may, what it is called and what can go wrong", async () => {
    const document = await served();
    const tags = document.tags.map(({ name }) => name);
    const ids = new Set<string>();
    for (const [name, operation] of operationsOf(document)) {
      expect([name, operation["x-permission"]]).toEqual([
        name,
        expect.stringMatching(/^[a-z:-]+( \| [a-z:-]+)*$/),
      ]);
      expect(tags).toContain(operation.tags?.[0] ?? "?");
      expect(operation.summary).toBeString();
      expect([name, Object.keys(operation.responses)]).toEqual([name, expect.arrayContaining(["500"])]);
      ids.add(operation.operationId ?? name);
    }
    expect(ids.size).toBe(operationsOf(document).length);
  });

  test("knows JSON bodies only but one form, and problems as problems but where a protocol has its own", async () => {
    const OWN: Readonly<Record<string, object>> = {
      "post /ofrep/v1/evaluate/flags": failure("BulkEvaluationFailure"),
      "post /ofrep/v1/evaluate/flags/{key}": failure("EvaluationFailure"),
    };
    for (const [name, { requestBody, responses }] of operationsOf(await served())) {
      if (requestBody !== undefined) {
        // Mail programs send a form (RFC 8058).
        const types =
          name === "post /unsubscribe/{token}"
            ? ["application/x-www-form-urlencoded", "multipart/form-data"]
            : ["application/json"];
        expect([name, Object.keys(requestBody.content)]).toEqual([name, types]);
      }
      for (const [status, { content }] of Object.entries(responses)) {
        // 431 is Bun's own answer, before the service sees the request.
        if (Number(status) < 400 || status === "431") continue;
        const problem = { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } };
        expect([name, content]).toMatchObject([name, OWN[name] ?? problem]);
      }
    }
  });

  test("refuses unknown fields wherever it describes an object", async () => {
    const open: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (node === null || typeof node !== "object") return;
      const { type, properties, additionalProperties } = node as Record<string, unknown>;
      if (type === "object" && properties !== undefined && additionalProperties !== false) open.push(path);
      for (const [key, child] of Object.entries(node)) look(child, `${path}/${key}`);
    };
    look((await served()).components.schemas, "");
    // The evaluation context is the client's own, and what clients of that protocol will send besides is not known yet.
    expect(open).toEqual(["/EvaluationContext", "/EvaluationRequest", "/JsonSchema", "/OpenApiDocument"]);
  });
});

describe("a route that states no permission", () => {
  test.each([
    ["none at all", undefined],
    ["one nobody knows", { detail: { "x-permission": "everything" } }],
  ])("does not start: %s", (_what, hooks) => {
    const app = new Elysia().get("/secret", () => "x", hooks as object);
    expect(() => demandPermissions(app.routes)).toThrow("GET /secret states no permission");
  });

  test("and one that does starts", () => {
    const app = new Elysia().get("/open", () => "x", { detail: { "x-permission": "none" } as object });
    expect(() => demandPermissions(app.routes)).not.toThrow();
  });
});
