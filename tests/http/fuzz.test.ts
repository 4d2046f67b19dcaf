import { describe, expect, test } from "bun:test";
import { operationsOf } from "../fuzz/document.ts";
import { judged, table } from "../fuzz/judged.ts";
import { fuzz } from "../fuzz/run.ts";
import { MARKER } from "../fuzz/values.ts";
import { faultsOf } from "../fuzz/verdict.ts";
import type { Outcome, WireRequest } from "../fuzz/wire.ts";
import { testServer } from "../support/http.ts";

const SEED = 20_261_122;

describe("the fuzzer", () => {
  const asked: WireRequest = {
    method: "GET",
    target: "/v1/comments/0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
    headers: [["Host", "localhost"]],
    body: null,
  };
  const ID = "0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b";
  const problem = (code: string, status: number, more = {}): object => ({
    type: `/problems/${code}`,
    title: "t",
    detail: "d",
    error: "e",
    code,
    status,
    support_id: ID,
    ...more,
  });
  const answered = (status: number, body: object, more: Readonly<Record<string, string>> = {}): Outcome => {
    const type = status < 300 ? "application/json" : "application/problem+json";
    const headers = new Headers({ "content-type": type, "x-request-id": ID, ...more });
    return { kind: "answered", answer: { status, headers, body: Buffer.from(JSON.stringify(body)) } };
  };
  const bare = (status: number): Outcome => ({
    kind: "answered",
    answer: { status, headers: new Headers(), body: new Uint8Array() },
  });
  const NUL = { ...asked, headers: [...asked.headers, ["X-Nul", "\0"]] } as const;

  test.each<readonly [string, WireRequest, Outcome, readonly string[]]>([
    ["a refusal as declared", asked, answered(404, problem("not-found", 404)), []],
    ["a 500", asked, answered(500, problem("unexpected-error", 500)), ["a 500"]],
    ["a 503", asked, answered(503, problem("service-unavailable", 503)), ["a 503"]],
    ["a success of another shape", asked, answered(200, {}), ["/id: Expected required property"]],
    [
      "a status that is not declared",
      asked,
      answered(409, problem("conflict", 409)),
      ["409 is not declared", "conflict is not declared"],
    ],
    [
      "a code that is not declared",
      asked,
      answered(404, problem("last-admin", 404)),
      ["last-admin is not declared"],
    ],
    ["an echo", asked, answered(404, problem("not-found", 404, { title: MARKER.toUpperCase() })), ["echoes"]],
    [
      "an echo in a header",
      asked,
      answered(404, problem("not-found", 404), { vary: `x-${MARKER}` }),
      ["echoes"],
    ],
    ["no answer", asked, { kind: "hung", before: null }, ["hung"]],
    ["a closed connection", asked, { kind: "closed" }, ["closed without an answer"]],
    ["a refusal that is not the service's", asked, bare(400), ["a bare 400"]],
    ["the server's refusal of what is no HTTP", NUL, bare(400), []],
    ["a closed connection after what is no HTTP", NUL, { kind: "closed" }, []],
    ["a bare 500 after what is no HTTP", NUL, bare(500), ["a bare 500"]],
  ])("judges %s", async (_what, request, outcome, faults) => {
    const server = await testServer();
    const document = await (await server.request("GET", "/docs/json")).json();
    expect(await faultsOf(request, outcome, operationsOf(document), server.routes)).toEqual([...faults]);
    await server.close();
  });

  test("finds nothing with 10,000 requests over every operation", async () => {
    const report = await fuzz({ count: 10_000, seed: SEED });
    console.log(`seed ${SEED}\n${table(report)}`);
    expect(judged(report, { successes: 5, flat: false })).toEqual([]);
    expect(report.requests).toBe(10_000);
  }, 120_000);
});
