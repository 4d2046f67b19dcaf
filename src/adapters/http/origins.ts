/** Which web origins may call. */
export interface Origins {
  /** The service's own. */
  readonly own: string;
  readonly allowed: ReadonlySet<string>;
}

export const originsOf = (publicUrl: string, corsOrigins: readonly string[]): Origins => ({
  own: new URL(publicUrl).origin,
  allowed: new Set(corsOrigins.map((each) => new URL(each).origin)),
});

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

/**
 * Whether a request that the browser signed in by itself was meant by a page of ours or of an allowed origin. Browsers
 * send Origin or Sec-Fetch-Site with every unsafe request, and no page can forge either; without both it is refused.
 */
export const isTrustedOrigin = (request: Request, { own, allowed }: Origins): boolean => {
  const origin = request.headers.get("origin");
  if (origin !== null && (origin === own || allowed.has(origin))) return true;
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  return origin !== null && origin !== "null" && hostOf(origin) === request.headers.get("host");
};

/** CORS headers of an answer: for allowed origins only, never reflected for others. */
export const corsHeaders = (request: Request, { allowed }: Origins): Readonly<Record<string, string>> => {
  if (allowed.size === 0) return {};
  const origin = request.headers.get("origin");
  if (origin === null || !allowed.has(origin)) return {};
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "ETag, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id",
  };
};

/** What a preflight of an allowed origin is told besides. */
export const preflightHeaders = (
  request: Request,
  origins: Origins,
  methods: readonly string[],
): Readonly<Record<string, string>> => {
  const cors = corsHeaders(request, origins);
  if (
    cors["Access-Control-Allow-Origin"] === undefined ||
    !request.headers.has("access-control-request-method")
  ) {
    return cors;
  }
  return {
    ...cors,
    "Access-Control-Allow-Methods": methods.join(", "),
    "Access-Control-Allow-Headers":
      "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-API-Key",
    "Access-Control-Max-Age": "600",
  };
};
