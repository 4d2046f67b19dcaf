import { describe, expect, test } from "bun:test";
import { ALLOWED_ORIGIN } from "../support/http.ts";
import { BULK, failureOf, ONE, setUp } from "../support/http-flags.ts";

const KEYS = [
  "enable_comments",
  "enable_user_registration",
  "enable_gdpr_banner",
  "enable_analytics",
  "enable_email_notifications",
];

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
