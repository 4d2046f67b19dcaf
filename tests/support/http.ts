import createClient, { type Client } from "openapi-fetch";
import { type ServerDeps, serviceOf } from "../../src/adapters/http/context.ts";
import type { Route } from "../../src/adapters/http/route.ts";
import { allRoutes } from "../../src/adapters/http/routes/all.ts";
import { createServer } from "../../src/adapters/http/server.ts";
import { makeMetrics } from "../../src/adapters/metrics/metrics.ts";
import { budgetsOf } from "../../src/adapters/rate-limit/budgets.ts";
import { makeLocalLimits } from "../../src/adapters/rate-limit/local-limits.ts";
import type { Application } from "../../src/app/application.ts";
import { requestOrigin } from "../../src/app/request-origin.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import type { LogFields, Logger } from "../../src/ports/logger.ts";
import type { Store } from "../../src/ports/store.ts";
import { NO_TRACER } from "../../src/ports/tracer.ts";
import type { paths } from "./http-api.ts";
import { deviations } from "./http-conformity.ts";
import { type TestService, testService } from "./service.ts";

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly event: string;
  readonly fields: LogFields;
}

/** A logger that keeps what it was told. */
export const recordingLogger = (): Logger & { readonly lines: LogLine[] } => {
  const lines: LogLine[] = [];
  const note =
    (level: LogLine["level"]) =>
    (event: string, fields: LogFields = {}): void =>
      void lines.push({ level, event, fields });
  return { lines, info: note("info"), warn: note("warn"), error: note("error") };
};

export interface TestServerOptions {
  readonly publicUrl?: string;
  readonly corsOrigins?: readonly string[];
  readonly moderation?: "pre" | "post";
  readonly analytics?: boolean;
  /** RATE_LIMIT_PER_MINUTE; so many that no test meets it, unless told. */
  readonly perMinute?: number;
  /** RATE_LIMIT_SERVICE_PER_MINUTE; as many, unless told. */
  readonly servicePerMinute?: number;
  readonly metricsToken?: string;
  /** Where everything is kept; in memory, unless told. */
  readonly store?: Store;
  /** Replaces use cases, to force what the real ones never do. */
  readonly replace?: (application: Application) => Application;
}

export interface TestServer extends TestService {
  readonly logs: LogLine[];
  readonly server: ReturnType<typeof createServer>;
  readonly routes: readonly Route[];
  /** The client that was generated from the document, without a credential or with a bearer token. */
  client(token?: string): Client<paths>;
  /** One request by hand; `path` starts with a slash. Rejects where the answer is not as the document says. */
  request(method: string, path: string, init?: RequestOptions): Promise<Response>;
}

export interface RequestOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: string | Uint8Array;
}

export const ALLOWED_ORIGIN = "https://www.example.org";

/** The real limiter and metrics, and no circuit that could open. */
export const openEdge = (perMinute = 1_000_000_000, servicePerMinute = perMinute) => {
  const metrics = makeMetrics();
  const limits = makeLocalLimits(budgetsOf(perMinute, servicePerMinute), {
    now: () => Date.now() as Instant,
  });
  return {
    rateLimiter: { take: limits.take, close: async () => limits.close() },
    metrics,
    tracer: NO_TRACER,
    circuits: () => ({}),
    draining: () => false,
  } as const;
};

/** The real use cases on the memory store behind the real HTTP adapter. */
export const testServer = async (options: TestServerOptions = {}): Promise<TestServer> => {
  const publicUrl = options.publicUrl ?? "http://localhost";
  const corsOrigins = options.corsOrigins ?? [ALLOWED_ORIGIN];
  const service = await testService({
    ...(options.store === undefined ? {} : { store: options.store }),
    settings: {
      publicUrl,
      corsOrigins,
      moderation: options.moderation ?? "post",
      flags: {
        enable_comments: true,
        enable_user_registration: true,
        enable_gdpr_banner: true,
        enable_analytics: options.analytics ?? false,
        enable_email_notifications: true,
      },
    },
  });
  const logger = recordingLogger();
  const { application, deps } = service;
  const serverDeps: ServerDeps = {
    application: options.replace?.(application) ?? application,
    logger,
    clock: deps.clock,
    ids: deps.ids,
    requestOrigin: requestOrigin(deps),
    ...openEdge(options.perMinute, options.servicePerMinute),
    settings: {
      publicUrl,
      corsOrigins,
      consentCookieDays: deps.policies.consentCookieDays,
      trustedProxies: [],
      metricsToken: options.metricsToken ?? null,
    },
  };
  const server = createServer(serverDeps);
  const routes = allRoutes(serviceOf(serverDeps));
  const fetched = async (request: Request): Promise<Response> => {
    const { method, url } = request;
    const response = await server.handle(request);
    const found = await deviations(routes, { method, url }, response);
    if (found.length > 0) throw new Error(`${method} ${url} ${response.status}: ${found.join("; ")}`);
    return response;
  };
  return {
    ...service,
    logs: logger.lines,
    server,
    routes,
    client: (token) =>
      createClient<paths>({
        baseUrl: "http://localhost",
        fetch: fetched,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      }),
    request: (method, path, { token, headers = {}, json, body } = {}) =>
      fetched(
        new Request(`http://localhost${path}`, {
          method,
          headers: {
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            ...(json === undefined ? {} : { "content-type": "application/json" }),
            ...headers,
          },
          ...(json === undefined ? {} : { body: JSON.stringify(json) }),
          ...(body === undefined ? {} : { body }),
        }),
      ),
  };
};

/** The code of a problem. */
export const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code;

/** The pointers of the fields a problem names. */
export const pointersOf = async (response: Response): Promise<readonly string[]> =>
  ((await response.json()) as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
