import { describe, expect, test } from "bun:test";
import type { Application } from "../../src/app/application.ts";
import { StorageFailure, type StorageFailureKind } from "../../src/ports/unit-of-work.ts";
import { testServer } from "../support/http.ts";

const SECRET = "erika.geheim@example.org";

const failingWith =
  (error: unknown) =>
  (application: Application): Application => ({
    ...application,
    consent: { ...application.consent, showPolicy: () => Promise.reject(error) },
  });

describe("what nobody foresaw", () => {
  test("is answered in general words and logged by its kind alone", async () => {
    const server = await testServer({ replace: failingWith(new TypeError(`no such row: ${SECRET}`)) });
    const response = await server.request("GET", "/v1/consent-policy", {
      headers: { "user-agent": "Canary/1.0" },
    });
    const body = (await response.json()) as { support_id: string };
    expect(response.status).toBe(500);
    expect(body).toMatchObject({
      type: "/problems/unexpected-error",
      error: "An unexpected error occurred",
      support_id: response.headers.get("x-request-id") ?? "?",
    });
    const [line] = server.logs.filter(({ event }) => event === "unhandled_exception");
    expect(line).toEqual({
      level: "error",
      event: "unhandled_exception",
      fields: {
        exception_type: "TypeError",
        path_template: "/v1/consent-policy",
        method: "GET",
        user_agent_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        support_id: body.support_id,
      },
    });
    expect(JSON.stringify([body, server.logs])).not.toContain(SECRET);
  });

  test.each([
    ["text", SECRET, "string"],
    ["nothing", undefined, "undefined"],
    ["an object", { message: SECRET, status: 418, code: "NOT_FOUND" }, "object"],
    [
      "an error with a status of its own",
      Object.assign(new Error(SECRET), { status: 418, code: SECRET }),
      "Error",
    ],
    [
      "an error that would answer itself",
      Object.assign(new Error(SECRET), { toResponse: () => new Response(SECRET) }),
      "Error",
    ],
    ["an error whose name is a person", Object.assign(new Error("x"), { name: SECRET }), "Error"],
  ])("also when %s is thrown", async (_what, thrown, type) => {
    const server = await testServer({ replace: failingWith(thrown) });
    const response = await server.request("GET", "/v1/consent-policy");
    const text = await response.text();
    expect([response.status, JSON.parse(text)]).toMatchObject([500, { code: "unexpected-error" }]);
    expect(server.logs.find(({ event }) => event === "unhandled_exception")?.fields.exception_type).toBe(
      type,
    );
    expect(text + JSON.stringify(server.logs)).not.toContain(SECRET);
  });
});

describe("a storage failure", () => {
  const KINDS: readonly (readonly [StorageFailureKind, number, string | null])[] = [
    ["lost", 503, "5"],
    ["overloaded", 503, "1"],
    ["closed", 503, "10"],
    ["refused", 500, null],
  ];

  test.each(KINDS)("of the kind %s is %i", async (kind, status, retryAfter) => {
    const server = await testServer({
      replace: failingWith(new StorageFailure(kind, "unknown", "commit", "57P01")),
    });
    const response = await server.request("GET", "/v1/consent-policy");
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect(server.logs.find(({ level }) => level === "error")?.fields).toMatchObject({
      exception_type: "StorageFailure",
      operation: "commit",
      failure: kind,
      stored: "unknown",
      sql_state: "57P01",
    });
  });

  test("while the credential is looked up answers the same way", async () => {
    const server = await testServer({
      replace: (application) => ({
        ...application,
        sessions: {
          ...application.sessions,
          authenticate: () => Promise.reject(new StorageFailure("lost", "no", "read")),
        },
      }),
    });
    expect((await server.request("GET", "/v1/sessions/current")).status).toBe(503);
  });
});
