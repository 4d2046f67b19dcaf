import { describe, expect, test } from "bun:test";
import { DAY, HOUR } from "../../src/domain/shared/instant.ts";
import { codeOf, pointersOf, type TestServer, testServer } from "../support/http.ts";

const policyOf = async (server: TestServer) => {
  const { data } = await server.client().GET("/v1/consent-policy");
  if (data === undefined) throw new Error("there is a policy");
  return data;
};

const cookiesOf = (response: Response): string[] => response.headers.getSetCookie();

/** What a browser sends back: name and value of every cookie. */
const jar = (response: Response): string =>
  cookiesOf(response)
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

const OWN = { origin: "http://localhost" };

/** A visitor who decided on the settings page; answers what her browser sends from then on. */
const decided = async (server: TestServer, decisions: object, headers = {}): Promise<string> => {
  const response = await server.request("POST", "/v1/consents", {
    json: { decisions, method: "settings" },
    headers,
  });
  expect(response.status).toBe(201);
  return jar(response);
};

describe("the policy", () => {
  test("speaks the language of the parameter, else of Accept-Language, else English", async () => {
    const server = await testServer();
    const languageOf = async (path: string, accept?: string) => {
      const response = await server.request("GET", path, {
        headers: accept === undefined ? {} : { "accept-language": accept },
      });
      expect(response.headers.get("vary")).toContain("Accept-Language");
      return response.headers.get("content-language");
    };
    expect(await languageOf("/v1/consent-policy")).toBe("en");
    expect(await languageOf("/v1/consent-policy", "xx, de-AT;q=0.8, en;q=0.5")).toBe("de");
    expect(await languageOf("/v1/consent-policy", "en;q=0.1, de;q=0.9")).toBe("de");
    expect(await languageOf("/v1/consent-policy", "de;q=0, en;q=0.1")).toBe("en");
    expect(await languageOf("/v1/consent-policy?lang=de", "en")).toBe("de");
    expect(await languageOf("/v1/consent-policy?lang=xx", "de")).toBe("de");
  });

  test("leaves analytics out while its flag is off", async () => {
    const types = async (analytics: boolean) =>
      (await policyOf(await testServer({ analytics }))).purposes.map(({ type }) => type);
    expect(await types(false)).toEqual(["essential", "functional", "marketing"]);
    expect(await types(true)).toEqual(["essential", "functional", "analytics", "marketing"]);
  });

  test("a malformed language tag is refused", async () => {
    const server = await testServer();
    const response = await server.request("GET", "/v1/consent-policy?lang=%00");
    expect(response.status).toBe(422);
    expect(await pointersOf(response)).toEqual(["#/lang"]);
  });
});

describe("a visitor", () => {
  test("gets no cookie by reading anything", async () => {
    const server = await testServer();
    for (const path of [
      "/v1/consent-policy",
      "/v1/consents/current",
      "/v1/threads/t/comments",
      "/sign-in",
      "/docs",
      "/docs/json",
      "/problems/not-found",
      "/.well-known/gpc.json",
      "/health/live",
    ]) {
      const response = await server.request("GET", path);
      expect([path, response.status, ...cookiesOf(response)]).toEqual([path, 200]);
    }
  });

  test("who decides in the banner becomes a subject by two cookies", async () => {
    const server = await testServer();
    const { notice_token, version, notice_hash } = await policyOf(server);
    const { data, response } = await server.client().POST("/v1/consents", {
      body: { decisions: { functional: true, marketing: false }, notice_token, method: "banner" },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe("/v1/consents/current");
    expect(data?.consent).toMatchObject({
      event: "decided",
      consent_types: ["essential", "functional"],
      policy_version: version,
      notice_hash,
      language: "en",
      method: "banner",
      gpc: false,
    });
    const [consent, subject, ...more] = cookiesOf(response);
    expect(more).toEqual([]);
    expect(consent).toBe(
      `gonogo_consent=${version}.essential.functional; Path=/; SameSite=Lax; Max-Age=31536000`,
    );
    expect(subject).toMatch(/^gonogo_subject=[\w.-]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=31536000$/);
    // The readable cookie holds no identifier.
    expect(consent).not.toContain(data?.consent.subject ?? "?");

    const current = await server.request("GET", "/v1/consents/current", {
      headers: { cookie: jar(response) },
    });
    expect(await current.json()).toMatchObject({
      subject: data?.consent.subject ?? "?",
      needs_decision: false,
      purposes: { functional: { granted: true }, marketing: { granted: false, reason: "refused" } },
    });
  });

  test("over TLS the cookies are Secure and carry the prefix", async () => {
    const server = await testServer({ publicUrl: "https://gonogo.example.org" });
    const response = await server.request("POST", "/v1/consents", {
      json: { decisions: {}, method: "api" },
    });
    const [consent, subject] = cookiesOf(response);
    expect(consent).toBe("gonogo_consent=1.essential; Path=/; Secure; SameSite=Lax; Max-Age=31536000");
    expect(subject).toMatch(
      /^__Host-gonogo_subject=[\w.-]+; Path=\/; HttpOnly; Secure; SameSite=Lax; Max-Age=31536000$/,
    );
    // A cookie of the development name, or of another case, is none.
    const value = jar(response).match(/__Host-gonogo_subject=([\w.-]+)/)?.[1];
    for (const [name, known] of [
      ["__Host-gonogo_subject", true],
      ["gonogo_subject", false],
      ["__host-gonogo_subject", false],
    ] as const) {
      const current = await server.request("GET", "/v1/consents/current", {
        headers: { cookie: `a=b; ${name}=${value}` },
      });
      expect([name, ((await current.json()) as { subject: string | null }).subject !== null]).toEqual([
        name,
        known,
      ]);
    }
  });

  test("who decides again stays the same subject and gets no second identity", async () => {
    const server = await testServer();
    const cookie = await decided(server, { functional: true });
    const again = await server.request("POST", "/v1/consents", {
      json: { decisions: { marketing: true }, method: "settings" },
      headers: { cookie, ...OWN },
    });
    expect(again.status).toBe(201);
    expect(cookiesOf(again).map((each) => each.split("=")[0])).toEqual(["gonogo_consent"]);
    const history = await server.request("GET", "/v1/consents/history", { headers: { cookie } });
    const { items } = (await history.json()) as { items: { sequence: number; subject: string }[] };
    expect(items.map(({ sequence }) => sequence)).toEqual([2, 1]);
    expect(new Set(items.map(({ subject }) => subject)).size).toBe(1);
  });

  test("withdraws with the same means, no more fields, and at once", async () => {
    const server = await testServer();
    const cookie = await decided(server, { functional: true, marketing: true });
    const response = await server.request("POST", "/v1/consents/withdrawals", {
      json: { purposes: ["marketing"] },
      headers: { cookie, ...OWN },
    });
    expect(response.status).toBe(201);
    expect(cookiesOf(response)).toEqual([
      "gonogo_consent=1.essential.functional; Path=/; SameSite=Lax; Max-Age=31536000",
    ]);
    const current = await server.request("GET", "/v1/consents/current", { headers: { cookie } });
    expect(await current.json()).toMatchObject({
      purposes: { marketing: { granted: false, reason: "withdrawn" }, functional: { granted: true } },
    });
  });
});

describe("a decision is refused", () => {
  test("in the banner without proof, with a forged, and with an old one", async () => {
    const server = await testServer();
    const { notice_token } = await policyOf(server);
    const refusal = async (token: string | null) => {
      const response = await server.request("POST", "/v1/consents", {
        json: { decisions: {}, method: "banner", notice_token: token },
      });
      expect(response.status).toBe(422);
      return codeOf(response);
    };
    expect(await refusal(null)).toBe("notice-required");
    expect(await refusal(`${notice_token}x`)).toBe("notice-token-invalid");
    server.pass(HOUR + 1);
    expect(await refusal(notice_token)).toBe("notice-token-expired");
  });

  test("for a purpose that is not offered, named in the problem", async () => {
    const server = await testServer();
    const response = await server.request("POST", "/v1/consents", {
      json: { decisions: { analytics: true }, method: "settings" },
    });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      code: "purpose-not-offered",
      purpose: "analytics",
      errors: [{ pointer: "#/decisions" }],
    });
  });

  test("for a withdrawal of nothing, of something twice and of essential", async () => {
    const server = await testServer();
    const cookie = await decided(server, {});
    for (const purposes of [[], ["marketing", "marketing"], ["essential"]]) {
      const response = await server.request("POST", "/v1/consents/withdrawals", {
        json: { purposes },
        headers: { cookie, ...OWN },
      });
      expect([JSON.stringify(purposes), response.status]).toEqual([JSON.stringify(purposes), 422]);
    }
  });

  test("once it has run out it reads as not decided", async () => {
    const server = await testServer();
    const cookie = await decided(server, { functional: true });
    server.pass(365 * DAY);
    const current = await server.request("GET", "/v1/consents/current", { headers: { cookie } });
    expect(await current.json()).toMatchObject({
      needs_decision: true,
      purposes: { functional: { granted: false, reason: "expired" } },
    });
  });
});

describe("Global Privacy Control", () => {
  const reasonFor = async (value: string | null): Promise<string> => {
    const server = await testServer();
    const response = await server.request("GET", "/v1/consents/current", {
      headers: value === null ? {} : { "sec-gpc": value },
    });
    expect(response.headers.get("vary")).toContain("Sec-GPC");
    return ((await response.json()) as { purposes: { marketing: { reason: string } } }).purposes.marketing
      .reason;
  };

  test.each(["1", "0, 1", "1, 1", " 1 "])("%p is the signal", async (value) => {
    expect(await reasonFor(value)).toBe("gpc");
  });

  test.each([null, "0", "true", "1;x", "", "01", "0, 01"])("%p is none", async (value) => {
    expect(await reasonFor(value)).toBe("not-decided");
  });

  test("is kept with the decision, and a decision made in spite of it stands", async () => {
    const server = await testServer();
    const signal = { "sec-gpc": "1" };
    const cookie = await decided(server, { marketing: true }, signal);
    const current = await server.request("GET", "/v1/consents/current", { headers: { cookie, ...signal } });
    expect(await current.json()).toMatchObject({
      consent: { gpc: true },
      purposes: { marketing: { granted: true } },
    });
  });

  test("a field of the body or a parameter is not the signal", async () => {
    const server = await testServer();
    const body = await server.request("POST", "/v1/consents", {
      json: { decisions: {}, method: "api", gpc: true },
    });
    expect(body.status).toBe(422);
    const query = await server.request("GET", "/v1/consents/current?Sec-GPC=1");
    expect(await query.json()).toMatchObject({ purposes: { marketing: { reason: "not-decided" } } });
  });
});

describe("the history", () => {
  test("pages newest first without a gap, and refuses a foreign cursor", async () => {
    const server = await testServer();
    const cookie = await decided(server, {});
    for (let more = 0; more < 4; more += 1) {
      await server.request("POST", "/v1/consents", {
        json: { decisions: {}, method: "settings" },
        headers: { cookie, ...OWN },
      });
    }
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? "" : `&cursor=${cursor}`;
      const response = await server.request("GET", `/v1/consents/history?limit=2${query}`, {
        headers: { cookie },
      });
      const page = (await response.json()) as { items: { sequence: number }[]; next_cursor: string | null };
      seen.push(...page.items.map(({ sequence }) => sequence));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual([5, 4, 3, 2, 1]);
    const bad = await server.request("GET", "/v1/consents/history?cursor=nonsense", { headers: { cookie } });
    expect(bad.status).toBe(422);
    expect(await pointersOf(bad)).toEqual(["#/cursor"]);
  });

  test.each(["0", "101", "-1", "1.5", "ten", "", "1&limit=2"])("limit=%s is refused", async (limit) => {
    const server = await testServer();
    const cookie = await decided(server, {});
    const response = await server.request("GET", `/v1/consents/history?limit=${limit}`, {
      headers: { cookie },
    });
    expect(response.status).toBe(422);
    expect(await pointersOf(response)).toEqual(["#/limit"]);
  });
});
