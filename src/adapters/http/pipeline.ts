import type { Credentials } from "../../app/application.ts";
import { ANONYMOUS, type Principal } from "../../app/caller.ts";
import { NO_ORIGIN, type Origin } from "../../domain/anonymization/pseudonym.ts";
import type { Json } from "../../domain/shared/canonical-json.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { ProcessedRequest } from "../../ports/metrics.ts";
import type { LimitedCaller, RateLimitDecision } from "../../ports/rate-limiter.ts";
import type { Span } from "../../ports/tracer.ts";
import { NO_STORE, respond } from "./answer.ts";
import { type Checks, checksOf, NO_BODY } from "./checks.ts";
import type { Service } from "./context.ts";
import { provenCaller, withinLimits } from "./counting.ts";
import { readBearer, readCredentials } from "./credentials.ts";
import { endsOfDeadCookies, withCookiesEnded } from "./dead-cookies.ts";
import { methodWord } from "./method-word.ts";
import { corsHeaders, isTrustedOrigin } from "./origins.ts";
import { mayReadMetrics, permits } from "./permissions.ts";
import { problemHeaders } from "./problem-document.ts";
import { rateLimitFields } from "./rate-limit-fields.ts";
import { PROBLEM_DOCUMENTS, type RefusalForm } from "./refusal-form.ts";
import type { Refusal } from "./refusals.ts";
import {
  isKnown,
  readGpc,
  readIdempotencyKey,
  readIfMatch,
  readLanguages,
  readPrefersHtml,
  readSignature,
} from "./request-headers.ts";
import { type Answer, type Ask, isCreating, type Route } from "./route.ts";
import { readByStaff } from "./staff-reads.ts";

/** What is known of a request from its first moment. */
export interface Visit {
  readonly id: string;
  /** Milliseconds of the process's own clock. */
  readonly startedAt: number;
  /** As the socket or a trusted proxy says: hashed in the pipeline, kept nowhere. Most who ask need none. */
  readonly ip: () => string | null;
  readonly span: Span;
  /** Hashes of address and user agent, once they were made. */
  origin: Origin;
  /** Who asks, once their credential was looked at. */
  principal: Principal;
  /** Of the route that was found; a fixed word until then, because a raw path may hold anything. */
  pathTemplate: string;
  /** Of the route that was found. */
  params: Found["params"];
  refusalForm: RefusalForm;
  /** Ends of the cookies that came with it and speak for nobody any more. */
  deadCookies: readonly string[];
  /** What was counted against which budget. */
  readonly counted: RateLimitDecision[];
}

export const UNMATCHED = "unmatched";

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

type Asked = Ask<string, unknown, unknown, true | "optional">;

/** What the router found of a request. */
export interface Found {
  readonly request: Request;
  /** Decoded segments; null where one is no percent-encoded UTF-8. */
  readonly params: Readonly<Record<string, string | null>>;
}

/** One request, from what was sent to what is answered. Whatever nobody foresaw is thrown, and ends in `onError`. */
export const pipeline = (service: Service, route: Route) => {
  const check = checksOf(route);
  const carryOut = isCreating(route) ? once : straight;
  return async (found: Found, visit: Visit): Promise<Response> => {
    const { request } = found;
    visit.pathTemplate = route.path;
    visit.params = found.params;
    visit.refusalForm = route.refusalForm ?? PROBLEM_DOCUMENTS;
    const asked = await ask(service, route, check, found, visit);
    const answered = asked.ok ? await carryOut(service, route, request, asked.value) : asked;
    if (answered.ok && asked.ok) {
      const read = readByStaff(route, asked.value, answered.value);
      if (read !== null) await service.application.access.staffRead(asked.value.caller, read);
    }
    if (!answered.ok) {
      if (visit.origin === NO_ORIGIN && isLimited(route)) await trace(service, request, visit);
      return refuse(service, request, visit, answered.error);
    }
    const answer = unlessKnown(route, request, answered.value);
    const status = answer.status ?? route.success.status;
    return finish(service, request, visit, status, answer, route.cacheControl);
  };
};

/** The answer, or only its headers where the route knows a 304 and the client has the rest. */
const unlessKnown = ({ alternatives }: Route, { headers }: Request, answer: Answer): Answer => {
  const tag = answer.headers?.["ETag"];
  if (tag === undefined || alternatives?.some(({ status }) => status === 304) !== true) return answer;
  return isKnown(headers, tag) ? { ...answer, status: 304, content: null } : answer;
};

type Handle = (ask: Asked) => ReturnType<Route["handle"]>;

/** Carries a request out. */
const straight = (_service: Service, route: Route, _request: Request, asked: Asked): ReturnType<Handle> =>
  (route.handle as Handle)(asked);

/** Carries a request out that creates; one that is repeated under its Idempotency-Key is answered as the first time. */
const once = async (
  service: Service,
  route: Route,
  request: Request,
  asked: Asked,
): Promise<Result<Answer, Refusal>> => {
  const handle = route.handle as Handle;
  const key = readIdempotencyKey(request.headers);
  if (key === null) return handle(asked);
  if (key === "invalid") return err({ type: "idempotency-key-invalid" });
  const operation = `${route.method} ${new URL(request.url).pathname}`;
  const begun = await service.application.idempotency.begin(asked.caller, {
    key,
    operation,
    body: asked.body as Json,
  });
  if (!begun.ok) return begun;
  if (begun.value.kind === "again") {
    const answer = JSON.parse(begun.value.answer) as Answer;
    const again = route.again as ((ask: Asked, kept: Answer) => ReturnType<Route["handle"]>) | undefined;
    return again === undefined ? ok(answer) : again(asked, answer);
  }
  try {
    return await handle({ ...asked, caller: begun.value.caller });
  } finally {
    begun.value.end();
  }
};

const NOTHING_ASKED: Asked = {
  caller: { principal: ANONYMOUS, origin: NO_ORIGIN, gpc: false },
  params: {},
  query: {},
  body: null,
  prefersHtml: false,
  languages: [],
  ifMatch: "any",
};

/** Whether requests of this route are counted, and their callers looked at. */
const isLimited = ({ permission }: Route): boolean =>
  !permission.includes("none") && !permission.includes("metrics");

/** Hashes the traces of who asks. */
const trace = async ({ requestOrigin }: Service, request: Request, visit: Visit): Promise<void> => {
  visit.origin = await requestOrigin({ ip: visit.ip(), user_agent: request.headers.get("user-agent") });
};

/** The checks, in their order: who asks, may they, does the browser mean it, and what do they want. */
const ask = async (
  service: Service,
  route: Route,
  check: Checks,
  found: Found,
  visit: Visit,
): Promise<Result<Asked, Refusal>> => {
  const { request, params } = found;
  if (route.permission.includes("metrics")) {
    return mayReadMetrics(request, visit.ip(), service.settings)
      ? ok(NOTHING_ASKED)
      : err({ type: "credential-required" });
  }
  const limited = isLimited(route);
  const credentials = readCredentials(request.headers, service.cookies, route.apiKey);
  // A program speaks for all people of a site from one address: who is known for one has a budget of its own, and nobody
  // becomes known by guessing.
  const program = limited ? service.application.sessions.recallProgram(credentials) : null;
  // Nobody is told of what a program reads, so the traces of that are hashed only when it is refused.
  if (limited && !(program !== null && route.method === "GET")) await trace(service, request, visit);
  if (limited && program === null && !(await withinLimits(service, route, visit, addressOf(visit)))) {
    return err({ type: "rate-limited" });
  }
  const principal =
    program === null || program === "known"
      ? await authenticate(service, route, credentials, visit)
      : ok(program);
  if (!principal.ok) return principal;
  visit.principal = principal.value;
  const proven = limited ? provenCaller(principal.value) : null;
  if (proven !== null && !(await withinLimits(service, route, visit, proven))) {
    return err({ type: "rate-limited" });
  }
  const permitted = permits(route.permission, principal.value);
  if (!permitted.ok) return permitted;
  if (!isMeant(service, route, request, principal.value)) return err({ type: "cross-site-request" });

  const decoded = decodedParams(params);
  if (decoded === null) return err({ type: "not-found" });
  const ifMatch = readIfMatch(request.headers);
  if (route.ifMatch === true && ifMatch === null) return err({ type: "precondition-required" });
  const query = check.query(request);
  if (!query.ok) return query;
  const body = check.body === null ? NO_BODY : await check.body(request);
  if (!body.ok) return body;
  return ok({
    caller: { principal: principal.value, origin: visit.origin, gpc: readGpc(request.headers) },
    params: decoded,
    query: query.value,
    body: body.value.value,
    ...(route.signedBody === true ? { signed: readSignature(request.headers, body.value.text) } : {}),
    prefersHtml: readPrefersHtml(request.headers),
    languages: readLanguages(request.headers),
    ifMatch: ifMatch ?? (route.ifMatch === "optional" ? null : "any"),
  });
};

const addressOf = (visit: Visit): LimitedCaller => ({ kind: "address", value: visit.ip() });

/** Reads the credential. A route for everybody looks at none, so it answers without the store. */
const authenticate = async (
  { application, cookies }: Service,
  { permission }: Route,
  credentials: Credentials,
  visit: Visit,
): Promise<Result<Principal, Refusal>> => {
  if (permission.includes("none")) return ok(ANONYMOUS);
  const principal = await application.sessions.authenticate(credentials);
  if (principal.ok) visit.deadCookies = endsOfDeadCookies(cookies, credentials, principal.value);
  return principal;
};

/** Cookies come by themselves: a change that rests on one must come from an allowed origin (CSRF). */
const isMeant = (service: Service, route: Route, request: Request, { kind }: Principal): boolean => {
  const byCookie =
    (kind === "session" || kind === "visitor") && readBearer(request.headers, route.apiKey === true) === null;
  return !byCookie || SAFE_METHODS.includes(request.method) || isTrustedOrigin(request, service.origins);
};

/** Null where a segment is no valid percent-encoded UTF-8: the router leaves it null. */
const decodedParams = (params: Found["params"]): Readonly<Record<string, string>> | null =>
  Object.values(params).includes(null) ? null : (params as Readonly<Record<string, string>>);

const NO_FIELDS = {};
const CLOSING = { Connection: "close" };

/** The one way out: every answer gets its headers and its log line here. */
export const finish = (
  service: Service,
  request: Request,
  visit: Visit,
  status: number,
  answer: Answer,
  cacheControl: string = NO_STORE,
): Response => {
  // What others may keep must not end the cookies of whoever is given it.
  const ends = cacheControl === NO_STORE ? visit.deadCookies : [];
  const response = respond(status, withCookiesEnded(answer, ends, service.https), {
    requestId: visit.id,
    https: service.https,
    cacheControl,
    besides: [
      corsHeaders(request, service.origins),
      rateLimitFields(visit.counted),
      service.draining() ? CLOSING : NO_FIELDS,
    ],
    vary: service.origins.allowed.size > 0 ? "Origin" : null,
  });
  const processed = {
    method: methodWord(request.method),
    path_template: visit.pathTemplate,
    status_code: status,
    duration_ms: Math.round((performance.now() - visit.startedAt) * 100) / 100,
  };
  service.metrics.requestProcessed(processed);
  service.logger.info("request_processed", { ...processed, request_id: visit.id });
  if (service.tracer.on) endSpan(visit, processed);
  return response;
};

const endSpan = ({ span, pathTemplate, id }: Visit, { method, status_code }: ProcessedRequest): void => {
  span.set({
    "http.request.method": method,
    ...(pathTemplate === UNMATCHED ? {} : { "http.route": pathTemplate }),
    "http.response.status_code": status_code,
    request_id: id,
  });
  span.end();
};

/** Answers a refusal; its support id is the request id, which leads to the log line. */
export const refuse = (service: Service, request: Request, visit: Visit, refusal: Refusal): Response => {
  const { type, statusOf, bodyOf } = visit.refusalForm;
  const status = statusOf(refusal.type);
  if (status === 401 || status === 403 || status === 429) {
    service.application.access.denied(visit, refusal.type);
  }
  const content = { type, value: bodyOf(refusal, visit) };
  return finish(service, request, visit, status, { content, headers: problemHeaders(refusal) });
};
