import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { createServer } from "../../src/adapters/http/server.ts";
import { openEdge, recordingLogger } from "../support/http.ts";
import { type TestService, testService } from "../support/service.ts";

const seen: { ip: string | null; user_agent: string | null }[] = [];
const logger = recordingLogger();
let service: TestService;
let server: ReturnType<typeof createServer>;
let url: string;

beforeAll(async () => {
  service = await testService();
  const { application, deps } = service;
  server = createServer({
    application,
    logger,
    clock: deps.clock,
    ids: deps.ids,
    requestOrigin: async (traces) => {
      seen.push(traces);
      return { ip_hash: null, user_agent_hash: null };
    },
    ...openEdge(),
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

/** What comes back for these bytes, until the other side closes. */
const raw = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes, "latin1"));
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });

describe("over a socket", () => {
  test("the address of the socket is hashed, whatever a header says", async () => {
    seen.length = 0;
    await fetch(`${url}/v1/consents/current`, {
      headers: {
        "x-forwarded-for": "203.0.113.77",
        forwarded: "for=203.0.113.77",
        "user-agent": "Canary/1.0",
      },
    });
    expect(seen).toEqual([{ ip: "127.0.0.1", user_agent: "Canary/1.0" }]);
  });

  test("routes that look at nobody ask for no hash", async () => {
    seen.length = 0;
    for (const path of ["/health/live", "/docs", "/nothing"]) await fetch(url + path);
    expect(seen).toEqual([]);
  });

  test("a thread with slashes is one segment", async () => {
    const response = await fetch(`${url}/v1/threads/%2Fblog%2Fpost%2F/comments`);
    expect([response.status, await response.json()]).toEqual([200, { items: [], next_cursor: null }]);
  });

  test("HEAD, OPTIONS and a wrong method answer as without one", async () => {
    const statusOf = async (method: string) => (await fetch(`${url}/health/live`, { method })).status;
    expect([await statusOf("HEAD"), await statusOf("OPTIONS"), await statusOf("POST")]).toEqual([
      200, 204, 405,
    ]);
  });

  test("a body without a length is counted as it comes", async () => {
    const chunk = new TextEncoder().encode("x".repeat(16_384));
    const body = new ReadableStream({
      start: (controller) => {
        for (let n = 0; n < 5; n += 1) controller.enqueue(chunk);
        controller.close();
      },
    });
    const response = await fetch(`${url}/v1/consents`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      413,
      "body-too-large",
    ]);
  });

  test("cookies come one to a header line", async () => {
    const response = await fetch(`${url}/v1/consents`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"decisions":{},"method":"api"}',
    });
    expect(response.headers.getSetCookie().map((cookie) => cookie.split("=")[0])).toEqual([
      "gonogo_consent",
      "gonogo_subject",
    ]);
  });

  test("header fields beyond 16 KiB are refused before anything looks at them", async () => {
    seen.length = 0;
    const response = await fetch(`${url}/v1/consents/current`, { headers: { "x-long": "x".repeat(20_000) } });
    expect([response.status, await response.text(), seen]).toEqual([431, "", []]);
  });

  test("who sends half a body and goes is no failure of the service", async () => {
    seen.length = 0;
    const before = logger.lines.length;
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      'POST /v1/consents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"a"',
    );
    while (seen.length === 0) await Bun.sleep(5);
    socket.destroy();
    const line = () =>
      logger.lines.slice(before).find(({ fields }) => fields.path_template === "/v1/consents");
    while (line() === undefined) await Bun.sleep(5);
    expect(line()).toMatchObject({ level: "info", event: "request_processed", fields: { status_code: 400 } });
  });

  test.each(["x", "a.b", "app", "a:1"])("a Host as short as %s hides nothing of the path", async (host) => {
    const ask = (path: string) => raw(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(await ask("/health/live")).toStartWith("HTTP/1.1 200 ");
    expect(await ask("/ab/health/live")).toStartWith("HTTP/1.1 404 ");
  });

  test.each([
    ["no HTTP", "hello\r\n\r\n"],
    ["a bare line feed in a header", "GET /health/live HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\nGET"],
    [
      "two lengths",
      "POST /v1/consents HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    ],
  ])("the process outlives %s", async (_what, bytes) => {
    const answer = Promise.race([raw(bytes), Bun.sleep(500)]);
    await answer;
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });

  test.each(["", "a b", "user:pw@localhost", "http://x/", "[::::", "%00", "localhost:99999", "\xff"])(
    "the Host %j is refused at every address, and nothing is told of the inside",
    async (host) => {
      const ask = (target: string) =>
        raw(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      for (const target of ["/health/live", "/v1/consent-policy?lang=de", "/nothing", "//x", "//[::/x"]) {
        const answer = await ask(target);
        expect(answer).toStartWith("HTTP/1.1 400 ");
        expect(answer).toContain('"code":"host-invalid"');
        expect(answer).not.toContain("server.ts");
      }
    },
  );

  test("two hundred requests at once are each answered as themselves", async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, async (_, n) => {
        const response = await fetch(`${url}/v1/threads/t${n % 7}/comments?limit=${(n % 100) + 1}`);
        return [response.status, response.headers.get("x-request-id")];
      }),
    );
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(([, id]) => id)).size).toBe(200);
  });
});
