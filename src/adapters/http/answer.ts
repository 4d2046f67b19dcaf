import type { Answer, Content } from "./route.ts";

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
};

const NOTHING_LOADS = "default-src 'none'; frame-ancestors 'none'";

/** CSP 3 of our own pages: what carries this answer's nonce runs, nothing else does, nothing comes from elsewhere. */
const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");

const contentHeaders = (content: Content): Readonly<Record<string, string>> => ({
  // JSON is UTF-8 by definition and knows no charset parameter (RFC 8259).
  "Content-Type": content.type.startsWith("text/") ? `${content.type}; charset=utf-8` : content.type,
  "Content-Security-Policy": content.type === "text/html" ? pagePolicy(content.nonce) : NOTHING_LOADS,
});

const bodyOf = (content: Content): string =>
  typeof content.value === "string" && content.type.startsWith("text/")
    ? content.value
    : JSON.stringify(content.value);

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
  const all = new Headers({
    ...ALWAYS,
    ...(frame.https ? { "Strict-Transport-Security": "max-age=63072000; includeSubDomains" } : {}),
    "Cache-Control": frame.cacheControl,
    "X-Request-Id": frame.requestId,
    ...(content === null ? { "Content-Security-Policy": NOTHING_LOADS } : contentHeaders(content)),
    ...frame.cors,
    ...headers,
  });
  for (const name of frame.vary) all.append("Vary", name);
  for (const cookie of cookies) all.append("Set-Cookie", cookie);
  return new Response(content === null ? null : bodyOf(content), { status, headers: all });
};
