import { Elysia, NotFoundError } from "elysia";
import { ANONYMOUS } from "../../app/caller.ts";
import { NO_ORIGIN } from "../../domain/anonymization/pseudonym.ts";
import { clientAddress } from "./client-address.ts";
import { type ServerDeps, type Service, serviceOf } from "./context.ts";
import { fail } from "./failure.ts";
import { preflightHeaders } from "./origins.ts";
import { demandPermissions, permissionText } from "./permissions.ts";
import { type Found, finish, pipeline, refuse, UNMATCHED, type Visit } from "./pipeline.ts";
import { PROBLEM_DOCUMENTS } from "./refusal-form.ts";
import { readRequestId } from "./request-headers.ts";
import type { Route } from "./route.ts";
import { allRoutes } from "./routes/all.ts";

/**
 * The HTTP server, not yet listening. Elysia finds the route and carries the connection; what happens to a request on
 * its way stands in pipeline.ts. `handle(request)` answers without a socket; `listen` is the caller's.
 */
export const createServer = (deps: ServerDeps) => {
  const service = serviceOf(deps);
  const routes = allRoutes(service);

  // One router for sockets and for `handle`: Bun's own would treat some paths differently.
  // Without `standardHostname: false` a Host of less than four characters swallows the first segment of the path.
  const app = new Elysia({
    systemRouter: false,
    nativeStaticResponse: false,
    handler: { standardHostname: false },
    // Whatever escapes even `onError`: Bun's page for developers shows the stack and the source.
    serve: { development: false },
  })
    .onRequest(({ request, server }) => {
      // RFC 9112, 3.2: a Host that is not valid must be answered 400.
      if (!isHostValid(request)) return refuseHost(service, routes, request, begin(service, request, server));
      return request.method === "OPTIONS"
        ? options(service, routes, request, begin(service, request, server))
        : undefined;
    })
    // Before the routes, and global: a route that came first would answer with the message of the error.
    .onError({ as: "global" }, ({ error, request, server }) => {
      const visit = begin(service, request, server);
      return error instanceof NotFoundError
        ? unmatched(service, routes, request, visit)
        : fail(service, request, visit, error);
    });
  for (const route of routes) {
    const answer = pipeline(service, route);
    app.route(
      route.method,
      route.rest === true ? route.path.replace(LAST_PARAMETER, "*") : route.path,
      async ({ request, params, server }) => {
        const visit = begin(service, request, server);
        const found = { request, params: paramsOf(route, (params ?? {}) as Found["params"]) };
        try {
          return await visit.span.within(() => answer(found, visit));
        } catch (error) {
          // Not left to Elysia, which goes by the `code` and `status` of whatever was thrown, a database's too.
          return fail(service, request, visit, error);
        }
      },
      // The body is read in the pipeline, after the credential, within its limit.
      { parse: "none", detail: { "x-permission": permissionText(route.permission) } as object },
    );
  }
  demandPermissions(app.routes);
  service.metrics.knowPathTemplates(routes.map(({ path }) => path));
  return app;
};

/** What of the listening server is asked. */
interface Listening {
  requestIP(request: Request): { readonly address: string } | null;
}

const begin = ({ ids, tracer, settings }: Service, request: Request, server: Listening | null): Visit => {
  const { headers } = request;
  let known: string | null = null;
  // Asked when first needed, which is before anything is waited for: a socket that was closed knows its peer no more.
  const peer = (): string | null => {
    known ??= server?.requestIP(request)?.address ?? null;
    return known;
  };
  const ip = () => clientAddress(peer(), headers, settings.trustedProxies);
  // Only a proxy of ours, which speaks for another address, may name the request and the trace that it is part of.
  const proxied = settings.trustedProxies.length > 0 && ip() !== clientAddress(peer(), headers, []);
  return {
    id: (proxied ? readRequestId(headers) : null) ?? ids.next<never>(),
    startedAt: performance.now(),
    ip,
    span: tracer.request(proxied ? headers.get("traceparent") : null),
    origin: NO_ORIGIN,
    principal: ANONYMOUS,
    pathTemplate: UNMATCHED,
    params: {},
    refusalForm: PROBLEM_DOCUMENTS,
    deadCookies: [],
    counted: [],
  };
};

const LAST_PARAMETER = /:([a-z_]+)$/;

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    // No percent-encoded UTF-8.
    return null;
  }
};

/** The router calls the rest of a path by a name of its own, and leaves it as it was sent. */
const paramsOf = ({ path, rest }: Route, params: Found["params"]): Found["params"] =>
  rest === true ? { [LAST_PARAMETER.exec(path)?.[1] ?? ""]: decoded(params["*"] ?? "") } : params;

const patternOf = ({ path, rest }: Route): RegExp => {
  const segments = (
    rest === true ? path.replace(LAST_PARAMETER, ".+") : path.replaceAll(".", "\\.")
  ).replaceAll(/:[a-z_]+/g, "[^/]+");
  return new RegExp(`^${segments}/?$`);
};

/** With a Host that is none, Bun's `url` is only what stands behind it, or cannot be parsed. */
const isHostValid = ({ url }: Request): boolean => URL.canParse(url);

const routesAt = (routes: readonly Route[], { url }: Request): readonly Route[] => {
  const target = url.replace(/^https?:\/\/[^/]*/, "");
  const { pathname } = new URL(`http://localhost${target.startsWith("/") ? "" : "/"}${target}`);
  return routes.filter((route) => patternOf(route).test(pathname));
};

/** The methods that a path knows; empty where there is nothing. */
const methodsOf = (routes: readonly Route[]): readonly string[] => {
  const found = routes.map(({ method }) => method);
  if (found.length === 0) return [];
  return [...new Set([...found, ...(found.includes("GET") ? ["HEAD"] : []), "OPTIONS"])];
};

/** The form in which refusals at this address are worded. */
const formAt = (here: readonly Route[]): Visit["refusalForm"] => here[0]?.refusalForm ?? PROBLEM_DOCUMENTS;

const refuseHost = (service: Service, routes: readonly Route[], request: Request, visit: Visit): Response => {
  visit.refusalForm = formAt(routesAt(routes, request));
  return refuse(service, request, visit, { type: "host-invalid" });
};

const unmatched = (service: Service, routes: readonly Route[], request: Request, visit: Visit): Response => {
  const here = routesAt(routes, request);
  const allow = methodsOf(here);
  visit.refusalForm = formAt(here);
  return refuse(
    service,
    request,
    visit,
    allow.length === 0 ? { type: "not-found" } : { type: "method-not-allowed", allow },
  );
};

const options = (service: Service, routes: readonly Route[], request: Request, visit: Visit): Response => {
  const allow = methodsOf(routesAt(routes, request));
  if (allow.length === 0) return refuse(service, request, visit, { type: "not-found" });
  return finish(service, request, visit, 204, {
    content: null,
    headers: { Allow: allow.join(", "), ...preflightHeaders(request, service.origins, allow) },
  });
};
