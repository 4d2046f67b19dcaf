import { describe, expect, test } from "bun:test";
import { DAY, HOUR, MINUTE } from "../../src/domain/shared/instant.ts";
import { ALLOWED_ORIGIN, codeOf, pointersOf, type TestServer, testServer } from "../support/http.ts";
import { linkTokenFor, person, serviceToken } from "../support/http-people.ts";

const EMAIL = "erika@example.org";

const askForLink = async (server: TestServer, json: object = { email: EMAIL }): Promise<Response> =>
  server.request("POST", "/v1/sign-in-links", { json });

/** Signs in by link as a browser does; answers the response. */
const signIn = async (server: TestServer, json: object = { email: EMAIL }): Promise<Response> => {
  expect((await askForLink(server, json)).status).toBe(202);
  return server.request("POST", "/v1/sessions", {
    json: { link_token: await linkTokenFor(server, EMAIL) },
  });
};

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0] ?? "";

describe("a sign-in link", () => {
  test("is answered alike for known and unknown addresses", async () => {
    const server = await testServer();
    await person(server, EMAIL);
    const known = await askForLink(server);
    const unknown = await askForLink(server, { email: "nobody@example.net" });
    expect([known.status, await known.text()]).toEqual([202, '{"status":"accepted"}']);
    expect([unknown.status, await unknown.text()]).toEqual([202, '{"status":"accepted"}']);
    expect(known.headers.getSetCookie()).toEqual([]);
  });

  test("leads to the page with its token behind the number sign", async () => {
    const server = await testServer();
    await askForLink(server);
    await server.deliver();
    expect(server.mails.at(-1)?.text).toMatch(/http:\/\/localhost\/sign-in#gnl_[\w-]{43}/);
  });

  test("leads back to allowed origins only", async () => {
    const server = await testServer();
    const back = await signIn(server, { email: EMAIL, return_to: `${ALLOWED_ORIGIN}/blog/` });
    expect(await back.json()).toMatchObject({ return_to: `${ALLOWED_ORIGIN}/blog/` });
    for (const return_to of ["https://evil.example/", "javascript:alert(1)", "//evil.example", "nonsense"]) {
      const response = await askForLink(server, { email: EMAIL, return_to });
      expect([return_to, response.status, await codeOf(response)]).toEqual([
        return_to,
        422,
        "return-to-not-allowed",
      ]);
    }
  });

  test("is refused for what is no address", async () => {
    const response = await askForLink(await testServer(), { email: "erika at example.org" });
    expect(response.status).toBe(422);
    expect(await pointersOf(response)).toEqual(["#/email"]);
  });

  test("works once, and for fifteen minutes", async () => {
    const server = await testServer();
    expect((await signIn(server)).status).toBe(201);
    const spent = await server.request("POST", "/v1/sessions", {
      json: { link_token: await linkTokenFor(server, EMAIL) },
    });
    expect([spent.status, spent.headers.get("www-authenticate"), await codeOf(spent)]).toEqual([
      401,
      "Bearer",
      "sign-in-link-invalid",
    ]);
    await askForLink(server);
    const link_token = await linkTokenFor(server, EMAIL);
    server.pass(15 * MINUTE);
    expect((await server.request("POST", "/v1/sessions", { json: { link_token } })).status).toBe(401);
  });
});

describe("a session by link", () => {
  test("comes as a token and as exactly this cookie, over TLS", async () => {
    const server = await testServer({ publicUrl: "https://gonogo.example.org" });
    const response = await signIn(server);
    const body = (await response.json()) as { token: string };
    expect(response.headers.get("location")).toBe("/v1/sessions/current");
    expect(body).toMatchObject({ role: "commenter", permissions: ["content:read", "comments:post"] });
    expect(response.headers.getSetCookie()).toEqual([
      `__Host-gonogo_session=${body.token}; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=86400`,
    ]);
  });

  test("has a plain cookie on this machine without TLS", async () => {
    const response = await signIn(await testServer());
    const { token } = (await response.json()) as { token: string };
    expect(response.headers.getSetCookie()).toEqual([
      `gonogo_session=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400`,
    ]);
  });

  test("ends after 24 hours, used or not", async () => {
    const server = await testServer();
    const { token } = await person(server, EMAIL);
    server.pass(23 * HOUR);
    expect((await server.request("GET", "/v1/sessions/current", { token })).status).toBe(200);
    server.pass(HOUR);
    const over = await server.request("GET", "/v1/sessions/current", { token });
    expect([over.status, await codeOf(over)]).toEqual([401, "credential-invalid"]);
  });

  test("replaces the one that the browser had", async () => {
    const server = await testServer();
    const first = (await (await signIn(server)).json()) as { token: string };
    await askForLink(server);
    const second = await server.request("POST", "/v1/sessions", {
      json: { link_token: await linkTokenFor(server, EMAIL) },
      headers: { cookie: `gonogo_session=${first.token}`, origin: "http://localhost" },
    });
    expect(second.status).toBe(201);
    expect((await server.request("GET", "/v1/sessions/current", { token: first.token })).status).toBe(401);
  });

  test("a stale cookie is no credential, a stale bearer is an error", async () => {
    const server = await testServer();
    const { token } = await person(server, EMAIL);
    server.pass(2 * DAY);
    const byCookie = await server.request("GET", "/v1/consents/current", {
      headers: { cookie: `gonogo_session=${token}` },
    });
    expect(byCookie.status).toBe(200);
    expect((await server.request("GET", "/v1/consents/current", { token })).status).toBe(401);
  });

  test.each(["Basic ZXJpa2E6Z2VoZWlt", "Bearer", "Bearer a b", "gns_x"])(
    "Authorization: %s is a credential nobody knows",
    async (authorization) => {
      const server = await testServer();
      const response = await server.request("GET", "/v1/consents/current", { headers: { authorization } });
      expect([response.status, await codeOf(response)]).toEqual([401, "credential-invalid"]);
    },
  );
});

describe("signing out", () => {
  test("ends the session and takes the cookie away", async () => {
    const server = await testServer({ publicUrl: "https://gonogo.example.org" });
    const signedIn = await signIn(server);
    const cookie = cookieOf(signedIn).split(";")[0] ?? "";
    const response = await server.request("DELETE", "/v1/sessions/current", {
      headers: { cookie, origin: "https://gonogo.example.org" },
    });
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(response.headers.getSetCookie()).toEqual([
      "__Host-gonogo_session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0",
    ]);
    expect(response.headers.get("clear-site-data")).toBe('"cache", "storage"');
    expect((await server.request("GET", "/v1/sessions/current", { headers: { cookie } })).status).toBe(401);
  });

  test("everywhere ends every session of the person and nobody else's", async () => {
    const server = await testServer();
    const [here, there] = [await person(server, EMAIL), await person(server, EMAIL)];
    const other = await person(server, "other@example.org");
    expect((await server.request("DELETE", "/v1/sessions", { token: here.token })).status).toBe(204);
    const statusOf = async (token: string) =>
      (await server.request("GET", "/v1/sessions/current", { token })).status;
    expect([await statusOf(here.token), await statusOf(there.token), await statusOf(other.token)]).toEqual([
      401, 401, 200,
    ]);
  });
});

describe("a session for a user of the platform", () => {
  test("needs the scope, and sets no cookie", async () => {
    const server = await testServer();
    const token = await serviceToken(server, ["sessions:create"]);
    const { data, response } = await server.client(token).POST("/v1/sessions", {
      body: { external_user_id: "platform-user-1" },
    });
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(data).toMatchObject({ role: "commenter", return_to: null });
    const json = { external_user_id: "platform-user-1" };
    const without = await server.request("POST", "/v1/sessions", {
      token: await serviceToken(server, ["consents:check"]),
      json,
    });
    expect([without.status, await without.json()]).toMatchObject([403, { permission: "sessions:create" }]);
    expect((await server.request("POST", "/v1/sessions", { json })).status).toBe(401);
  });

  test("can be narrowed and never widened", async () => {
    const server = await testServer();
    const service = server.client(await serviceToken(server, ["sessions:create"]));
    const permissionsOf = async (permissions: ("content:read" | "comments:post" | "system:administer")[]) =>
      (await service.POST("/v1/sessions", { body: { external_user_id: "u", permissions } })).data
        ?.permissions;
    expect(await permissionsOf(["content:read"])).toEqual(["content:read"]);
    expect(await permissionsOf(["comments:post", "system:administer"])).toEqual(["comments:post"]);
    expect(await permissionsOf([])).toEqual([]);
  });

  test("a body of neither kind, or of both, is refused without guessing", async () => {
    const server = await testServer();
    for (const json of [{}, { link_token: "gnl_x", external_user_id: "u" }, { link_token: 1 }, [], null]) {
      const response = await server.request("POST", "/v1/sessions", { json });
      expect([JSON.stringify(json), response.status]).toEqual([JSON.stringify(json), 422]);
    }
  });
});
