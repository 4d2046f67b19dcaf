// Whoever leaves, or is erased, leaves nothing in the browser: our own cookies end by hand, the rest is cleared.
import { describe, expect, test } from "bun:test";
import { eraseSubject } from "../../src/app/erasure/erase-subject.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import { type TestServer, testServer } from "../support/http.ts";
import { person } from "../support/http-people.ts";
import { asking, confirmationFor } from "../support/privacy-requests.ts";
import { accepted } from "../support/service.ts";

const OWN = "https://gonogo.example.org";
const CLEARED = '"cache", "storage"';
const ENDED = "Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0";
const SESSION_ENDED = `__Host-gonogo_session=; ${ENDED}`;
const SUBJECT_ENDED = `__Host-gonogo_subject=; ${ENDED}`;
const CONSENT_ENDED = "gonogo_consent=; Path=/; Secure; SameSite=Lax; Max-Age=0";

const leftBy = (response: Response) => ({
  status: response.status,
  cleared: response.headers.get("clear-site-data"),
  cookies: response.headers.getSetCookie(),
});

const decide = (server: TestServer, cookie?: string) =>
  server.request("POST", "/v1/consents", {
    headers: { origin: OWN, ...(cookie === undefined ? {} : { cookie }) },
    json: { decisions: {}, method: "settings" },
  });

/** A visitor who decided, and her cookie. */
const visitor = async (server: TestServer) => {
  const response = await decide(server);
  const { current } = (await response.json()) as { current: { subject: SubjectId } };
  const set = response.headers.getSetCookie().find((each) => each.startsWith("__Host-gonogo_subject="));
  return { cookie: set?.split(";")[0] ?? "", subject: current.subject };
};

const erased = async (server: TestServer, subject: SubjectId) =>
  expect((await eraseSubject(server.deps)({ subject, comments: "keep_text" })).type).toBe("done");

describe("an erasure that was asked for", () => {
  test("clears what the browser keeps, and leaves her the cookies with which she can take it back", async () => {
    const server = await testServer({ publicUrl: OWN });
    const { token } = await person(server, "erika@example.org");
    const ask = (json: object) => server.request("POST", "/v1/privacy-requests", { token, json });
    expect(leftBy(await ask({ type: "access" }))).toEqual({ status: 201, cleared: null, cookies: [] });
    expect(leftBy(await ask({ type: "erasure", comments: "keep_text" }))).toEqual({
      status: 201,
      cleared: CLEARED,
      cookies: [],
    });
  });

  test("does so as well when it is confirmed by the mailed link", async () => {
    const server = await testServer({ publicUrl: OWN });
    await person(server, "erika@example.org");
    const admin = await server.signIn("operator@example.org", "admin");
    for (const [type, cleared] of [
      ["access", null],
      ["erasure", CLEARED],
    ] as const) {
      const input = { ...asking(type), email: "erika@example.org", received_at: null };
      accepted(await server.application.privacyRequests.enter(admin.caller, input));
      const { id, token } = await confirmationFor(server, "erika@example.org");
      const confirmed = await server.request("POST", `/v1/privacy-requests/${id}/confirmation`, {
        json: { token },
      });
      expect(leftBy(confirmed)).toEqual({ status: 200, cleared, cookies: [] });
    }
  });
});

describe("a cookie that speaks for nobody any more", () => {
  test("of an erased visitor ends with the next answer, and her decision with it", async () => {
    const server = await testServer({ publicUrl: OWN });
    const { cookie, subject } = await visitor(server);
    const ask = (path: string) => server.request("GET", path, { headers: { cookie } });
    expect(leftBy(await ask("/v1/privacy-requests"))).toEqual({ status: 200, cleared: null, cookies: [] });
    await erased(server, subject);
    const gone = { cleared: CLEARED, cookies: [SUBJECT_ENDED, CONSENT_ENDED] };
    expect(leftBy(await ask("/v1/privacy-requests"))).toEqual({ status: 401, ...gone });
    expect(leftBy(await ask("/v1/consents/current"))).toEqual({ status: 200, ...gone });
  });

  test("does not end the one that the same answer sets", async () => {
    const server = await testServer({ publicUrl: OWN });
    const { cookie, subject } = await visitor(server);
    await erased(server, subject);
    const { status, cookies } = leftBy(await decide(server, cookie));
    expect([status, cookies.map((each) => each.split("=")[0])]).toEqual([
      201,
      ["gonogo_consent", "__Host-gonogo_subject"],
    ]);
    expect(cookies.some((each) => each.includes("Max-Age=0"))).toBe(false);
  });

  test("of a session that is over ends, and the visitor's beside it stays", async () => {
    const server = await testServer({ publicUrl: OWN });
    const { cookie } = await visitor(server);
    const { token } = await person(server, "erika@example.org");
    const cookies = `__Host-gonogo_session=${token}; ${cookie}`;
    const ask = (headers: Record<string, string>) =>
      server.request("GET", "/v1/sessions/current", { headers });
    expect(leftBy(await ask({ cookie: cookies }))).toEqual({ status: 200, cleared: null, cookies: [] });
    server.pass(2 * DAY);
    expect(leftBy(await ask({ cookie: cookies }))).toEqual({
      status: 401,
      cleared: CLEARED,
      cookies: [SESSION_ENDED],
    });
    // A bearer is meant, and nobody looked at the cookies beside it.
    const both = { cookie: cookies, authorization: `Bearer ${token}` };
    expect(leftBy(await ask(both))).toEqual({ status: 401, cleared: null, cookies: [] });
  });

  test("does not end with an answer that a cache may give to others, and over plain http nothing is cleared", async () => {
    const tls = await testServer({ publicUrl: OWN });
    const stale = { cookie: "__Host-gonogo_session=gns_gone; __Host-gonogo_subject=gone" };
    const shared = await tls.request("GET", "/schemas/personal-data.json", { headers: stale });
    expect(leftBy(shared)).toEqual({ status: 200, cleared: null, cookies: [] });
    const plain = await testServer();
    const answer = await plain.request("GET", "/v1/consent-policy", {
      headers: { cookie: "gonogo_session=gns_gone" },
    });
    expect(leftBy(answer)).toEqual({
      status: 200,
      cleared: null,
      cookies: ["gonogo_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"],
    });
  });
});
