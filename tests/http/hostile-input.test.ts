import { describe, expect, test } from "bun:test";
import { codeOf, type RequestOptions, type TestServer, testServer } from "../support/http.ts";
import { person } from "../support/http-people.ts";

const JSON_TYPE = { "content-type": "application/json" };
const POST = "/v1/threads/t/comments";

const comment = (change: object): string =>
  JSON.stringify({ content: "Hello", author_name: "Erika", gdpr_consent: true, ...change });

const LIMIT = 65_536;

const padded = (bytes: number): string => {
  const frame = comment({ content: "" });
  return comment({ content: "x".repeat(bytes - frame.length) });
};

interface Case {
  readonly what: string;
  readonly body: string | Uint8Array;
  readonly status: number;
  readonly code: string;
}

const BODIES: readonly Case[] = [
  { what: "nothing", body: "", status: 400, code: "malformed-json" },
  { what: "half of it", body: '{"content": "Hel', status: 400, code: "malformed-json" },
  { what: "two values", body: "{}{}", status: 400, code: "malformed-json" },
  { what: "a comment in JSON", body: "{} // so", status: 400, code: "malformed-json" },
  { what: "NaN", body: '{"content": NaN}', status: 400, code: "malformed-json" },
  {
    what: "broken UTF-8",
    body: new Uint8Array([0x22, 0xc3, 0x28, 0x22]),
    status: 400,
    code: "malformed-json",
  },
  { what: "UTF-16", body: new Uint8Array(Buffer.from("{}", "utf16le")), status: 400, code: "malformed-json" },
  { what: "an open depth of 60,000", body: "[".repeat(60_000), status: 400, code: "malformed-json" },
  {
    what: "a closed depth of 30,000",
    body: "[".repeat(30_000) + "]".repeat(30_000),
    status: 422,
    code: "invalid-input",
  },
  {
    what: "a deep field",
    body: `{"content":${'{"a":'.repeat(8_000)}1${"}".repeat(8_000)}}`,
    status: 422,
    code: "invalid-input",
  },
  { what: "65 KiB", body: padded(LIMIT + 1), status: 413, code: "body-too-large" },
  { what: "exactly 64 KiB of a long comment", body: padded(LIMIT), status: 422, code: "invalid-input" },
  { what: "a megabyte", body: padded(1_048_576), status: 413, code: "body-too-large" },
  { what: "null", body: "null", status: 422, code: "invalid-input" },
  { what: "a list", body: "[]", status: 422, code: "invalid-input" },
  { what: "a text", body: '"content"', status: 422, code: "invalid-input" },
  { what: "a number", body: "1e999", status: 422, code: "invalid-input" },
  { what: "__proto__", body: '{"__proto__":{"content":"x"}}', status: 422, code: "invalid-input" },
  {
    what: "__proto__ beside good fields",
    body: comment({}).replace("{", '{"__proto__":{"gdpr_consent":true},'),
    status: 422,
    code: "invalid-input",
  },
  { what: "constructor", body: comment({ constructor: {} }), status: 422, code: "invalid-input" },
  { what: "an unknown field", body: comment({ status: "approved" }), status: 422, code: "invalid-input" },
  { what: "content as a number", body: comment({ content: 1 }), status: 422, code: "invalid-input" },
  { what: "content as a list", body: comment({ content: ["Hello"] }), status: 422, code: "invalid-input" },
  { what: "consent as a text", body: comment({ gdpr_consent: "true" }), status: 422, code: "invalid-input" },
  { what: "consent as a number", body: comment({ gdpr_consent: 1 }), status: 422, code: "invalid-input" },
  {
    what: "a parent that is no id",
    body: comment({ parent_id: "../../x" }),
    status: 422,
    code: "invalid-input",
  },
  {
    what: "a parent of another case",
    body: comment({ parent_id: "0196F6A2-3C4D-7E5F-8A9B-0C1D2E3F4A5B" }),
    status: 422,
    code: "invalid-input",
  },
  { what: "NUL", body: comment({ content: "a\u0000b" }), status: 422, code: "invalid-input" },
  {
    what: "a lone surrogate",
    body: comment({}).replace("Hello", "\\ud800"),
    status: 422,
    code: "invalid-input",
  },
  {
    what: "a control character",
    body: comment({ author_name: "Erika\u0007" }),
    status: 422,
    code: "invalid-input",
  },
  {
    what: "a name of 101 characters",
    body: comment({ author_name: "x".repeat(101) }),
    status: 422,
    code: "invalid-input",
  },
  {
    what: "an address with a line break",
    body: comment({ author_email: "a@example.org\r\nBcc: b@example.org" }),
    status: 422,
    code: "invalid-input",
  },
];

describe("a body", () => {
  test.each(BODIES.map((each) => [each.what, each] as const))(
    "of %s",
    async (_what, { body, status, code }) => {
      const server = await testServer();
      const { token } = await person(server, "erika@example.org");
      const response = await server.request("POST", POST, { token, headers: JSON_TYPE, body });
      expect([response.status, await codeOf(response)]).toEqual([status, code]);
    },
  );

  test("with many unknown fields costs no more than a short answer", async () => {
    const server = await testServer();
    const { token } = await person(server, "erika@example.org");
    const body = JSON.stringify(Object.fromEntries(Array.from({ length: 4_000 }, (_, n) => [`f${n}`, n])));
    const response = await server.request("POST", POST, { token, headers: JSON_TYPE, body });
    expect(response.status).toBe(422);
    expect((await response.text()).length).toBeLessThan(4_000);
  });

  test("never comes back in the answer, neither values nor unknown names", async () => {
    const server = await testServer();
    const { token } = await person(server, "erika@example.org");
    const json = {
      content: ["Geheimnis"],
      author_name: "Geheimnis\u0000",
      Geheimnis: 1,
      author_email: { a: "Geheimnis" },
    };
    const response = await server.request("POST", POST, { token, json });
    expect(response.status).toBe(422);
    expect(await response.text()).not.toContain("Geheimnis");
  });

  test.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json; charset=iso-8859-1",
    "application/jsonp",
    "application/problem+json",
    "",
  ])("as %p is no JSON", async (type) => {
    const server = await testServer();
    const response = await server.request("POST", "/v1/consents", {
      headers: { "content-type": type },
      body: '{"decisions":{},"method":"api"}',
    });
    expect([response.status, await codeOf(response)]).toEqual([415, "unsupported-media-type"]);
  });

  test.each(["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"'])(
    "as %s is JSON",
    async (type) => {
      const server = await testServer();
      const response = await server.request("POST", "/v1/consents", {
        headers: { "content-type": type },
        body: '\ufeff{"decisions":{},"method":"api"}',
      });
      expect(response.status).toBe(201);
    },
  );

  test("that is compressed is refused, not inflated", async () => {
    const server = await testServer();
    const response = await server.request("POST", "/v1/consents", {
      headers: { ...JSON_TYPE, "content-encoding": "gzip" },
      body: Bun.gzipSync('{"decisions":{},"method":"api"}'),
    });
    expect(response.status).toBe(415);
  });
});

describe("lists that must not hold anything twice", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

  test.each([
    ["POST", "/v1/consents/withdrawals", `{"purposes":${nested(30_000)}}`],
    ["POST", "/v1/sessions", `{"external_user_id":"x","permissions":${nested(30_000)}}`],
    ["POST", "/v1/admin/service-credentials", `{"name":"x","scopes":[${nested(20_000)},${nested(9_000)}]}`],
  ])("%s %s refuses what is nested too deep to compare", async (method, path, body) => {
    const server = await testServer();
    const { token } = await person(server, "erika@example.org", "admin");
    const response = await server.request(method, path, { token, headers: JSON_TYPE, body });
    expect([response.status, await codeOf(response)]).toEqual([422, "invalid-input"]);
  });
});

describe("an address", () => {
  const CASES: readonly (readonly [string, string, number])[] = [
    ["GET", "/v1/comments/not-an-id", 404],
    ["GET", "/v1/comments/%00", 404],
    ["GET", "/v1/comments/%E0%A4%A", 404],
    ["GET", "/v1/comments/0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b'--", 404],
    ["GET", `/v1/comments/${"x".repeat(8_000)}`, 404],
    ["GET", `/${"x/".repeat(4_000)}`, 404],
    ["GET", `/v1/threads/${"x".repeat(8_000)}/comments`, 422],
    ["GET", "/problems/..%2F..%2Fpackage", 404],
    ["GET", "/problems/__proto__", 404],
    ["GET", "/problems/constructor", 404],
    ["GET", "/problems/README", 404],
    ["GET", "/docs/../../etc/passwd", 404],
    ["GET", "/v1/threads/t/comments?limit=1&limit=2", 422],
    ["GET", "/v1/threads/t/comments?cursor[]=x", 200],
    ["GET", "/v1/threads/t/comments?__proto__=x&constructor=y", 200],
    ["GET", "/v1/threads/t/comments?cursor=%FF", 422],
    ["GET", `/v1/threads/t/comments?cursor=${"x".repeat(8_000)}`, 422],
  ];

  test("that is no percent-encoded UTF-8 names no thread to post to", async () => {
    const server = await testServer();
    const { token } = await person(server, "erika@example.org");
    const response = await server.request("POST", "/v1/threads/%c0%ae/comments", {
      token,
      headers: JSON_TYPE,
      body: comment({}),
    });
    expect([response.status, await codeOf(response)]).toEqual([404, "not-found"]);
  });

  test.each(CASES)("%s %s is answered with a status of its own", async (method, path, status) => {
    const server = await testServer();
    expect((await server.request(method, path)).status).toBe(status);
  });
});

describe("headers", () => {
  const ask = async (server: TestServer, headers: RequestOptions["headers"]): Promise<number> =>
    (await server.request("GET", "/v1/consents/current", headers === undefined ? {} : { headers })).status;

  test("of any kind are taken for nothing, or refused", async () => {
    const server = await testServer();
    const long = "x".repeat(12_000);
    expect(await ask(server, { cookie: long })).toBe(200);
    expect(await ask(server, { cookie: `;;=;gonogo_session;gonogo_session=;=${long}` })).toBe(200);
    expect(await ask(server, { cookie: "gonogo_subject=a.b; gonogo_subject=c" })).toBe(200);
    expect(await ask(server, { "accept-language": "x".repeat(9_000) })).toBe(200);
    expect(await ask(server, { "accept-language": "de;q=NaN, en;q=-1, *;q=0.5, ;q=" })).toBe(200);
    expect(await ask(server, { "sec-gpc": long })).toBe(200);
    expect(await ask(server, { authorization: `Bearer ${long}` })).toBe(401);
  });
});
