import type { SignedByRecipient } from "../../app/recipients/recipients.ts";

const isOne = (header: string | null): boolean =>
  header?.split(",").some((value) => value.trim() === "1") === true;

/**
 * Global Privacy Control: on when at least one of the sent values is exactly `1`; everything else is ignored. `DNT: 1`
 * says the same in an older way.
 */
export const readGpc = (headers: Headers): boolean =>
  isOne(headers.get("sec-gpc")) || isOne(headers.get("dnt"));

const REQUEST_ID = /^[A-Za-z0-9-]{8,64}$/;

/** The id a trusted proxy gave the request; null when there is none that may stand in a log line. */
export const readRequestId = (headers: Headers): string | null => {
  const given = headers.get("x-request-id");
  return given !== null && REQUEST_ID.test(given) ? given : null;
};

const LANGUAGE = /^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/;
const MOST_LANGUAGES = 20;

/** The languages of Accept-Language, best first; those with `q=0` and the wildcard are left out. */
export const readLanguages = (headers: Headers): readonly string[] => {
  const header = headers.get("accept-language");
  return header === null ? [] : languagesOf(header);
};

const languagesOf = (header: string): readonly string[] =>
  header
    .split(",")
    .slice(0, MOST_LANGUAGES)
    .map((part) => {
      const [tag = "", ...parameters] = part.split(";").map((each) => each.trim());
      const q = parameters.find((each) => /^q=/i.test(each));
      return { tag, weight: q === undefined ? 1 : Number(q.slice(2)) };
    })
    .filter(({ tag, weight }) => LANGUAGE.test(tag) && weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** The key without the quotes that the header's syntax asks for and many clients leave out; null without the header. */
export const readIdempotencyKey = (headers: Headers): string | "invalid" | null => {
  const header = headers.get("idempotency-key");
  if (header === null) return null;
  const key = header.replace(/^"(.*)"$/s, "$1");
  // Prefixed, so that no key is taken for the refusal.
  return IDEMPOTENCY_KEY.test(key) ? `key ${key}` : "invalid";
};

/** What If-Match asks for: any version, or one of these. A tag this service cannot have made matches nothing. */
export type Precondition = "any" | readonly number[];

const ENTITY_TAG = /^"([1-9][0-9]{0,14})"$/;

/** Null without the header. Weak tags never match (RFC 9110, 13.1.1). */
export const readIfMatch = (headers: Headers): Precondition | null => {
  const header = headers.get("if-match");
  if (header === null) return null;
  const tags = header.split(",").map((tag) => tag.trim());
  if (tags.length === 1 && tags[0] === "*") return "any";
  return tags.flatMap((tag) => {
    const version = ENTITY_TAG.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
};

export const entityTag = (version: number): string => `"${version}"`;

const OPAQUE_TAG = /"[\x21\x23-\x7e\x80-\xff]*"/g;

/** Whether If-None-Match names this tag, compared weakly (RFC 9110, 13.1.2): the client has what would be answered. */
export const isKnown = (headers: Headers, tag: string): boolean => {
  const header = headers.get("if-none-match");
  if (header === null) return false;
  const named: readonly string[] = header.match(OPAQUE_TAG) ?? [];
  return header.trim() === "*" || named.includes(tag.replace(/^W\//, ""));
};

/** A signature of Standard Webhooks over a body. */
export const readSignature = (headers: Headers, body: string): SignedByRecipient => ({
  id: headers.get("webhook-id"),
  timestamp: headers.get("webhook-timestamp"),
  signature: headers.get("webhook-signature"),
  body,
});

/** Whether a page is asked for rather than JSON: a browser's own request names text/html, a program's does not. */
export const readPrefersHtml = (headers: Headers): boolean => {
  const header = headers.get("accept");
  if (header === null) return false;
  const accepted = header.split(",").map((part) => part.split(";")[0]?.trim());
  return accepted.includes("text/html") && !accepted.includes("application/json");
};
