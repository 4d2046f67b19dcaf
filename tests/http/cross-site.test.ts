import { describe, expect, test } from "bun:test";
import { ALLOWED_ORIGIN, codeOf, testServer } from "../support/http.ts";
import { person, post } from "../support/http-people.ts";

const OWN = "https://gonogo.example.org";

const setUp = async () => {
  const server = await testServer({ publicUrl: OWN });
  const { token } = await person(server, "erika@example.org");
  const signOut = (headers: Record<string, string>) =>
    server.request("DELETE", "/v1/sessions", {
      headers: { cookie: `__Host-gonogo_session=${token}`, ...headers },
    });
  return { server, token, signOut };
};

describe("a change that is signed in by cookie", () => {
  test.each([
    ["our own origin", { origin: OWN }],
    ["an allowed origin", { origin: ALLOWED_ORIGIN, "sec-fetch-site": "same-site" }],
    ["a page of ours, as the browser says", { "sec-fetch-site": "same-origin" }],
    ["the host it was sent to", { origin: "http://localhost:8000", host: "localhost:8000" }],
  ])("from %s is done", async (_what, headers) => {
    const { signOut } = await setUp();
    expect((await signOut(headers)).status).toBe(204);
  });

  test.each([
    ["nowhere", {}],
    ["a foreign origin", { origin: "https://evil.example" }],
    ["a foreign origin that looks like ours", { origin: `${OWN}.evil.example` }],
    ["an opaque origin", { origin: "null", host: "null" }],
    ["a foreign site without an origin", { "sec-fetch-site": "cross-site" }],
    [
      "a sister site that is not allowed",
      { origin: "https://other.example.org", "sec-fetch-site": "same-site" },
    ],
    ["the address bar", { "sec-fetch-site": "none" }],
    [
      "a foreign origin on a forged host",
      { origin: "https://evil.example", host: "evil.example", "sec-fetch-site": "cross-site" },
    ],
  ])("from %s is refused, and nothing is done", async (_what, headers) => {
    const { server, token, signOut } = await setUp();
    const response = await signOut(headers as Record<string, string>);
    expect([response.status, await codeOf(response)]).toEqual([403, "cross-site-request"]);
    expect((await server.request("GET", "/v1/sessions/current", { token })).status).toBe(200);
  });

  test("is refused before its body is looked at", async () => {
    const { server, token } = await setUp();
    const response = await server.request("POST", "/v1/threads/t/comments", {
      headers: {
        cookie: `__Host-gonogo_session=${token}`,
        origin: "https://evil.example",
        "content-type": "text/plain",
      },
      body: "{}",
    });
    expect([response.status, await codeOf(response)]).toEqual([403, "cross-site-request"]);
  });

  test("holds for the subject cookie too", async () => {
    const server = await testServer();
    const decided = await server.request("POST", "/v1/consents", { json: { decisions: {}, method: "api" } });
    const cookie = decided.headers.getSetCookie()[1]?.split(";")[0] ?? "";
    expect(cookie).toStartWith("gonogo_subject=");
    const withdraw = (headers: Record<string, string>) =>
      server.request("POST", "/v1/consents/withdrawals", {
        json: { purposes: ["marketing"] },
        headers: { cookie, ...headers },
      });
    expect((await withdraw({ origin: "https://evil.example" })).status).toBe(403);
    expect((await withdraw({ origin: ALLOWED_ORIGIN })).status).toBe(201);
  });
});

describe("what needs no origin", () => {
  test("is reading by cookie", async () => {
    const { server, token } = await setUp();
    const response = await server.request("GET", "/v1/sessions/current", {
      headers: { cookie: `__Host-gonogo_session=${token}`, origin: "https://evil.example" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("is a bearer token, with or without a cookie beside it", async () => {
    const { server, token } = await setUp();
    const { id } = await post(server, token);
    const response = await server.request("DELETE", `/v1/comments/${id}`, {
      token,
      headers: {
        cookie: `__Host-gonogo_session=${token}`,
        origin: "https://evil.example",
        "if-match": "*",
      },
    });
    expect(response.status).toBe(204);
  });

  test("is signing in, which no cookie does", async () => {
    const { server } = await setUp();
    const response = await server.request("POST", "/v1/sign-in-links", {
      json: { email: "erika@example.org" },
      headers: { cookie: "__Host-gonogo_session=gns_stale" },
    });
    expect(response.status).toBe(202);
  });
});
