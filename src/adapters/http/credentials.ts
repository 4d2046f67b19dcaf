import type { Credentials } from "../../app/application.ts";

/** Names of the cookies this service sets. */
export interface CookieNames {
  readonly session: string;
  readonly subject: string;
  readonly consent: string;
}

export interface CookieStyle {
  readonly names: CookieNames;
  /** `Secure` and the prefix `__Host-`: always, but over plain http on this very machine, where browsers drop such cookies. */
  readonly secure: boolean;
}

const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" ||
  hostname.endsWith(".localhost") ||
  hostname === "[::1]" ||
  /^127(?:\.\d{1,3}){3}$/.test(hostname);

export const cookieStyle = (publicUrl: string): CookieStyle => {
  const { protocol, hostname } = new URL(publicUrl);
  const secure = !(protocol === "http:" && isLoopback(hostname));
  const prefix = secure ? "__Host-" : "";
  return {
    secure,
    names: {
      session: `${prefix}gonogo_session`,
      subject: `${prefix}gonogo_subject`,
      consent: "gonogo_consent",
    },
  };
};

/** The value of a cookie, by its exact name; the first one where a client sends several. */
const cookieOf = (header: string | null, name: string): string | null => {
  if (header === null) return null;
  for (const part of header.split(";")) {
    const equals = part.indexOf("=");
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return null;
};

const BEARER = /^Bearer +([^\s]+) *$/i;

/** What was sent on purpose; null for nothing. An Authorization header of another kind is a credential nobody knows. */
export const readBearer = (headers: Headers, apiKey: boolean): string | null => {
  const authorization = headers.get("authorization");
  if (authorization !== null) return BEARER.exec(authorization)?.[1] ?? "";
  return apiKey ? headers.get("x-api-key") : null;
};

/** What the request says of who is asking. `apiKey`: whether X-API-Key counts. */
export const readCredentials = (
  headers: Headers,
  { names }: CookieStyle,
  apiKey: boolean = false,
): Credentials => {
  const cookies = headers.get("cookie");
  return {
    bearer: readBearer(headers, apiKey),
    session_cookie: cookieOf(cookies, names.session),
    subject_cookie: cookieOf(cookies, names.subject),
  };
};

const setCookie = (
  { secure }: CookieStyle,
  name: string,
  value: string,
  maxAgeSeconds: number,
  httpOnly: boolean,
): string =>
  [
    `${name}=${value}`,
    "Path=/",
    ...(httpOnly ? ["HttpOnly"] : []),
    ...(secure ? ["Secure"] : []),
    "SameSite=Lax",
    `Max-Age=${maxAgeSeconds}`,
  ].join("; ");

export const sessionCookie = (style: CookieStyle, token: string, maxAgeSeconds: number): string =>
  setCookie(style, style.names.session, token, maxAgeSeconds, true);

export const endedSessionCookie = (style: CookieStyle): string => sessionCookie(style, "", 0);

/** Makes a visitor without an account the subject of her own decisions. */
export const subjectCookie = (style: CookieStyle, token: string, maxAgeSeconds: number): string =>
  setCookie(style, style.names.subject, token, maxAgeSeconds, true);

export const endedSubjectCookie = (style: CookieStyle): string => subjectCookie(style, "", 0);

/** For the site's own scripts: `<policy version>.<granted purpose>.…`; says nothing about who decided. */
export const consentCookie = (
  style: CookieStyle,
  decision: { readonly policy_version: number; readonly granted: readonly string[] },
  maxAgeSeconds: number,
): string =>
  setCookie(
    style,
    style.names.consent,
    [decision.policy_version, ...decision.granted].join("."),
    maxAgeSeconds,
    false,
  );

export const endedConsentCookie = (style: CookieStyle): string =>
  setCookie(style, style.names.consent, "", 0, false);
