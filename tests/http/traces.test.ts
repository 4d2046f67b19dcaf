// The invented person again: she goes through what a trace is begun for, behind a proxy that is trusted, and nothing that
// reaches the collector may hold anything of hers.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTrustedProxies } from "../../src/adapters/http/client-address.ts";
import { createServer } from "../../src/adapters/http/server.ts";
import { openTracer } from "../../src/adapters/opentelemetry/open-tracer.ts";
import { tracedCalls } from "../../src/adapters/opentelemetry/traced-calls.ts";
import { guardedMailer } from "../../src/adapters/resilience/guarded-mailer.ts";
import { makeOutsideCalls } from "../../src/adapters/resilience/outside-calls.ts";
import type { Application } from "../../src/app/application.ts";
import { deliverMails } from "../../src/app/mail/deliver-mails.ts";
import { requestOrigin } from "../../src/app/request-origin.ts";
import type { Tracer } from "../../src/ports/tracer.ts";
import { betrayals, CANARY } from "../support/canary.ts";
import { type ArrivedSpan, type Collector, startCollector } from "../support/collector.ts";
import { openEdge, recordingLogger } from "../support/http.ts";
import { startService } from "../support/process.ts";
import { type TestService, testService } from "../support/service.ts";

const ALLOWED = [
  "commit.group_size",
  "error.type",
  "http.request.method",
  "http.response.status_code",
  "http.route",
  "request_id",
  "service.peer.name",
];

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PROXY_SPAN = "00f067aa0ba902b7";

let collector: Collector;
let tracer: Tracer;
let service: TestService;
let failing: Error | null = null;
const running: ReturnType<typeof createServer>[] = [];
let behindProxy: string;
let onTheNet: string;

const breakable = (application: Application): Application => ({
  ...application,
  consent: {
    ...application.consent,
    currentConsent: (caller) =>
      failing === null ? application.consent.currentConsent(caller) : Promise.reject(failing),
  },
});

const listen = (trustedProxies: string): string => {
  const { application, deps } = service;
  const server = createServer({
    application: breakable(application),
    logger: recordingLogger(),
    clock: deps.clock,
    ids: deps.ids,
    requestOrigin: requestOrigin(deps),
    ...openEdge(),
    tracer,
    settings: {
      publicUrl: "http://localhost",
      corsOrigins: [],
      consentCookieDays: 365,
      trustedProxies: parseTrustedProxies(trustedProxies),
      metricsToken: null,
    },
  }).listen({ hostname: "127.0.0.1", port: 0 });
  running.push(server);
  return `http://127.0.0.1:${server.server?.port}`;
};

beforeAll(async () => {
  collector = startCollector();
  tracer = openTracer({
    endpoint: collector.endpoint,
    serviceName: "gonogo",
    logger: recordingLogger(),
  });
  service = await testService({ settings: { moderation: "post" }, tracer });
  behindProxy = listen("127.0.0.1");
  onTheNet = listen("");
});

afterAll(async () => {
  for (const server of running) await server.stop();
  await service.close();
  await collector.stop();
});

/** Her browser through the proxy, which says in whose trace and under which id the request goes on. */
const she = async (
  method: string,
  path: string,
  sent: { readonly token?: string; readonly json?: unknown; readonly url?: string } = {},
) => {
  const response = await fetch((sent.url ?? behindProxy) + path, {
    method,
    headers: {
      "user-agent": CANARY.userAgent,
      "x-forwarded-for": CANARY.ip,
      referer: `https://www.example.org/?who=${encodeURIComponent(CANARY.email)}`,
      traceparent: `00-${TRACE}-${PROXY_SPAN}-01`,
      tracestate: `who=${CANARY.externalId}`,
      baggage: `who=${encodeURIComponent(CANARY.email)}`,
      ...(sent.token === undefined ? {} : { authorization: `Bearer ${sent.token}` }),
      ...(sent.json === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(sent.json === undefined ? {} : { body: JSON.stringify(sent.json) }),
  });
  const id = response.headers.get("x-request-id") ?? "none";
  return { status: response.status, id, body: await response.json().catch(() => null) };
};

const requestOf = (id: string): ArrivedSpan => {
  const found = collector.spans.find(({ attributes }) => attributes["request_id"] === id);
  if (found === undefined) throw new Error(`no span of request ${id}`);
  return found;
};

const partsOf = ({ spanId }: ArrivedSpan): readonly ArrivedSpan[] =>
  collector.spans.filter(({ parentSpanId }) => parentSpanId === spanId);

test("traces tell what the service did, and nothing of her", async () => {
  const thread = `/v1/threads/${encodeURIComponent(`/about/${CANARY.name}/`)}/comments`;
  const asked = await she("POST", "/v1/sign-in-links", { json: { email: CANARY.email } });
  const logger = recordingLogger();
  const calls = tracedCalls(makeOutsideCalls({ failureThreshold: 5, openSeconds: 60, logger }), tracer);
  await deliverMails({ ...service.deps, mailer: guardedMailer(service.mailer, calls), logger });
  const link_token = service.mails.at(-1)?.text.match(/#(gnl_[\w-]+)/)?.[1];
  const signedIn = await she("POST", "/v1/sessions", { json: { link_token } });
  const { token, subject } = signedIn.body as { token: string; subject: string };
  const posted = await she("POST", thread, {
    token,
    json: {
      content: CANARY.text,
      author_name: CANARY.name,
      author_email: CANARY.email,
      gdpr_consent: true,
    },
  });
  const refused = await she("POST", thread, { token, json: { content: CANARY.text, [CANARY.name]: 1 } });
  const read = await she("GET", `${thread}?cursor=${encodeURIComponent(CANARY.email)}`);
  const missed = await she("GET", `/${CANARY.name}/${encodeURIComponent(CANARY.email)}`);
  const wrongMethod = await she("PUT", thread, { json: CANARY });
  failing = Object.assign(new TypeError(CANARY.email), { code: CANARY.name, cause: new Error(CANARY.text) });
  const failed = await she("GET", "/v1/consents/current");
  failing = Object.assign(new Error(CANARY.text), { name: CANARY.name });
  const oddlyFailed = await she("GET", "/v1/consents/current");
  failing = null;
  const direct = await she("GET", "/v1/consent-policy", { url: onTheNet });
  await tracer.close();

  const EXPECTED = [
    [asked, 202, "POST /v1/sign-in-links", undefined],
    [signedIn, 201, "POST /v1/sessions", undefined],
    [posted, 201, "POST /v1/threads/:thread/comments", undefined],
    [refused, 422, "POST /v1/threads/:thread/comments", undefined],
    [read, 422, "GET /v1/threads/:thread/comments", undefined],
    [missed, 404, "GET", undefined],
    [wrongMethod, 405, "PUT", undefined],
    [failed, 500, "GET /v1/consents/current", "TypeError"],
    [oddlyFailed, 500, "GET /v1/consents/current", "Error"],
    [direct, 200, "GET /v1/consent-policy", undefined],
  ] as const;
  for (const [answer, status, name, errorType] of EXPECTED) {
    const span = requestOf(answer.id);
    const { "error.type": kind, "http.response.status_code": told } = span.attributes;
    expect([answer.status, span.name, span.kind, told, kind]).toEqual([status, name, 2, status, errorType]);
    // A message of a status would be the message of an error.
    expect([name, span.status]).toEqual([name, { code: status === 500 ? 2 : 0 }]);
  }

  // The proxy's trace goes on; nobody else's word is taken.
  expect(requestOf(posted.id)).toMatchObject({ traceId: TRACE, parentSpanId: PROXY_SPAN });
  expect(requestOf(missed.id)).toMatchObject({ traceId: TRACE, parentSpanId: PROXY_SPAN });
  expect(requestOf(direct.id).traceId).not.toBe(TRACE);
  expect(requestOf(direct.id).parentSpanId).toBeUndefined();
  // What was stored for her is part of her request, what was mailed is not.
  const stored = partsOf(requestOf(posted.id));
  expect(stored.length).toBeGreaterThan(0);
  for (const { name, attributes, traceId } of stored) {
    expect([name, Object.keys(attributes), traceId]).toEqual(["commit", ["commit.group_size"], TRACE]);
  }
  expect(partsOf(requestOf(refused.id))).toEqual([]);
  const mails = collector.spans.filter(({ name }) => name === "call smtp");
  expect(mails).toHaveLength(1);
  expect(mails[0]?.parentSpanId).toBeUndefined();

  // She was there, and left nothing.
  expect(service.mails.at(-1)?.to).toBe(CANARY.email);
  expect(collector.spans.length).toBeGreaterThan(EXPECTED.length);
  for (const { attributes, events, links, traceState } of collector.spans) {
    expect(Object.keys(attributes).filter((key) => !ALLOWED.includes(key))).toEqual([]);
    expect([events, links, traceState]).toEqual([[], [], undefined]);
  }
  const everything = collector.raw.join("\n");
  expect(everything).toContain("/v1/threads/:thread/comments");
  expect(betrayals(everything)).toEqual([]);
  for (const secret of [token, subject, link_token as string, (posted.body as { id: string }).id]) {
    expect(secret.length).toBeGreaterThan(20);
    expect(everything).not.toContain(secret);
  }
  expect(everything).not.toContain("127.0.0.1:".concat(new URL(behindProxy).port));
});

describe("the service as a process", () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gonogo-traces-"));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const start = (endpoint: string, name: string) =>
    startService({
      DATABASE_URL: `sqlite:///${folder}/${name}.db`,
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_SERVICE_NAME: "consents",
    });

  test("sends what is left when it is asked to stop", async () => {
    const taking = startCollector();
    const process = await start(taking.endpoint, "taking");
    const answer = await fetch(`${process.url}/v1/consent-policy`);
    expect(await process.stop()).toBe(0);
    const id = answer.headers.get("x-request-id");
    const span = taking.spans.find(({ attributes }) => attributes["request_id"] === id);
    expect([span?.name, span?.resource]).toEqual(["GET /v1/consent-policy", { "service.name": "consents" }]);
    await taking.stop();
  });

  test("answers and stops while the collector hangs", async () => {
    const hanging = startCollector();
    hanging.behave("hang");
    const process = await start(hanging.endpoint, "hanging");
    const ask = async () => (await fetch(`${process.url}/v1/consent-policy`)).status;
    // More than a batch, so that one is under way.
    for (let count = 0; count < 150; count += 1) expect(await ask()).toBe(200);
    await hanging.arrived(1);
    expect(hanging.held()).toBeGreaterThan(0);
    expect(await ask()).toBe(200);
    expect(await process.stop()).toBe(0);
    expect(process.output()).toContain("traces_lost");
    await hanging.stop();
  });
});
