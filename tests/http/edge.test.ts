import { describe, expect, test } from "bun:test";
import { ANONYMOUS, subjectOf } from "../../src/app/caller.ts";
import type { AuditEntry } from "../../src/domain/audit/audit-entry.ts";
import type { KeyedHash } from "../../src/domain/shared/ids.ts";
import { type TestServer, testServer } from "../support/http.ts";
import { accepted } from "../support/service.ts";

const trail = async (server: TestServer, action: AuditEntry["action"]): Promise<readonly AuditEntry[]> =>
  (await server.deps.readers.audit.list(null, 1_000)).filter((entry) => entry.action === action);

describe("rate limits", () => {
  test("say what is left on limited routes, and nothing on those that are not", async () => {
    const server = await testServer({ perMinute: 12 });
    const limited = await server.request("GET", "/v1/consent-policy");
    expect(limited.headers.get("ratelimit-policy")).toBe('"general";q=12;w=60');
    expect(limited.headers.get("ratelimit")).toMatch(/^"general";r=11;t=\d+$/);
    for (const path of ["/health/live", "/docs/json", "/problems/conflict"]) {
      const free = await server.request("GET", path);
      expect([path, free.headers.get("ratelimit")]).toEqual([path, null]);
    }
  });

  test("refuse with 429, and admit exactly as many as they say", async () => {
    const server = await testServer({ perMinute: 12 });
    const statuses: number[] = [];
    let last: Response | null = null;
    for (let count = 0; count < 15; count += 1) {
      last = await server.request("GET", "/v1/consent-policy");
      statuses.push(last.status);
    }
    expect(statuses).toEqual([...Array<number>(12).fill(200), 429, 429, 429]);
    expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await last?.json()).toMatchObject({ code: "rate-limited", status: 429 });
  });

  test("of costly routes are tighter, and a refusal there leaves the others open", async () => {
    const server = await testServer({ perMinute: 24 });
    const ask = () => server.request("POST", "/v1/sign-in-links", { json: { email: "ada@example.org" } });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([202, 202, 429]);
    expect((await server.request("GET", "/v1/consent-policy")).status).toBe(200);
  });
});

describe("metrics", () => {
  test("are for whoever has the token, and name routes and no paths", async () => {
    const server = await testServer({ metricsToken: "a-token-of-sixteen-characters" });
    await server.request("GET", "/v1/threads/secret-thread/comments");
    for (const headers of [{}, { authorization: "Bearer a-token-of-sixteen-character" }]) {
      expect((await server.request("GET", "/metrics", { headers })).status).toBe(401);
    }
    const answer = await server.request("GET", "/metrics", { token: "a-token-of-sixteen-characters" });
    const text = await answer.text();
    expect(answer.headers.get("content-type")).toContain("text/plain");
    expect(text).toContain("/v1/threads/:thread/comments");
    expect(text).not.toContain("secret-thread");
  });
});

describe("signals", () => {
  test("DNT: 1 objects as Sec-GPC: 1 does; other values say nothing", async () => {
    const server = await testServer();
    const { token } = await server.signIn("ada@example.org");
    await server.request("POST", "/v1/consents", {
      token,
      json: { decisions: { marketing: true }, method: "api" },
    });
    const reason = async (headers: Record<string, string>): Promise<string> => {
      const answer = await server.request("GET", "/v1/consents/current", { token, headers });
      const body = (await answer.json()) as { purposes: { marketing: { reason: string } } };
      return body.purposes.marketing.reason;
    };
    expect(await reason({})).toBe("granted");
    for (const value of ["0", "null", "true", "11"]) expect(await reason({ dnt: value })).toBe("granted");
    expect(await reason({ dnt: "1" })).toBe("gpc");
    expect(await reason({ "sec-gpc": "1" })).toBe("gpc");
  });

  test("every answer leads to the notice", async () => {
    const answer = await (await testServer()).request("GET", "/health/live");
    expect(answer.headers.get("link")).toBe('</v1/consent-policy>; rel="privacy-policy"');
  });
});

describe("the trail of access", () => {
  test("staff who read what is not public are told of, before they see it", async () => {
    const server = await testServer();
    const { token } = await server.signIn("mod@example.org", "moderator");
    await server.request("GET", "/v1/moderation/queue", { token });
    await server.request("GET", "/v1/threads/page/comments?status=pending", { token });
    await server.request("GET", "/v1/threads/page/comments", { token });
    const entries = await trail(server, "staff.read");
    expect(entries.map(({ details }) => details)).toEqual([
      '{"operation":"listModerationQueue"}',
      '{"operation":"listComments"}',
    ] as never);
    for (const { user_id_hash } of entries) expect(user_id_hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("staff are told of where others read as well, with what they read; whose it is, and the public, are not", async () => {
    const server = await testServer({ moderation: "pre" });
    const ada = await server.signIn("ada@example.org");
    const staff = {
      moderator: (await server.signIn("mod@example.org", "moderator")).token,
      admin: (await server.signIn("root@example.org", "admin")).token,
    };
    const created = async (path: string, json: object): Promise<{ id: string; subject?: string }> => {
      const answer = await server.request("POST", path, { token: ada.token, json });
      expect(answer.status).toBeLessThan(300);
      return (await answer.json()) as { id: string };
    };
    const comment = await created("/v1/threads/page/comments", {
      content: "Waits for a moderator",
      author_name: "Ada",
      gdpr_consent: true,
    });
    const request = await created("/v1/privacy-requests", { type: "access", statement: "What do you have?" });
    const subject = subjectOf(ada.caller.principal)?.id ?? "";
    const [pending, own] = [`/v1/comments/${comment.id}`, `/v1/privacy-requests/${request.id}`];
    for (const [path, token] of [
      [pending, ada.token],
      [pending, staff.moderator],
      [own, ada.token],
      [own, staff.moderator],
      [own, staff.admin],
      [`/v1/admin/subjects/${subject}`, staff.admin],
      [`/v1/admin/audit-entries?resource=${subject}`, staff.admin],
      ["/v1/admin/audit-entries?resource=comment", staff.admin],
      ["/v1/admin/privacy-requests", staff.admin],
    ] as const) {
      await server.request("GET", path, { token });
    }
    const json = { decision: "approve" };
    const approved = await server.request("POST", `${pending}/moderation`, { token: staff.moderator, json });
    expect(approved.status).toBe(200);
    await server.request("GET", pending, { token: staff.moderator });
    const entries = await trail(server, "staff.read");
    const told = entries.map(({ details, resource_type, resource_id }) => [
      JSON.parse(details ?? "{}").operation,
      resource_type,
      resource_id,
    ]);
    expect(told).toEqual([
      ["readComment", "comment", comment.id],
      ["readPrivacyRequest", "privacy_request", request.id],
      ["readSubject", "subject", subject],
      ["listAuditEntries", "request", subject],
      ["listAuditEntries", "request", null],
      ["listPrivacyRequestInbox", "request", null],
    ]);
  });

  test("a flood of denials is a few entries", async () => {
    const server = await testServer();
    for (let count = 0; count < 50; count += 1) {
      await server.request("GET", "/v1/sessions/current");
      await server.request("GET", "/v1/sessions/current", { token: "gns_wrong" });
    }
    expect(await trail(server, "access.denied")).toHaveLength(0);
    await server.application.access.flush();
    const details = (await trail(server, "access.denied")).map((entry) => entry.details as string).toSorted();
    expect(details).toEqual([
      '{"count":50,"problem":"credential-invalid"}',
      '{"count":50,"problem":"credential-required"}',
    ]);
    await server.application.access.flush();
    expect(await trail(server, "access.denied")).toHaveLength(2);
  });

  test("who signs in, and who is denied, is named by the same hash; strangers are not", async () => {
    const server = await testServer();
    const { token } = await server.signIn("ada@example.org");
    const { token: other } = await server.signIn("bob@example.org");
    const [ada, bob] = (await trail(server, "session.created")).map(({ user_id_hash }) => user_id_hash);
    expect(ada).toMatch(/^[0-9a-f]{64}$/);
    expect(bob).not.toBe(ada ?? null);
    const headers = { "user-agent": "Mozilla/5.0 (owl)" };
    for (let count = 0; count < 3; count += 1) {
      await server.request("GET", "/v1/moderation/queue", { token, headers });
      await server.request("GET", "/v1/moderation/queue", { headers });
    }
    await server.request("GET", "/v1/moderation/queue", { token: other, headers });
    await server.application.access.flush();
    const denied = await trail(server, "access.denied");
    const told = denied.map(({ user_id_hash, user_agent_hash, details }) => [
      user_id_hash,
      user_agent_hash === null,
      details as string,
    ]);
    expect(told).toHaveLength(3);
    expect(told).toContainEqual([ada ?? null, false, '{"count":3,"problem":"permission-missing"}']);
    expect(told).toContainEqual([bob ?? null, false, '{"count":1,"problem":"permission-missing"}']);
    expect(told).toContainEqual([null, true, '{"count":3,"problem":"credential-required"}']);
  });

  test("a flood of denials from everywhere stays a few entries, the rest of them counted together", async () => {
    const server = await testServer();
    const { denied, flush } = server.application.access;
    for (let count = 0; count < 5_000; count += 1) {
      denied(
        { principal: ANONYMOUS, origin: { ip_hash: `${count}` as KeyedHash, user_agent_hash: null } },
        "rate-limited",
      );
    }
    await flush();
    const counts = (await server.deps.readers.audit.list(null, 5_000))
      .filter(({ action }) => action === "access.denied")
      .map(({ ip_address_hash, details }) => [ip_address_hash, JSON.parse(details ?? "{}").count]);
    expect(counts).toHaveLength(1_001);
    expect(counts.filter(([address]) => address === null)).toEqual([[null, 4_000]]);
  });
});

test("a program decides for nobody", async () => {
  const server = await testServer();
  const created = await server.application.serviceCredentials.create("cli", {
    name: "site",
    scopes: ["sessions:create"],
  });
  const { token } = accepted(created);
  const caller = await server.callerOf(token);
  const outcome = await server.application.consent.recordConsent(caller, {
    decisions: {},
    notice_token: null,
    method: "api",
  });
  expect(outcome).toMatchObject({ ok: false });
  expect(
    (
      await server.application.consent.recordConsent(server.as(ANONYMOUS), {
        decisions: {},
        notice_token: null,
        method: "api",
      })
    ).ok,
  ).toBe(true);
});
