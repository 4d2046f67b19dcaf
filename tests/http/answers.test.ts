import { describe, expect, test } from "bun:test";
import { ALLOWED_ORIGIN, codeOf, testServer } from "../support/http.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const ALWAYS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "deny",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "x-permitted-cross-domain-policies": "none",
};

describe("every answer", () => {
  test.each([
    ["GET", "/health/live", 200],
    ["HEAD", "/health/live", 200],
    ["GET", "/docs", 200],
    ["GET", "/nothing/here", 404],
    ["PUT", "/health/live", 405],
    ["OPTIONS", "/v1/consents", 204],
    ["GET", "/v1/consents/history", 401],
    ["GET", "/v1/consent-policy?lang=-", 422],
    ["GET", "/health/ready", 500],
  ])("%s %s carries its headers", async (method, path, status) => {
    const server = await testServer({
      replace: (application) => ({
        ...application,
        health: { failing: () => Promise.reject(new Error("forced")) },
      }),
    });
    const response = await server.request(method, path);
    expect(response.status).toBe(status);
    for (const [name, value] of Object.entries(ALWAYS)) {
      expect([name, response.headers.get(name)]).toEqual([name, value]);
    }
    expect(response.headers.get("x-request-id")).toMatch(UUID);
    const source = path === "/docs" ? "'self'" : "'none'";
    expect(response.headers.get("content-security-policy")).toContain(`default-src ${source}`);
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(response.headers.get("cache-control")).toContain("no-store");
    for (const name of ["server", "x-powered-by", "strict-transport-security"]) {
      expect([name, response.headers.get(name)]).toEqual([name, null]);
    }
  });

  test("asks browsers to stay with TLS where TLS is in front", async () => {
    const server = await testServer({ publicUrl: "https://gonogo.example.org" });
    const response = await server.request("GET", "/health/live");
    expect(response.headers.get("strict-transport-security")).toBe("max-age=63072000; includeSubDomains");
  });

  test("leaves one log line with the template, never the path", async () => {
    const server = await testServer();
    await server.request("GET", "/v1/threads/secret-thread/comments?root=x");
    await server.request("GET", "/secret/place");
    await server.request("GET", "/v1/threads/secret/comments", { headers: { "x-request-id": "forged" } });
    expect(server.logs.map(({ event, fields }) => [event, fields.path_template, fields.status_code])).toEqual(
      [
        ["request_processed", "/v1/threads/:thread/comments", 422],
        ["request_processed", "unmatched", 404],
        ["request_processed", "/v1/threads/:thread/comments", 200],
      ],
    );
    for (const { fields } of server.logs) {
      expect(fields.request_id).toMatch(UUID);
      expect(fields.duration_ms).toBeNumber();
      expect(fields.method).toBe("GET");
    }
  });
});

describe("methods", () => {
  test("HEAD answers like GET, without the body", async () => {
    const server = await testServer();
    const [get, head] = [
      await server.request("GET", "/docs/json"),
      await server.request("HEAD", "/docs/json"),
    ];
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(head.headers.get("content-type")).toBe(get.headers.get("content-type"));
    expect(head.headers.get("content-length")).toBe(String((await get.arrayBuffer()).byteLength));
  });

  test.each([
    ["PUT", "/v1/consents", "POST, OPTIONS"],
    ["POST", "/v1/sessions/current", "GET, DELETE, HEAD, OPTIONS"],
    ["TRACE", "/v1/comments/x", "GET, PATCH, DELETE, HEAD, OPTIONS"],
    ["DELETE", "/v1/threads/%2Fa%2F/comments", "GET, POST, HEAD, OPTIONS"],
  ])("%s %s is not allowed there", async (method, path, allow) => {
    const server = await testServer();
    const response = await server.request(method, path);
    expect([response.status, response.headers.get("allow"), await codeOf(response)]).toEqual([
      405,
      allow,
      "method-not-allowed",
    ]);
  });

  test("OPTIONS names them, and knows what is not there", async () => {
    const server = await testServer();
    const response = await server.request("OPTIONS", "/v1/sessions");
    expect([response.status, response.headers.get("allow")]).toEqual([204, "POST, DELETE, OPTIONS"]);
    expect((await server.request("OPTIONS", "/v1/nothing")).status).toBe(404);
  });
});

describe("CORS", () => {
  const preflight = {
    "access-control-request-method": "POST",
    "access-control-request-headers": "content-type",
  };

  test("lets allowed origins in, with credentials", async () => {
    const server = await testServer();
    const response = await server.request("OPTIONS", "/v1/consents", {
      headers: { origin: ALLOWED_ORIGIN, ...preflight },
    });
    const header = (name: string) => response.headers.get(`access-control-${name}`);
    expect([header("allow-origin"), header("allow-credentials"), header("allow-methods")]).toEqual([
      ALLOWED_ORIGIN,
      "true",
      "POST, OPTIONS",
    ]);
    expect(header("allow-headers")).toContain("Content-Type");
    expect(response.headers.get("vary")).toContain("Origin");
    const answer = await server.request("GET", "/v1/consent-policy", { headers: { origin: ALLOWED_ORIGIN } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(ALLOWED_ORIGIN);
    expect(answer.headers.get("access-control-expose-headers")).toContain("ETag");
  });

  test("also for problems", async () => {
    const server = await testServer();
    const response = await server.request("GET", "/nothing", { headers: { origin: ALLOWED_ORIGIN } });
    expect(response.headers.get("access-control-allow-origin")).toBe(ALLOWED_ORIGIN);
  });

  test.each([
    "https://evil.example",
    "https://www.example.org.evil.example",
    "http://www.example.org",
    "https://www.example.org:8443",
    "null",
    "*",
  ])("says nothing to %s", async (origin) => {
    const server = await testServer();
    for (const [method, headers] of [
      ["GET", { origin }],
      ["OPTIONS", { origin, ...preflight }],
    ] as const) {
      const response = await server.request(
        method,
        method === "GET" ? "/v1/consent-policy" : "/v1/consents",
        {
          headers,
        },
      );
      expect([...response.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
      expect(response.headers.get("vary")).toContain("Origin");
    }
  });
});

describe("well-known resources", () => {
  test("say that Global Privacy Control is honoured, and since when", async () => {
    const response = await (await testServer()).request("GET", "/.well-known/gpc.json");
    const support = (await response.json()) as { gpc: boolean; lastUpdate: string };
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(support.gpc).toBe(true);
    expect(support.lastUpdate).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test("name a contact for vulnerabilities, valid for less than a year", async () => {
    const server = await testServer({ publicUrl: "https://gonogo.example.org" });
    const response = await server.request("GET", "/.well-known/security.txt");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const text = await response.text();
    expect(text).toContain("Contact: mailto:security@gonogo.example.org\n");
    expect(text).toContain("Canonical: https://gonogo.example.org/.well-known/security.txt\n");
    const days =
      (Date.parse(/^Expires: (.+)$/m.exec(text)?.[1] ?? "") - server.deps.clock.now()) / 86_400_000;
    expect(days).toBeGreaterThan(100);
    expect(days).toBeLessThan(365);
  });
});

describe("health", () => {
  test("is live without the store, and ready only with it", async () => {
    const server = await testServer({
      replace: (application) => ({
        ...application,
        health: { failing: async () => ["database"] },
        sessions: { ...application.sessions, authenticate: () => Promise.reject(new Error("no store")) },
      }),
    });
    expect((await server.request("GET", "/health/live")).status).toBe(200);
    const response = await server.request("GET", "/health/ready");
    expect([response.status, response.headers.get("retry-after"), await response.json()]).toMatchObject([
      503,
      "5",
      { code: "not-ready", failing: ["database"] },
    ]);
  });
});
