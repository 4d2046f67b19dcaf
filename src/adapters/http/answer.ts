import { type Answer, BYTES_TYPES, type BytesType, type Content } from "./route.ts";

/** Headers of every answer (OWASP secure headers). */
const ALWAYS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "deny",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
  "X-Permitted-Cross-Domain-Policies": "none",
  "X-DNS-Prefetch-Control": "off",
  // The notice on what is processed and why (GDPR Art. 13).
  Link: '</v1/consent-policy>; rel="privacy-policy"',
};

const NOTHING_LOADS = "default-src 'none'; frame-ancestors 'none'";

/**
 * The specification's policy for pages. Browsers that know nonces (CSP 2 and later) run only what carries this answer's,
 * and ignore 'unsafe-inline', which is there for older ones alone.
 */
const pagePolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'unsafe-inline'`,
    `style-src 'self' 'nonce-${nonce}' 'unsafe-inline'`,
    "img-src 'self' data: https:",
    "connect-src 'self'",
    "font-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "object-src 'none'",
    "form-action 'self'",
  ].join("; ");

const contentHeaders = (content: Content): Readonly<Record<string, string>> => ({
  // JSON is UTF-8 by definition and knows no charset parameter (RFC 8259).
  "Content-Type": content.type.startsWith("text/") ? `${content.type}; charset=utf-8` : content.type,
  "Content-Security-Policy": content.type === "text/html" ? pagePolicy(content.nonce) : NOTHING_LOADS,
});

const isBytes = (content: Content): content is Extract<Content, { readonly type: BytesType }> =>
  BYTES_TYPES.some((type) => type === content.type);

const bodyOf = (content: Content): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> => {
  if (isBytes(content)) return content.value;
  return typeof content.value === "string" && content.type.startsWith("text/")
    ? content.value
    : JSON.stringify(content.value);
};

/** What every answer of one server has in common. */
export interface Frame {
  readonly requestId: string;
  /** TLS is in front of this service, so browsers may be told to stay with it. */
  readonly https: boolean;
  readonly cacheControl: string;
  readonly cors: Readonly<Record<string, string>>;
  readonly vary: readonly string[];
}

export const NO_STORE = "no-store, max-age=0";

/** The response with every header that belongs to it. */
export const respond = (
  status: number,
  { content, headers = {}, cookies = [] }: Answer,
  frame: Frame,
): Response => {
  // A plain object: a Headers of its own would be copied once more.
  const all: Record<string, string> = {
    ...ALWAYS,
    ...(frame.https ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" } : {}),
    "Cache-Control": frame.cacheControl,
    "X-Request-Id": frame.requestId,
    ...(content === null ? { "Content-Security-Policy": NOTHING_LOADS } : contentHeaders(content)),
    ...frame.cors,
    ...headers,
  };
  const vary = [...(headers["Vary"] === undefined ? [] : [headers["Vary"]]), ...frame.vary];
  if (vary.length > 0) all["Vary"] = vary.join(", ");
  const body = content === null ? null : bodyOf(content);
  if (cookies.length === 0) return new Response(body, { status, headers: all });
  const withCookies = new Headers(all);
  for (const cookie of cookies) withCookies.append("Set-Cookie", cookie);
  return new Response(body, { status, headers: withCookies });
};
