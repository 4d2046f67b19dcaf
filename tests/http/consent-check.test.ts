import { describe, expect, test } from "bun:test";
import { DAY } from "../../src/domain/shared/instant.ts";
import { codeOf, pointersOf, type TestServer, testServer } from "../support/http.ts";
import { serviceToken } from "../support/http-people.ts";
import { eraseSubject, restrictSubject } from "../support/subjects.ts";

const UNKNOWN = "7f1ad2d5-23a1-4d8b-a7c5-90b4f1a5a6a7";

/** A visitor who granted marketing: who she is, and what her browser sends. */
const grantedMarketing = async (server: TestServer) => {
  const response = await server.request("POST", "/v1/consents", {
    json: { decisions: { marketing: true }, method: "settings" },
  });
  const { current } = (await response.json()) as { current: { subject: string } };
  const cookie = response.headers.getSetCookie().find((each) => each.startsWith("gonogo_subject="));
  return {
    subject: current.subject,
    headers: { cookie: cookie?.split(";")[0] ?? "", origin: "http://localhost" },
  };
};

const setUp = async (options: Parameters<typeof testServer>[0] = {}) => {
  const server = await testServer(options);
  const token = await serviceToken(server, ["consents:check"]);
  const check = (subject: string, purpose = "marketing", headers: Record<string, string> = {}) =>
    server.request("GET", `/v1/consents/check?subject=${subject}&purpose=${purpose}`, { token, headers });
  const answer = async (...asked: Parameters<typeof check>) => (await check(...asked)).json();
  return { server, token, check, answer };
};

const denied = (reason: string) => ({ allowed: false, reason, until: null });
const ESSENTIAL = { allowed: true, reason: "essential", until: null };

describe("a check", () => {
  test("says that, why and until when, and not any more once it is withdrawn", async () => {
    const { server, answer } = await setUp();
    const { subject, headers } = await grantedMarketing(server);
    const until = new Date(server.deps.clock.now() + 365 * DAY).toISOString();
    expect(await answer(subject)).toEqual({ allowed: true, reason: "granted", until });
    expect(await answer(subject, "functional")).toEqual(denied("refused"));
    await server.request("POST", "/v1/consents/withdrawals", { json: { purposes: ["marketing"] }, headers });
    expect(await answer(subject)).toEqual(denied("withdrawn"));
  });

  test("takes the signal that the caller passes on for the person's", async () => {
    const { server, answer } = await setUp();
    const { subject } = await grantedMarketing(server);
    expect(await answer(subject, "marketing", { "sec-gpc": "1" })).toEqual(denied("gpc"));
    expect(await answer(subject, "marketing", { dnt: "1" })).toEqual(denied("gpc"));
    expect(await answer(subject, "marketing", { "sec-gpc": "0" })).toMatchObject({ allowed: true });
    expect(await answer(subject)).toMatchObject({ allowed: true });
  });

  test("answers a restricted person's restriction, and what is essential all the same", async () => {
    const { server, answer } = await setUp();
    const { subject } = await grantedMarketing(server);
    await restrictSubject(server, subject);
    expect(await answer(subject)).toEqual(denied("restricted"));
    expect(await answer(subject, "essential")).toEqual(ESSENTIAL);
  });

  test("refuses a purpose or an id that is none, without repeating it", async () => {
    const { check } = await setUp();
    for (const [subject, purpose, pointers] of [
      [UNKNOWN, "hostile", ["#/purpose"]],
      ["hostile", "marketing", ["#/subject"]],
      [UNKNOWN.toUpperCase(), "marketing", ["#/subject"]],
    ] as const) {
      const response = await check(subject, purpose);
      expect(response.status).toBe(422);
      const text = await response.text();
      expect(text).not.toMatch(/hostile|7F1AD2D5/);
      expect(await pointersOf(new Response(text))).toEqual([...pointers]);
    }
  });
});

describe("nothing is learnt of an id", () => {
  const PURPOSES = ["essential", "functional", "analytics", "marketing"];

  test("that is nobody's, was erased, or has decided nothing: body and headers are the same", async () => {
    const { server, check } = await setUp({ analytics: true });
    const silent = (await server.signIn("silent@example.org")).caller.principal;
    const erased = await grantedMarketing(server);
    await eraseSubject(server, erased.subject);
    const ids = [UNKNOWN, erased.subject, silent.kind === "session" ? silent.subject.id : ""];
    for (const purpose of PURPOSES) {
      for (const headers of [{}, { "sec-gpc": "1" }]) {
        const answers = await Promise.all(
          ids.map(async (id) => {
            const response = await check(id, purpose, headers);
            const named = [...response.headers].filter(
              ([name]) => !["x-request-id", "ratelimit"].includes(name),
            );
            return { status: response.status, named, body: await response.text() };
          }),
        );
        expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
        expect(answers[0]?.status).toBe(200);
      }
    }
  });

  test("by whoever has no credential for it: known and unknown are refused alike", async () => {
    const { server } = await setUp();
    const { subject, headers } = await grantedMarketing(server);
    const { token } = await server.signIn("ada@example.org", "admin");
    const other = await serviceToken(server, ["sessions:create"]);
    const ask = async (id: string, options: object) => {
      const response = await server.request(
        "GET",
        `/v1/consents/check?subject=${id}&purpose=marketing`,
        options,
      );
      return [response.status, await codeOf(response)];
    };
    for (const options of [{}, { headers }, { token }, { token: other }, { token: "gnk_unknown" }]) {
      const known = await ask(subject, options);
      expect(known).toEqual(await ask(UNKNOWN, options));
      expect([401, 403]).toContain(known[0] as number);
    }
  });

  test("current and history speak of the caller alone, whatever id is asked for", async () => {
    const { server } = await setUp();
    const { subject } = await grantedMarketing(server);
    const bob = await server.signIn("bob@example.org");
    for (const path of ["/v1/consents/current", "/v1/consents/history"]) {
      for (const query of [`?subject=${subject}`, `?subject=${UNKNOWN}`, ""]) {
        const response = await server.request("GET", path + query, { token: bob.token });
        expect(await response.text()).not.toContain(subject);
      }
    }
  });
});

describe("a program's budget", () => {
  const fields = (response: Response) => [response.status, response.headers.get("ratelimit-policy")];
  const OWN = '"service";q=5;w=60';
  const FIRST = `"general";q=2;w=60, ${OWN}`;

  test("is its own once it is known: neither strangers at its address nor other programs spend it", async () => {
    const { server, check } = await setUp({ perMinute: 2, servicePerMinute: 5 });
    expect(fields(await check(UNKNOWN))).toEqual([200, FIRST]);
    await server.request("GET", "/v1/consent-policy");
    expect((await server.request("GET", "/v1/consent-policy")).status).toBe(429);
    expect(fields(await check(UNKNOWN))).toEqual([200, OWN]);
    for (let more = 0; more < 3; more += 1) expect((await check(UNKNOWN)).status).toBe(200);
    expect(fields(await check(UNKNOWN))).toEqual([429, OWN]);
    expect((await server.request("GET", "/v1/consent-policy")).status).toBe(429);
  });

  test("is what flags are evaluated and sessions are opened from, too", async () => {
    const server = await testServer({ perMinute: 3, servicePerMinute: 50 });
    const token = await serviceToken(server, ["sessions:create"]);
    for (let user = 0; user < 20; user += 1) {
      const evaluated = await server.request("POST", "/ofrep/v1/evaluate/flags", { token, json: {} });
      expect(evaluated.status).toBe(200);
      const opened = await server.request("POST", "/v1/sessions", {
        token,
        json: { external_user_id: `user ${user}` },
      });
      expect(opened.status).toBe(201);
    }
  });

  test("is nobody's who guesses: credentials that are not known count against the address", async () => {
    const { server, check } = await setUp({ perMinute: 4, servicePerMinute: 50 });
    await check(UNKNOWN);
    const guess = async (letter: string) =>
      (
        await server.request("GET", `/v1/consents/check?subject=${UNKNOWN}&purpose=marketing`, {
          token: `gnk_${letter.repeat(42)}A`,
        })
      ).status;
    expect([await guess("a"), await guess("b"), await guess("c"), await guess("d")]).toEqual([
      401, 401, 401, 429,
    ]);
    expect((await check(UNKNOWN)).status).toBe(200);
  });

  test("ends with the credential: the next request is refused, and counts against the address again", async () => {
    const { server, check } = await setUp({ perMinute: 50, servicePerMinute: 5 });
    expect((await check(UNKNOWN)).status).toBe(200);
    const admin = await server.signIn("ada@example.org", "admin");
    const [credential] = await server.deps.readers.serviceCredentials.list(null, 1);
    const revoked = await server.request("DELETE", `/v1/admin/service-credentials/${credential?.id}`, {
      token: admin.token,
    });
    expect(revoked.status).toBe(204);
    expect(fields(await check(UNKNOWN))).toEqual([401, '"general";q=50;w=60']);
  });
});
