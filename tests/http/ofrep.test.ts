import { describe, expect, test } from "bun:test";
import { ALLOWED_ORIGIN, type RequestOptions, testServer } from "../support/http.ts";
import { person, post, serviceToken } from "../support/http-people.ts";

const BULK = "/ofrep/v1/evaluate/flags";
const ONE = `${BULK}/enable_comments`;

const KEYS = [
  "enable_comments",
  "enable_user_registration",
  "enable_gdpr_banner",
  "enable_analytics",
  "enable_email_notifications",
];

const setUp = async () => {
  const server = await testServer();
  const token = await serviceToken(server, ["consents:check"]);
  const admin = await person(server, "admin@example.org", "admin");
  const evaluate = (path: string, options: RequestOptions = { json: {} }) =>
    server.request("POST", path, { token, ...options });
  const turn = (flag: string, enabled: boolean) =>
    server.request("PUT", `/v1/admin/flags/${flag}`, { token: admin.token, json: { enabled } });
  return { server, token, admin, evaluate, turn };
};

interface Failure {
  readonly key?: string;
  readonly errorCode: string;
  readonly errorDetails: string;
}

/** The whole answer of a refusal, but its words. */
const failureOf = async (response: Response) => {
  const { errorDetails, ...rest } = (await response.json()) as Failure;
  expect(errorDetails).not.toBe("");
  return [response.status, response.headers.get("content-type"), rest];
};

describe("evaluation", () => {
  test("answers every flag with its value, false ones too, and no metadata", async () => {
    const { evaluate } = await setUp();
    const bulk = await evaluate(BULK);
    expect([bulk.status, bulk.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(await bulk.json()).toEqual({
      flags: KEYS.map((key) => ({ key, value: key !== "enable_analytics", reason: "STATIC" })),
    });
    for (const key of KEYS) {
      const one = await evaluate(`${BULK}/${key}`);
      expect([one.status, await one.json()]).toEqual([
        200,
        { key, value: key !== "enable_analytics", reason: "STATIC" },
      ]);
    }
  });

  test.each([
    ["no body and no type", {}],
    ["no body of some type", { headers: { "content-type": "text/plain" } }],
    ["an empty object", { json: {} }],
    ["an empty context", { json: { context: {} } }],
    [
      "a context without a targeting key",
      { json: { context: { email: "a@example.org", nested: [{ n: 1 }] } } },
    ],
    ["any context", { json: { context: { targetingKey: "", plan: null, at: 1.5 } } }],
    ["a later version's fields", { json: { context: { targetingKey: "u" }, later: true } }],
    [
      "a type with a charset",
      { headers: { "content-type": "application/json; charset=utf-8" }, body: '{"context":{}}' },
    ],
  ] as const)("takes %s", async (_what, options) => {
    const { evaluate } = await setUp();
    for (const path of [BULK, ONE]) expect((await evaluate(path, options)).status).toBe(200);
  });

  test("takes what an event stream would have told, and ignores it", async () => {
    const { evaluate } = await setUp();
    const query = "?flagConfigEtag=abc&flagConfigLastModified=1771622898";
    expect((await evaluate(`${BULK}${query}`)).status).toBe(200);
    expect((await evaluate(`${BULK}?flagConfigLastModified=2026-02-20T21:28:18Z`)).status).toBe(200);
  });

  test("keeps and logs nothing of the context", async () => {
    const { server, evaluate } = await setUp();
    const json = { context: { targetingKey: "zwiebelfisch@example.org", Zwiebelfisch: 1 } };
    for (const path of [BULK, ONE, `${BULK}/Zwiebelfisch?`]) await evaluate(path, { json });
    await evaluate(ONE, { json: { context: { targetingKey: ["zwiebelfisch@example.org"] } } });
    expect(server.logs.length).toBeGreaterThan(3);
    expect(JSON.stringify(server.logs).toLowerCase()).not.toContain("zwiebelfisch");
    const trail = await server.deps.readers.audit.list(null, 100);
    expect(JSON.stringify(trail).toLowerCase()).not.toContain("zwiebelfisch");
  });
});

describe("who evaluates", () => {
  test("a program by X-API-Key as by a bearer token, and the bearer token wins", async () => {
    const { server, token } = await setUp();
    const ask = async (headers: Record<string, string>) =>
      (await server.request("POST", BULK, { headers, json: {} })).status;
    expect(await ask({ "x-api-key": token })).toBe(200);
    expect(await ask({ "x-api-key": "gnk_wrong" })).toBe(401);
    expect(await ask({ "x-api-key": token, authorization: "Bearer gnk_wrong" })).toBe(401);
    expect(await ask({ "x-api-key": "gnk_wrong", authorization: `Bearer ${token}` })).toBe(200);
    expect(await ask({})).toBe(401);
  });

  test("X-API-Key opens nothing else", async () => {
    const { server, admin } = await setUp();
    const headers = { "x-api-key": admin.token };
    expect((await server.request("GET", "/v1/admin/flags", { headers })).status).toBe(401);
  });

  test("whoever is signed in by cookie, from an allowed origin", async () => {
    const { server, admin } = await setUp();
    const ask = (origin: string) =>
      server.request("POST", BULK, {
        headers: { cookie: `gonogo_session=${admin.token}`, origin },
        json: {},
      });
    expect((await ask(ALLOWED_ORIGIN)).status).toBe(200);
    expect(await failureOf(await ask("https://evil.example"))).toEqual([
      403,
      "application/json",
      { errorCode: "GENERAL" },
    ]);
  });
});

describe("the ETag", () => {
  test("is answered with 304, the tag and no body, weakly compared, in lists and by *", async () => {
    const { evaluate } = await setUp();
    const tag = (await evaluate(BULK)).headers.get("etag") ?? "";
    expect(tag).toMatch(/^"[\w-]{43}"$/);
    for (const known of [tag, `W/${tag}`, `"other", W/"a,b" ,${tag}`, `"x",${tag},"y"`, "*", " * "]) {
      const answer = await evaluate(BULK, { json: {}, headers: { "if-none-match": known } });
      expect([known, answer.status, answer.headers.get("etag"), await answer.text()]).toEqual([
        known,
        304,
        tag,
        "",
      ]);
      expect(answer.headers.get("content-type")).toBeNull();
      expect(answer.headers.get("cache-control")).toContain("no-store");
    }
    for (const other of ['"other"', tag.slice(1, -1), `"${tag.slice(1, 20)}"`, ""]) {
      const answer = await evaluate(BULK, { json: {}, headers: { "if-none-match": other } });
      expect([other, answer.status]).toEqual([other, 200]);
    }
  });

  test("changes exactly when the answer does", async () => {
    const { evaluate, turn } = await setUp();
    const tag = async (json: object = {}) => (await evaluate(BULK, { json })).headers.get("etag");
    const before = await tag();
    expect(await tag({ context: { targetingKey: "somebody else" } })).toBe(before);
    await turn("enable_analytics", false);
    expect(await tag()).toBe(before);
    await turn("enable_comments", false);
    const after = await tag();
    expect(after).not.toBe(before);
    const stale = await evaluate(BULK, { json: {}, headers: { "if-none-match": before ?? "" } });
    expect([stale.status, stale.headers.get("etag")]).toEqual([200, after]);
  });
});

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

test("a page of an allowed origin may send and read what the web provider needs", async () => {
  const { server, evaluate } = await setUp();
  const wanted = ["If-None-Match", "Content-Type", "Authorization", "X-API-Key"];
  const preflight = await server.request("OPTIONS", BULK, {
    headers: {
      origin: ALLOWED_ORIGIN,
      "access-control-request-method": "POST",
      "access-control-request-headers": wanted.join(",").toLowerCase(),
    },
  });
  const listed = (response: Response, name: string) => response.headers.get(name)?.split(", ") ?? [];
  expect(preflight.status).toBe(204);
  expect(listed(preflight, "access-control-allow-headers")).toEqual(expect.arrayContaining(wanted));
  for (const headers of [{ origin: ALLOWED_ORIGIN }, { origin: ALLOWED_ORIGIN, "if-none-match": "*" }]) {
    const answer = await evaluate(BULK, { json: {}, headers });
    expect(listed(answer, "access-control-expose-headers")).toEqual(
      expect.arrayContaining(["ETag", "Retry-After"]),
    );
    expect(answer.headers.get("access-control-allow-origin")).toBe(ALLOWED_ORIGIN);
  }
});
