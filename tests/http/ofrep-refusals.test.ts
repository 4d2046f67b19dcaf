import { describe, expect, test } from "bun:test";
import { testServer } from "../support/http.ts";
import { BULK, failureOf, ONE, setUp } from "../support/http-flags.ts";
import { post, serviceToken } from "../support/http-people.ts";

describe("a refusal", () => {
  const JSON_TYPE = { "content-type": "application/json" };
  const nested = (depth: number): string =>
    `{"context":{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}}`;

  test.each([
    [400, "PARSE_ERROR", { headers: JSON_TYPE, body: '{"context": ' }],
    [400, "PARSE_ERROR", { headers: JSON_TYPE, body: " " }],
    [400, "INVALID_CONTEXT", { headers: JSON_TYPE, body: "null" }],
    [400, "INVALID_CONTEXT", { json: { context: [] } }],
    [400, "INVALID_CONTEXT", { json: { context: "user" } }],
    [400, "INVALID_CONTEXT", { json: { context: { targetingKey: 1 } } }],
    [400, "INVALID_CONTEXT", { headers: JSON_TYPE, body: nested(17) }],
    [400, "INVALID_CONTEXT", { headers: JSON_TYPE, body: nested(30_000) }],
    [413, "GENERAL", { json: { context: { targetingKey: "x".repeat(65_536) } } }],
    [415, "GENERAL", { headers: { "content-type": "text/plain" }, body: "{}" }],
    [415, "GENERAL", { headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body: "{}" }],
    [401, "GENERAL", { token: "gnk_wrong" }],
  ] as const)("of status %i and code %s is the protocol's own", async (status, errorCode, options) => {
    const { evaluate } = await setUp();
    expect(await failureOf(await evaluate(BULK, options))).toEqual([
      status,
      "application/json",
      { errorCode },
    ]);
    expect(await failureOf(await evaluate(ONE, options))).toEqual([
      status,
      "application/json",
      { key: "enable_comments", errorCode },
    ]);
  });

  test("stops at the depth it names", async () => {
    const { evaluate } = await setUp();
    expect((await evaluate(BULK, { headers: JSON_TYPE, body: nested(16) })).status).toBe(200);
  });

  test("never holds what was sent", async () => {
    const { evaluate } = await setUp();
    const answer = await evaluate(ONE, { json: { context: { targetingKey: { Geheimnis: "Geheimnis" } } } });
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain("Geheimnis");
  });

  test.each([
    ["enable_everything", "enable_everything"],
    ["__proto__", "__proto__"],
    ["flags.enable_comments", "flags.enable_comments"],
    ["%3Cscript%3E", ""],
    ["a%40example.org", ""],
    ["%FF", ""],
    ["x".repeat(101), ""],
  ])("of a flag that is not there names it where it could be one: %s", async (path, key) => {
    const { evaluate } = await setUp();
    expect(await failureOf(await evaluate(`${BULK}/${path}`))).toEqual([
      404,
      "application/json",
      { key, errorCode: "FLAG_NOT_FOUND" },
    ]);
  });

  test("of an edit token is 403", async () => {
    const { server, evaluate, admin } = await setUp();
    const { edit_token } = await post(server, admin.token);
    const refused = await evaluate(BULK, { token: edit_token });
    expect(await failureOf(refused)).toEqual([403, "application/json", { errorCode: "GENERAL" }]);
  });

  test("of a method that is not POST is worded the same, and keeps Allow", async () => {
    const { server } = await setUp();
    const answer = await server.request("GET", BULK);
    expect(answer.headers.get("allow")).toBe("POST, OPTIONS");
    expect(await failureOf(answer)).toEqual([405, "application/json", { errorCode: "GENERAL" }]);
  });

  test("of one request too many tells when to come back", async () => {
    const server = await testServer({ perMinute: 1 });
    const token = await serviceToken(server, ["consents:check"]);
    const ask = () => server.request("POST", BULK, { token, json: {} });
    expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect(refused.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(await failureOf(refused)).toEqual([429, "application/json", { errorCode: "GENERAL" }]);
  });

  test("of a failure is 500, with the support id in its header and the log line", async () => {
    const server = await testServer({
      replace: (application) => ({
        ...application,
        flags: { ...application.flags, evaluate: () => Promise.reject(new Error("forced")) },
      }),
    });
    const token = await serviceToken(server, ["consents:check"]);
    const answer = await server.request("POST", ONE, { token, json: {} });
    const id = answer.headers.get("x-request-id") ?? "";
    expect(await failureOf(answer)).toEqual([
      500,
      "application/json",
      { key: "enable_comments", errorCode: "GENERAL" },
    ]);
    const line = server.logs.find(({ event }) => event === "unhandled_exception");
    expect(line?.fields).toMatchObject({ support_id: id, path_template: "/ofrep/v1/evaluate/flags/:key" });
  });
});
