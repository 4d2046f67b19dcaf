// An invented person walks through everything that can happen to her over HTTP. Nothing that is logged, and nothing that
// a problem says, may hold anything of hers, in whatever spelling.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { PROBLEMS } from "../../src/adapters/http/problems.ts";
import { createServer } from "../../src/adapters/http/server.ts";
import { makeLogger } from "../../src/adapters/pino/logger.ts";
import type { Application } from "../../src/app/application.ts";
import { deliverMails } from "../../src/app/mail/deliver-mails.ts";
import { requestOrigin } from "../../src/app/request-origin.ts";
import { DAY, HOUR } from "../../src/domain/shared/instant.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { betrayals, CANARY } from "../support/canary.ts";
import { openCanaryBrowser } from "../support/canary-browser.ts";
import { MET_BY_RIGHTS } from "../support/canary-rights.ts";
import { openEdge } from "../support/http.ts";
import { accepted, type TestService, testService } from "../support/service.ts";

const lines: string[] = [];
let failing: Error | null = null;
let service: TestService;
let server: ReturnType<typeof createServer>;
let url: string;

/** Real use cases; the moments in which something is to go wrong are chosen by the test. */
const breakable = (application: Application): Application => ({
  ...application,
  consent: {
    ...application.consent,
    currentConsent: (caller) =>
      failing === null ? application.consent.currentConsent(caller) : Promise.reject(failing),
  },
  health: { failing: async () => (failing === null ? [] : ["database"]) },
});

/** So many requests that she runs into the limit at the end, and not before. */
const edge = openEdge(1_200);

beforeAll(async () => {
  const logger = makeLogger({ write: (line: string) => void lines.push(line) });
  service = await testService({
    settings: { publicUrl: "http://localhost", moderation: "post", corsOrigins: [] },
  });
  const { application, deps } = service;
  server = createServer({
    application: breakable(application),
    logger,
    clock: deps.clock,
    ids: deps.ids,
    // As a proxy that is trusted would have it: her address reaches the hash, and nothing else.
    requestOrigin: (traces) => requestOrigin(deps)({ ...traces, ip: CANARY.ip }),
    ...edge,
    settings: {
      publicUrl: "http://localhost",
      corsOrigins: [],
      consentCookieDays: 365,
      trustedProxies: [],
      metricsToken: null,
    },
  }).listen({ hostname: "127.0.0.1", port: 0 });
  url = `http://127.0.0.1:${server.server?.port}`;
});

afterAll(async () => {
  await server.stop();
  await service.close();
});

const { she, problems } = openCanaryBrowser((path, init) => fetch(url + path, init));

const link = async (): Promise<string> => {
  await she("POST", "/v1/sign-in-links", { json: { email: CANARY.email } });
  const logger = makeLogger({ write: (line: string) => void lines.push(line) });
  await deliverMails({ ...service.deps, mailer: service.mailer, logger });
  const token = service.mails.at(-1)?.text.match(/#(gnl_[\w-]+)/)?.[1];
  if (token === undefined) throw new Error("no sign-in link was mailed");
  return token;
};

const THREAD = `/v1/threads/${encodeURIComponent(`/about/${CANARY.name}/`)}/comments`;
const COMMENT = {
  content: CANARY.text,
  author_name: CANARY.name,
  author_email: CANARY.email,
  gdpr_consent: true,
};

/** Posts, signs in, decides, edits, reports: everything that goes well. */
const goesWell = async () => {
  const decided = await she("POST", "/v1/consents", {
    json: { decisions: { marketing: true }, method: "api" },
  });
  const signedIn = await she("POST", "/v1/sessions", { json: { link_token: await link() } });
  const { token } = signedIn.json() as { token: string };
  const posted = await she("POST", THREAD, { token, json: COMMENT });
  const comment = posted.json() as { id: string; edit_token: string };
  const edited = await she("PATCH", `/v1/comments/${comment.id}`, {
    token: comment.edit_token,
    headers: { "if-match": "*" },
    json: { content: `${CANARY.text} Ja.` },
  });
  const reported = await she("POST", `/v1/comments/${comment.id}/reports`, { json: { reason: CANARY.text } });
  const read = await she("GET", THREAD);
  const { token: platform } = accepted(
    await service.application.serviceCredentials.create("cli", {
      name: CANARY.name,
      scopes: ["sessions:create"],
    }),
  );
  const opened = await she("POST", "/v1/sessions", {
    token: platform,
    json: { external_user_id: CANARY.externalId },
  });
  expect([decided, signedIn, posted, edited, reported, read, opened].map(({ status }) => status)).toEqual([
    201, 201, 201, 200, 202, 200, 201,
  ]);
  // She is really there: else nothing below would mean anything.
  expect(read.text).toContain("Zwiebelfisch");
  return { token, comment, platform };
};

test("no log line and no problem holds anything of hers", async () => {
  const { token, comment, platform } = await goesWell();
  const policy = (await she("GET", "/v1/consent-policy")).json() as { notice_token: string };
  const decide = (json: object) => she("POST", "/v1/consents", { json });
  const post = (change: object) => she("POST", THREAD, { token, json: { ...COMMENT, ...change } });

  // 400, 413, 415
  await she("POST", THREAD, {
    token,
    headers: { "content-type": "application/json" },
    body: `{"a": "${CANARY.email}`,
  });
  await post({ content: CANARY.text.repeat(2_000) });
  await she("POST", THREAD, { token, headers: { "content-type": "text/plain" }, body: CANARY.text });
  const evaluate = (json: object) => she("POST", "/ofrep/v1/evaluate/flags", { token: platform, json });
  await evaluate({ context: { targetingKey: CANARY.email, name: CANARY.name } });
  const refused = await evaluate({ context: { targetingKey: [CANARY.email] } });
  expect([refused.status, betrayals(refused.text)]).toEqual([400, []]);
  // 401
  await she("GET", "/v1/consents/history");
  await she("GET", "/v1/sessions/current", { token: CANARY.email });
  await she("GET", "/v1/sessions/current", { headers: { authorization: `Basic ${btoa(CANARY.email)}` } });
  await she("POST", "/v1/sessions", { json: { link_token: CANARY.email } });
  // 403
  await she("GET", "/v1/moderation/queue", { token });
  await she("DELETE", "/v1/sessions", {
    headers: { cookie: `gonogo_session=${token}`, origin: `https://${CANARY.name.replace(" ", "")}.example` },
  });
  const other = (await post({})).json() as { edit_token: string; id: string };
  const foreign = { token: other.edit_token, headers: { "if-match": "*" } };
  await she("PATCH", `/v1/comments/${comment.id}`, { ...foreign, json: { content: CANARY.text } });
  // 404, 405
  await she("GET", `/${encodeURIComponent(CANARY.email)}/${CANARY.name}`);
  await she("GET", `/v1/comments/${encodeURIComponent(CANARY.email)}`);
  await she("GET", `/problems/${encodeURIComponent(CANARY.email)}`);
  await she("PUT", THREAD, { json: COMMENT });
  // 409, 412, 428
  const versioned = { token, headers: { "if-match": `"${CANARY.email}"` } };
  await she("DELETE", `/v1/comments/${other.id}`, { token });
  await she("DELETE", `/v1/comments/${other.id}`, versioned);
  await she("DELETE", `/v1/comments/${other.id}`, { token, headers: { "if-match": "*" } });
  await she("DELETE", `/v1/comments/${other.id}`, { token, headers: { "if-match": "*" } });
  // 422
  await post({
    content: [CANARY.text],
    author_name: `${CANARY.name}\u0000`,
    author_email: CANARY.name,
    [CANARY.email]: 1,
  });
  await post({
    content: CANARY.text.repeat(40),
    author_name: CANARY.name.repeat(40),
    author_email: CANARY.name,
  });
  await post({ parent_id: CANARY.email });
  await post({ parent_id: comment.id.replace(/.$/, (last) => (last === "0" ? "1" : "0")) });
  await post({ gdpr_consent: false });
  await post({ content: `<img alt="${CANARY.text}">` });
  await she(
    "GET",
    `${THREAD}?cursor=${encodeURIComponent(CANARY.email)}&limit=${CANARY.name}&status=${CANARY.name}`,
  );
  await she("GET", `/v1/consent-policy?lang=${encodeURIComponent(CANARY.email)}`);
  await she("POST", "/v1/sign-in-links", { json: { email: `${CANARY.email}@` } });
  await she("POST", "/v1/sign-in-links", {
    json: { email: CANARY.email, return_to: `https://${CANARY.ip}/${CANARY.name}` },
  });
  await she("POST", "/v1/sessions", {
    token: platform,
    json: { external_user_id: `${CANARY.externalId}\u0007` },
  });
  await decide({ decisions: {}, method: "banner" });
  await decide({ decisions: {}, method: "banner", notice_token: CANARY.email });
  await decide({ decisions: { analytics: true }, method: "api" });
  const withoutAddress = (
    await she("POST", "/v1/sessions", { token: platform, json: { external_user_id: "u" } })
  ).json() as { token: string };
  await she("POST", THREAD, { token: withoutAddress.token, json: { ...COMMENT, author_email: null } });
  service.pass(2 * HOUR);
  await decide({ decisions: {}, method: "banner", notice_token: policy.notice_token });
  await she("PATCH", `/v1/comments/${comment.id}`, {
    token,
    headers: { "if-match": "*" },
    json: { content: CANARY.text },
  });
  service.pass(2 * DAY);
  await she("GET", "/v1/sessions/current", { token });
  // 500, 503
  failing = Object.assign(new TypeError(`duplicate key (email)=(${CANARY.email})`), {
    detail: CANARY.email,
    code: CANARY.name,
    parameters: [CANARY.ip],
    cause: new Error(CANARY.text),
  });
  await she("GET", "/v1/consents/current");
  await she("GET", "/health/ready");
  failing = new StorageFailure("lost", "unknown", "commit", "57P01");
  await she("GET", "/v1/consents/current");

  // 429
  for (let status = 0, count = 0; status !== 429 && count < 1_300; count += 1) {
    status = (await she("GET", "/v1/consent-policy")).status;
  }

  const metrics = await edge.metrics.render();
  expect(metrics).toContain("/v1/consents/current");
  expect(betrayals(metrics)).toEqual([]);
  expect(lines.length).toBeGreaterThan(50);
  expect(lines.filter((line) => line.includes("unhandled_exception"))).toHaveLength(2);
  for (const line of lines) expect([line, betrayals(line)]).toEqual([line, []]);
  for (const [code, bodies] of problems) {
    for (const body of bodies) expect([code, body, betrayals(body)]).toEqual([code, body, []]);
  }
  // Every status that a client can run into was among them.
  const met = new Set([...problems.keys()].map((code) => PROBLEMS[code as keyof typeof PROBLEMS].status));
  expect([...met].toSorted((a, b) => a - b)).toEqual([
    400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503,
  ]);
  // What cannot be reached by what she may do herself; the test below meets MET_BY_RIGHTS.
  const UNREACHED = [
    "conflict",
    "comments-disabled",
    "host-invalid",
    "last-admin",
    "moderation-not-possible",
    "retention-run-under-way",
  ];
  const ELSEWHERE = ["subject-erased", "subject-not-active", "subject-restricted"];
  const missing = Object.keys(PROBLEMS).filter(
    (code) => !problems.has(code) && !code.startsWith("idempotency"),
  );
  expect(missing.filter((code) => code !== "already-created").toSorted()).toEqual(
    [...UNREACHED, ...ELSEWHERE, ...MET_BY_RIGHTS].toSorted(),
  );
});

test("the search would find her", () => {
  for (const text of Object.values(CANARY)) {
    for (const spelled of [
      text,
      text.toUpperCase(),
      encodeURIComponent(text),
      Buffer.from(text).toString("base64"),
      Buffer.from(`x${text}`).toString("base64url"),
      Buffer.from(`{"a":"${text}"}`).toString("base64"),
      Buffer.from(text).toString("hex"),
      new Bun.CryptoHasher("sha256").update(text).digest("hex"),
      [...text]
        .map((each) => `\\u${each.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`)
        .join(""),
    ]) {
      expect([spelled, betrayals(`before ${spelled} after`).length > 0]).toEqual([spelled, true]);
    }
  }
});
