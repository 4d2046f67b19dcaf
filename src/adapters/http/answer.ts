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

const isBytes = (content: Content): content is Extract<Content, { readonly type: BytesType }> =>
  BYTES_TYPES.some((type) => type === content.type);

const bodyOf = (content: Content): string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> => {
  if (isBytes(content)) return content.value;
  return typeof content.value === "string" && content.type.startsWith("text/")
    ? content.value
    : JSON.stringify(content.value);
};

/** What an answer is framed in. */
export interface Frame {
  readonly requestId: string;
  /** TLS is in front of this service, so browsers may be told to stay with it. */
  readonly https: boolean;
  readonly cacheControl: string;
  /** Headers of this one answer besides those of its own; the last to name one wins. */
  readonly besides: readonly Readonly<Record<string, string>>[];
  readonly vary: string | null;
}

export const NO_STORE = "no-store, max-age=0";

const commonOf = (type: Content["type"] | null, { https, cacheControl }: Frame): Headers => {
  const common = new Headers(ALWAYS);
  if (https) common.set("Strict-Transport-Security", "max-age=63072000; includeSubDomains");
  common.set("Cache-Control", cacheControl);
  common.set("Content-Security-Policy", NOTHING_LOADS);
  // JSON is UTF-8 by definition and knows no charset parameter (RFC 8259).
  if (type !== null) common.set("Content-Type", type.startsWith("text/") ? `${type}; charset=utf-8` : type);
  return common;
};

/** By content type, caching and TLS, which are a handful: copying a Headers costs a third of making one. */
const commons = new Map<string, Headers>();

const common = (type: Content["type"] | null, frame: Frame): Headers => {
  const name = `${type} ${frame.cacheControl} ${frame.https}`;
  const known = commons.get(name);
  if (known !== undefined) return known;
  const made = commonOf(type, frame);
  commons.set(name, made);
  return made;
};

/** The response with every header that belongs to it. */
export const respond = (
  status: number,
  { content, headers: own = {}, cookies = [] }: Answer,
  frame: Frame,
): Response => {
  const body = content === null ? null : bodyOf(content);
  const response = new Response(body, { status, headers: common(content?.type ?? null, frame) });
  const { headers } = response;
  headers.set("X-Request-Id", frame.requestId);
  if (content?.type === "text/html") headers.set("Content-Security-Policy", pagePolicy(content.nonce));
  for (const each of [own, ...frame.besides]) {
    for (const name in each) headers.set(name, each[name] ?? "");
  }
  if (frame.vary !== null) headers.append("Vary", frame.vary);
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return response;
};
