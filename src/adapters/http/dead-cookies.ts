import type { Credentials } from "../../app/application.ts";
import type { Principal } from "../../app/caller.ts";
import {
  type CookieStyle,
  endedConsentCookie,
  endedSessionCookie,
  endedSubjectCookie,
} from "./credentials.ts";
import type { Answer } from "./route.ts";

/**
 * For what a browser keeps of somebody who leaves. It is honoured over TLS only. Not "cookies": that would take those of
 * the whole registrable domain, so our own are ended by hand.
 */
export const clearedSiteData = (https: boolean): Readonly<Record<string, string>> =>
  https ? { "Clear-Site-Data": '"cache", "storage"' } : {};

/** What ends the cookies that were sent and speak for nobody any more: the session is over, or the person was erased. */
export const endsOfDeadCookies = (
  style: CookieStyle,
  { bearer, session_cookie, subject_cookie }: Credentials,
  { kind }: Principal,
): readonly string[] => {
  if (bearer !== null || kind === "session") return [];
  return [
    ...(session_cookie === null ? [] : [endedSessionCookie(style)]),
    ...(subject_cookie === null || kind === "visitor"
      ? []
      : [endedSubjectCookie(style), endedConsentCookie(style)]),
  ];
};

const nameOf = (cookie: string): string => cookie.slice(0, cookie.indexOf("="));

/** The answer with these ends, but of cookies that it sets itself. */
export const withCookiesEnded = (answer: Answer, ends: readonly string[], https: boolean): Answer => {
  if (ends.length === 0) return answer;
  const { headers = {}, cookies = [] } = answer;
  const set = new Set(cookies.map(nameOf));
  return {
    ...answer,
    headers: { ...clearedSiteData(https), ...headers },
    cookies: [...ends.filter((end) => !set.has(nameOf(end))), ...cookies],
  };
};
