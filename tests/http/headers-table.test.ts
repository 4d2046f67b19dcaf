// Every operation of the document and each of its statuses: an answer carries exactly the headers that stand here by
// hand and in tests/support/header-rows-*.ts, and no other.
import { beforeAll, describe, expect, test } from "bun:test";
import type { Application } from "../../src/app/application.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { type Asker, type Expected, GENERAL, METRICS_TOKEN, type Row } from "../support/header-rows.ts";
import { AUDIT_ROWS } from "../support/header-rows-audit.ts";
import { PEOPLE_ROWS } from "../support/header-rows-people.ts";
import { PRIVACY_REQUEST_ROWS } from "../support/header-rows-privacy-requests.ts";
import { RECIPIENT_ROWS } from "../support/header-rows-recipients.ts";
import { SERVICE_ROWS } from "../support/header-rows-service.ts";
import { ALLOWED_ORIGIN, type RequestOptions, type TestServer, testServer } from "../support/http.ts";
import { openConnection, requestBytes } from "../support/http-connection.ts";
import { serviceToken } from "../support/http-people.ts";

const ROWS = [...PEOPLE_ROWS, ...SERVICE_ROWS, ...RECIPIENT_ROWS, ...AUDIT_ROWS, ...PRIVACY_REQUEST_ROWS];

/** Of every answer, whatever it is. */
const EVERY: Expected = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "deny",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  "x-permitted-cross-domain-policies": "none",
  "x-dns-prefetch-control": "off",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cache-control": "no-store, max-age=0",
  link: '</v1/consent-policy>; rel="privacy-policy"',
  vary: "Origin",
  "x-request-id": /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/,
};

const TLS: Expected = { "strict-transport-security": "max-age=63072000; includeSubDomains" };

const NONCE = "'nonce-[A-Za-z0-9+/]{24}'";
const KINDS: Readonly<Record<Row["success"]["kind"], Expected>> = {
  nothing: {},
  json: { "content-type": "application/json" },
  text: { "content-type": "text/plain; charset=utf-8" },
  bytes: { "content-type": "application/octet-stream" },
  zip: { "content-type": "application/zip" },
  page: {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": new RegExp(
      `^default-src 'self'; script-src 'self' ${NONCE} 'unsafe-inline'; style-src 'self' ${NONCE} 'unsafe-inline'; ` +
        "img-src 'self' data: https:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; " +
        "base-uri 'self'; object-src 'none'; form-action 'self'$",
    ),
  },
};

const PROBLEM: Expected = { "content-type": "application/problem+json" };
const SECONDS = /^[1-9]\d*$/;
const CHALLENGE: Expected = { "www-authenticate": "Bearer" };

const CORS: Expected = {
  "access-control-allow-origin": ALLOWED_ORIGIN,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
};
const preflight = (allow: string): Expected => ({
  "access-control-allow-methods": allow,
  "access-control-allow-headers":
    "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key",
  "access-control-max-age": "600",
});
const PREFLIGHT = { "access-control-request-method": "POST" };

const PER_MINUTE = 1_200;
const LIMITS = {
  general: 1_200,
  "sign-in": 100,
  consent: 600,
  comments: 200,
  exports: 60,
  service: 1_200,
} as const;
const secondsOf = (name: keyof typeof LIMITS): number => (name === "exports" ? 3_600 : 60);

/** What is said of the budgets; `limit` 1 where a server admits one request of each. */
const limited = (budgets: Row["limits"], limit?: 1): Expected =>
  budgets.length === 0
    ? {}
    : {
        "ratelimit-policy": budgets
          .map((name) => `"${name}";q=${limit ?? LIMITS[name]};w=${secondsOf(name)}`)
          .join(", "),
        ratelimit: new RegExp(`^${budgets.map((name) => `"${name}";r=\\d+;t=\\d+`).join(", ")}$`),
      };

interface Variant {
  readonly name: string;
  readonly publicUrl: string;
  readonly origin?: string;
  readonly every: Expected;
}

const VARIANTS: readonly Variant[] = [
  { name: "without an Origin", publicUrl: "http://localhost", every: EVERY },
  {
    name: "from an allowed origin",
    publicUrl: "http://localhost",
    origin: ALLOWED_ORIGIN,
    every: { ...EVERY, ...CORS },
  },
  {
    name: "from another origin",
    publicUrl: "http://localhost",
    origin: "https://www.example.org.evil.example",
    every: EVERY,
  },
  { name: "over TLS", publicUrl: "https://gonogo.example.org", every: { ...EVERY, ...TLS } },
];

/** Use cases that fail when they are told to; who asks is known all the same, and so is what is not ready. */
const failing = (application: Application, failure: () => Error | null): Application => {
  const health: Application["health"] = {
    failing: async () => {
      const reason = failure();
      if (reason instanceof StorageFailure) return ["database"];
      if (reason !== null) throw reason;
      return [];
    },
  };
  const guarded = <T extends object>(feature: T, sound: readonly string[]): T =>
    new Proxy(feature, {
      get: (target, name, receiver) => {
        const reason = sound.includes(String(name)) ? null : failure();
        return reason === null ? Reflect.get(target, name, receiver) : () => Promise.reject(reason);
      },
    });
  const features = Object.entries(application).map(([name, feature]) => [
    name,
    name === "access" ? feature : guarded(feature, ["authenticate", "recallProgram"]),
  ]);
  return { ...(Object.fromEntries(features) as Application), health };
};

const headersOf = (response: Response): Record<string, string> => {
  const found: Record<string, string> = {};
  for (const [name, value] of response.headers) {
    found[name] = found[name] === undefined ? value : `${found[name]}, ${value}`;
  }
  return found;
};

/** These and no others. */
const holds = (what: string, response: Response, status: number, ...expected: readonly Expected[]): void => {
  const wanted = Object.entries(Object.assign({}, ...expected) as Expected).map(([name, value]) => [
    name,
    typeof value === "string" ? value : expect.stringMatching(value),
  ]);
  expect({ what, status: response.status, headers: headersOf(response) }).toEqual({
    what,
    status,
    headers: Object.fromEntries(wanted),
  });
};

const templateOf = ({ operation }: Row): string => operation.split(" ")[1] ?? "";

/** What `Allow` says of a path: the methods of its rows. */
const allowOf = (row: Row): string => {
  const methods = ROWS.filter((each) => templateOf(each) === templateOf(row)).map(
    ({ operation }) => operation.split(" ")[0] ?? "",
  );
  return [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
};

/** A program that has been here before. */
const knownProgram = async (server: TestServer): Promise<string> => {
  const token = await serviceToken(server, ["consents:check"]);
  await server.callerOf(token);
  return token;
};

/** A server of the row's own, where somebody is signed in who may. */
const open = async ({ as }: Row, { publicUrl }: Variant, failure: () => Error | null) => {
  const server = await testServer({
    publicUrl,
    perMinute: PER_MINUTE,
    metricsToken: METRICS_TOKEN,
    replace: (application) => failing(application, failure),
  });
  const role = as === "nobody" || as === "program" || as === "metrics" ? "commenter" : as;
  const { token, caller } = await server.signIn("somebody@example.org", role);
  if (caller.principal.kind !== "session") throw new Error("who signed in has a session");
  const asker: Asker = { server, token, subject: caller.principal.subject.id };
  if (as === "program") return { asker, bearer: await knownProgram(server) };
  return { asker, bearer: as === "nobody" ? null : as === "metrics" ? METRICS_TOKEN : token };
};

describe.each(VARIANTS.map((variant) => [variant.name, variant] as const))("%s", (_name, variant) => {
  const { every, origin } = variant;
  let spent: TestServer;

  beforeAll(async () => {
    spent = await testServer({ publicUrl: variant.publicUrl, perMinute: 1 });
    await spent.request("GET", "/v1/consent-policy");
  });

  const from = (headers: Readonly<Record<string, string>> = {}) =>
    origin === undefined ? headers : { ...headers, origin };

  test.each(ROWS.map((row) => [row.operation, row] as const))("%s", async (_operation, row) => {
    let failure: Error | null = null;
    const { asker, bearer } = await open(row, variant, () => failure);
    const { server } = asker;
    const [method = ""] = row.operation.split(" ");
    const path = (await row.path?.(asker)) ?? templateOf(row);
    const json = await row.json?.(asker);
    const limits = limited(row.limits);
    const forStrangers = row.as === "program" ? GENERAL : row.limits;
    const refusal = row.ofrep ? KINDS.json : PROBLEM;
    const sent: RequestOptions = {
      headers: from({ ...(row.ifMatch ? { "if-match": "*" } : {}), ...row.headers?.(asker, json) }),
      ...(bearer === null ? {} : { token: bearer }),
      ...(json === undefined ? {} : { json }),
    };
    const ask = (at = path, more: RequestOptions = {}) =>
      server.request(method, at, { ...sent, ...more, headers: { ...sent.headers, ...more.headers } });
    const { json: _json, ...bare } = sent;

    const allow = { allow: allowOf(row) };
    holds("405", await server.request("TRACE", path, bare), 405, every, refusal, allow);
    const asked = origin === undefined ? {} : PREFLIGHT;
    const options = await server.request("OPTIONS", path, { headers: from(asked) });
    holds("OPTIONS", options, 204, every, allow, origin === ALLOWED_ORIGIN ? preflight(allow.allow) : {});

    if (row.limits.length > 0 || row.as === "metrics") {
      const refused = await ask(path, { token: "gns_unknown" });
      holds("401", refused, 401, every, refusal, limited(forStrangers), CHALLENGE);
    }
    if (row.fails) {
      failure = new Error("forced");
      holds("500", await ask(), 500, every, refusal, limits);
      failure = new StorageFailure("lost", "no", "forced");
      holds("503", await ask(), 503, every, refusal, limits, { "retry-after": SECONDS });
      failure = null;
    }
    if (row.nowhere !== undefined) holds("404", await ask(row.nowhere), 404, every, refusal, limits);
    const sendText = (type: string, body: string) =>
      server.request(method, path, { ...bare, body, headers: { ...bare.headers, "content-type": type } });
    if (json !== undefined || row.form) {
      holds("415", await sendText("text/plain", "text"), 415, every, refusal, limits);
    }
    if (row.invalid !== undefined) {
      const refused =
        "query" in row.invalid
          ? await ask(path + row.invalid.query)
          : "form" in row.invalid
            ? await sendText("application/x-www-form-urlencoded", row.invalid.form)
            : await ask(path, { json: row.invalid.json });
      holds("422", refused, row.ofrep ? 400 : 422, every, refusal, limits);
    }

    const { status, kind, headers = {}, overTls = {} } = row.success;
    const promised = [every, limits, KINDS[kind], headers, every === EVERY || origin ? {} : overTls];
    const answer = await ask();
    holds("success", answer, status, ...promised);
    if (method === "GET") {
      const length = { "content-length": SECONDS };
      holds("HEAD", await server.request("HEAD", path, bare), status, ...promised, length);
    }
    const tag = answer.headers.get("etag");
    if (row.ofrep && tag !== null) {
      const known = await ask(path, { headers: { "if-none-match": tag } });
      holds("304", known, 304, every, limits, { etag: tag });
    }
    if (row.limits.length > 0) {
      const refused = await spent.request(method, templateOf(row), { headers: from() });
      holds("429", refused, 429, every, refusal, limited(forStrangers, 1), { "retry-after": SECONDS });
    }
  });

  test("where nothing is", async () => {
    holds("404", await spent.request("GET", "/nothing/here", { headers: from() }), 404, every, PROBLEM);
    const options = await spent.request("OPTIONS", "/nothing/here", { headers: from(PREFLIGHT) });
    holds("OPTIONS", options, 404, every, PROBLEM);
  });
});

test("the table holds every operation of the document, and none that is not there", async () => {
  const response = await (await testServer()).request("GET", "/docs/json");
  const { paths } = (await response.json()) as { paths: Record<string, object> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(ROWS.map(({ operation }) => operation).toSorted()).toEqual(documented.toSorted());
});

test("over a socket there are a date and a length besides, and no banner", async () => {
  const { server } = await testServer();
  server.listen({ hostname: "127.0.0.1", port: 0 });
  const connection = await openConnection(`http://127.0.0.1:${server.server?.port}`);
  connection.send(requestBytes("GET", "/health/live"));
  const answer = await connection.answer();
  connection.close();
  await server.stop();
  const sent = [...Object.keys(EVERY), "content-type", "content-length", "date"];
  expect([...(answer?.headers.keys() ?? [])].toSorted()).toEqual(sent.toSorted());
});
