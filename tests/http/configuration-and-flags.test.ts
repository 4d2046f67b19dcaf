import { describe, expect, test } from "bun:test";
import { codeOf, pointersOf, type TestServer, testServer } from "../support/http.ts";
import { person, serviceToken } from "../support/http-people.ts";

const setUp = async () => {
  const server = await testServer();
  const { token, subject } = await person(server, "admin@example.org", "admin");
  const at = (path: string) => (method: string, json?: unknown, ifMatch?: string) =>
    server.request(method, path, {
      token,
      ...(json === undefined ? {} : { json }),
      ...(ifMatch === undefined ? {} : { headers: { "if-match": ifMatch } }),
    });
  return { server, token, subject, at };
};

const VALUE = { value: "Owls", is_sensitive: false };

describe("system configuration", () => {
  test("is created without If-Match, changed and removed with it", async () => {
    const { at, subject } = await setUp();
    const title = at("/v1/admin/config/site.title");
    const created = await title("PUT", { ...VALUE, description: "Shown on top" });
    expect([created.status, created.headers.get("etag")]).toEqual([201, '"1"']);
    expect(await created.json()).toEqual({
      key: "site.title",
      value: "Owls",
      description: "Shown on top",
      is_sensitive: false,
      updated_by: subject,
      created_at: "2026-03-02T12:00:00.000Z",
      updated_at: "2026-03-02T12:00:00.000Z",
      version: 1,
    });
    const again = await title("PUT", VALUE);
    expect([again.status, await codeOf(again)]).toEqual([428, "precondition-required"]);
    const changed = await title("PUT", { ...VALUE, value: "Larks" }, '"1"');
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
    const stale = await title("PUT", VALUE, '"1"');
    expect([stale.status, await codeOf(stale)]).toEqual([412, "version-mismatch"]);

    const read = await title("GET");
    expect([read.headers.get("etag"), await read.json()]).toMatchObject([
      '"2"',
      { value: "Larks", description: null },
    ]);
    for (const [ifMatch, status] of [
      [undefined, 428],
      ['"1"', 412],
      ['W/"2"', 412],
      ['"1", "2"', 204],
      ["*", 404],
    ] as const) {
      expect([ifMatch, (await title("DELETE", undefined, ifMatch)).status]).toEqual([ifMatch, status]);
    }
    expect((await title("GET")).status).toBe(404);
  });

  test.each(["*", '"1"', '"1", "2"', "garbled"])(
    "that is not there matches no If-Match: %s",
    async (ifMatch) => {
      const { at } = await setUp();
      const refused = await at("/v1/admin/config/site.title")("PUT", VALUE, ifMatch);
      expect([refused.status, await codeOf(refused)]).toEqual([412, "version-mismatch"]);
    },
  );

  test("of any version is changed with *", async () => {
    const { at } = await setUp();
    const title = at("/v1/admin/config/site.title");
    await title("PUT", VALUE);
    const changed = await title("PUT", { ...VALUE, value: "Larks" }, "*");
    expect([changed.status, await changed.json()]).toMatchObject([200, { value: "Larks", version: 2 }]);
  });

  test("reads a sensitive value back as null, wherever it is read", async () => {
    const { at, server } = await setUp();
    const secret = at("/v1/admin/config/smtp.password");
    const answers = [
      await secret("PUT", { value: "hunter-two", is_sensitive: true }),
      await secret("PUT", { value: "hunter-three", is_sensitive: true }, '"1"'),
      await secret("GET"),
    ];
    for (const answer of answers) {
      expect(await answer.json()).toMatchObject({ value: null, is_sensitive: true });
    }
    const list = await at("/v1/admin/config")("GET");
    expect(await list.json()).toMatchObject({
      items: [{ key: "smtp.password", value: null, is_sensitive: true }],
      next_cursor: null,
    });
    expect(JSON.stringify(server.logs)).not.toContain("hunter");
  });

  test("pages by key", async () => {
    const { at } = await setUp();
    for (const key of ["c", "a", "b"]) await at(`/v1/admin/config/${key}`)("PUT", VALUE);
    const keysAt = async (query: string) => {
      const page = (await (await at(`/v1/admin/config${query}`)("GET")).json()) as {
        items: { key: string }[];
        next_cursor: string | null;
      };
      return [page.items.map(({ key }) => key), page.next_cursor];
    };
    expect(await keysAt("?limit=2")).toEqual([["a", "b"], "b"]);
    expect(await keysAt("?limit=2&cursor=b")).toEqual([["c"], null]);
  });

  test.each(["Site", "a..b", "a%20b", "flags.enable_comments", "x".repeat(101)])(
    "knows no key %s",
    async (key) => {
      const { at } = await setUp();
      const asked = at(`/v1/admin/config/${key}`);
      for (const [method, json, ifMatch] of [
        ["GET"],
        ["PUT", VALUE],
        ["PUT", VALUE, "*"],
        ["DELETE", undefined, "*"],
      ] as const) {
        const answer = await asked(method, json, ifMatch);
        expect([method, answer.status, await pointersOf(answer)]).toEqual([method, 422, ["#/key"]]);
      }
    },
  );

  test.each([
    [{ value: 1, is_sensitive: false }, ["#/value"]],
    [{ value: "x" }, ["#/is_sensitive"]],
    [{ ...VALUE, key: "other" }, ["#"]],
    [{ ...VALUE, value: "a\u0000" }, ["#/value"]],
    [{ ...VALUE, description: "\ud800" }, ["#/description"]],
  ])("refuses %j", async (json, pointers) => {
    const { at } = await setUp();
    const answer = await at("/v1/admin/config/site.title")("PUT", json);
    expect([answer.status, await pointersOf(answer)]).toEqual([422, pointers]);
  });
});

describe("feature flags", () => {
  const flagsOf = async (server: TestServer, token: string) => {
    const { data } = await server.client(token).GET("/v1/admin/flags");
    return Object.fromEntries(data?.items.map(({ key, enabled, source }) => [key, [enabled, source]]) ?? []);
  };

  test("say what is in force and where it comes from", async () => {
    const server = await testServer({ analytics: true });
    const { token } = await person(server, "admin@example.org", "admin");
    await server.request("PUT", "/v1/admin/flags/enable_comments", { token, json: { enabled: false } });
    expect(await flagsOf(server, token)).toEqual({
      enable_comments: [false, "stored"],
      enable_user_registration: [true, "default"],
      enable_gdpr_banner: [true, "default"],
      enable_analytics: [true, "environment"],
      enable_email_notifications: [true, "default"],
    });
  });

  test("are stored without If-Match, then switched with it, in force when the answer comes", async () => {
    const { at, server } = await setUp();
    const flag = at("/v1/admin/flags/enable_comments");
    const first = await flag("GET");
    expect([first.status, first.headers.get("etag"), await first.json()]).toEqual([
      200,
      null,
      { key: "enable_comments", enabled: true, source: "default", version: null },
    ]);
    const off = await flag("PUT", { enabled: false });
    expect([off.status, off.headers.get("etag"), await off.json()]).toEqual([
      200,
      '"1"',
      { key: "enable_comments", enabled: false, source: "stored", version: 1 },
    ]);
    const token = await serviceToken(server, ["consents:check"]);
    const evaluated = await server.request("POST", "/ofrep/v1/evaluate/flags/enable_comments", { token });
    expect(await evaluated.json()).toMatchObject({ value: false });

    const blind = await flag("PUT", { enabled: true });
    expect([blind.status, await codeOf(blind)]).toEqual([428, "precondition-required"]);
    const stale = await flag("PUT", { enabled: true }, '"7"');
    expect([stale.status, await codeOf(stale)]).toEqual([412, "version-mismatch"]);
    const on = await flag("PUT", { enabled: true }, (await flag("GET")).headers.get("etag") ?? "");
    expect([on.status, on.headers.get("etag")]).toEqual([200, '"2"']);
    expect((await flag("PUT", { enabled: false }, "*")).headers.get("etag")).toBe('"3"');
  });

  test("can be seen before they are stored, so * matches", async () => {
    const { at } = await setUp();
    const written = await at("/v1/admin/flags/enable_analytics")("PUT", { enabled: true }, "*");
    expect([written.status, written.headers.get("etag")]).toEqual([200, '"1"']);
    const tag = await at("/v1/admin/flags/enable_gdpr_banner")("PUT", { enabled: true }, '"1"');
    expect([tag.status, await codeOf(tag)]).toEqual([412, "version-mismatch"]);
  });

  test.each(["enable_everything", "__proto__", "flags.enable_comments"])(
    "there is none called %s",
    async (key) => {
      const { at } = await setUp();
      const flag = at(`/v1/admin/flags/${key}`);
      expect((await flag("GET")).status).toBe(404);
      for (const ifMatch of [undefined, "*", '"1"', '"1", "2"']) {
        expect([ifMatch, (await flag("PUT", { enabled: true }, ifMatch)).status]).toEqual([ifMatch, 404]);
      }
    },
  );

  test.each([[{}], [{ enabled: "true" }], [{ enabled: true, key: "x" }], [null]])(
    "refuse %j",
    async (json) => {
      const { at } = await setUp();
      expect((await at("/v1/admin/flags/enable_comments")("PUT", json)).status).toBe(422);
    },
  );
});
