import { isJoseHeader, looksSecret, withoutTail } from "./checks.ts";
import {
  AUTHORIZATION_HEADER,
  COOKIE_HEADER,
  JOSE,
  PORT,
  PREFIXED_TOKEN,
  PRIVATE_KEY,
  SCHEME_CREDENTIAL,
  SECRET_PAIR,
  SESSION_PAIR,
  URL_REST,
} from "./patterns.ts";
import { replaceFound } from "./replace-found.ts";

/** What closes a sentence around a token and is none of its letters. */
const CLOSING = ")]}.,;:";

/** A mark that was put here before, without the bracket that closes it. */
const DONE = /^\[(?:token|jwt)$/;

const lineEnd = (text: string, from: number): number => {
  const at = text.slice(from).search(/[\r\n]/);
  return at === -1 ? text.length : from + at;
};

/** A value in quotes ends with them, another with its line. */
const valueEnd = (text: string, from: number, quote: string): number => {
  if (quote === "") return lineEnd(text, from);
  const closing = quote.startsWith("\\") ? text.indexOf(quote, from) : closingQuote(text, from, quote);
  return closing === -1 ? lineEnd(text, from) : closing;
};

const closingQuote = (text: string, from: number, quote: string): number => {
  let at = text.indexOf(quote, from);
  while (at > from && text[at - 1] === "\\") at = text.indexOf(quote, at + 1);
  return at;
};

const scrubCookies = (text: string): string =>
  replaceFound(text, COOKIE_HEADER, ({ 1: quote = "" }, end) => ({
    from: end,
    to: valueEnd(text, end, quote),
    by: "[cookie]",
  }));

const KNOWN_SCHEME = /^(?:bearer|basic|digest|negotiate|token|apikey|aws4-hmac-sha256)\b/i;

const scrubAuthorization = (text: string): string =>
  replaceFound(text, AUTHORIZATION_HEADER, ({ 1: scheme = "", 2: value = "" }, end) => {
    const from = end - value.length;
    if (/^(?:digest|aws4)/i.test(scheme)) return { from, to: lineEnd(text, end), by: "[token]" };
    const bare = withoutTail(value, CLOSING);
    if (DONE.test(bare)) return end;
    const to = from + bare.length;
    if (KNOWN_SCHEME.test(scheme)) return { from, to, by: "[token]" };
    // A scheme that nobody knows, or a token and the word behind it.
    const secret = looksSecret(bare) || looksSecret(scheme.trimEnd());
    return secret ? { from: from - scheme.length, to, by: "[token]" } : from;
  });

const scrubSchemes = (text: string): string =>
  replaceFound(text, SCHEME_CREDENTIAL, ({ 3: value = "" }, end) => {
    const from = end - value.length;
    return looksSecret(value) ? { from, to: end, by: "[token]" } : from;
  });

/** Before the path, or after a password, which may hold a raw `/`, `?` or `#`: the last `@` ends the credentials. */
const scrubUrls = (text: string): string =>
  replaceFound(text, URL_REST, ({ 1: rest = "" }, end) => {
    const from = end - rest.length;
    const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
    const colon = authority.indexOf(":");
    const hasPassword = colon !== -1 && !PORT.test(rest.slice(colon + 1));
    const at = (hasPassword ? rest : authority).lastIndexOf("@");
    return at === -1 ? end : { from, to: from + at, by: "[credentials]" };
  });

const NO_VALUE = /^(?:null|undefined|true|false|none|yes|no|required|missing|invalid|\**)$/i;

/** The value without its quotes, and where it begins. */
const bareValue = (
  value: string,
  end: number,
): { readonly bare: string; readonly from: number; readonly to: number } => {
  const quote = /^\\{0,3}["']/.exec(value)?.[0] ?? "";
  const bare = quote === "" ? value : value.slice(quote.length, -quote.length);
  const from = end - value.length + quote.length;
  return { bare, from, to: from + bare.length };
};

const scrubPairs = (text: string): string => {
  const secret = replaceFound(text, SECRET_PAIR, ({ 2: between = "", 3: value = "" }, end) => {
    const { bare, from, to } = bareValue(value, end);
    // After a colon it may be prose; in quotes, or behind a quoted name, it is data.
    const isData = /["'=]/.test(between) || bare !== value;
    return !NO_VALUE.test(withoutTail(bare, CLOSING)) && (isData || looksSecret(bare))
      ? { from, to, by: "[secret]" }
      : from;
  });
  return replaceFound(secret, SESSION_PAIR, ({ 3: value = "" }, end) => {
    const { bare, from } = bareValue(value, end);
    const to = from + withoutTail(bare, CLOSING).length;
    return looksSecret(bare) ? { from, to, by: "[cookie]" } : from;
  });
};

const scrubTokens = (text: string): string =>
  replaceFound(text, PREFIXED_TOKEN, ({ 0: token, index }, end) =>
    /[\dA-Z]/.test(token) ? { from: index, to: end, by: "[token]" } : end,
  );

const scrubJose = (text: string): string =>
  replaceFound(text, JOSE, ({ 1: header = "", index }, end) =>
    isJoseHeader(header) ? { from: index, to: end, by: "[jwt]" } : index + header.length,
  );

/** Keys, cookies, credentials in headers and URLs, tokens: what opens doors. */
export const scrubSecrets = (text: string): string => {
  const withoutKeys = text.includes("-----BEGIN") ? text.replace(PRIVATE_KEY, "[private key]") : text;
  // Tokens first: by chance one ends in the letters of a name, such as `pwd`.
  const withoutTokens = scrubJose(scrubTokens(withoutKeys));
  return scrubSchemes(scrubPairs(scrubUrls(scrubAuthorization(scrubCookies(withoutTokens)))));
};
