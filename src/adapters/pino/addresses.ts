import { ibanLength, isAddress6, isMailDomain, passesMod97, withoutTail } from "./checks.ts";
import { EMAIL, EMAIL_FIELD, ESCAPED_AT, HEX_WITH_COLONS, IBAN, QUOTED_EMAIL, ZONE } from "./patterns.ts";
import { type Replacement, replaceFound } from "./replace-found.ts";

/** What stands before an address in the same run of characters: the name of a field, or the URL it is in. */
const prefixOf = (local: string): string =>
  (local.startsWith("//") ? /^.*[/?&=]/su.exec(local)?.[0] : EMAIL_FIELD.exec(local)?.[0]) ?? "";

export const scrubEmails = (text: string): string => {
  const unquoted = replaceFound(text, QUOTED_EMAIL, ({ 1: domain = "", index }, end) => {
    if (!isMailDomain(domain)) return index + 1;
    return { from: index, to: end - domain.length + withoutTail(domain, ".-:").length, by: "[email]" };
  });
  return replaceFound(unquoted, EMAIL, ({ 1: local = "", 2: at = "", 3: domain = "", index }, end) => {
    // `joe%40example.org&to=x@y`: the run holds an address before the one that was looked at.
    if (!isMailDomain(domain) && !ESCAPED_AT.test(local)) return index + local.length + at.length;
    const to = end - domain.length + withoutTail(domain, ".-").length;
    return { from: index + prefixOf(local).length, to, by: "[email]" };
  });
};

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Certificates and keys are shown as pairs of hexadecimal digits, more of them than an address has groups. */
const FINGERPRINT = /^(?:[\da-f]{2}:){9,}[\da-f]{2}$/i;
const WORD = /[\p{L}\p{N}_]/u;

/**
 * An IPv6 address in a run of hexadecimal and colons: the run itself, or without the word before it (`peer:fe80::1`) or
 * the port behind it. What is too much for one address and no fingerprint is taken whole.
 */
const addressIn = (text: string, from: number, to: number): Span | null => {
  const span = trimmed(text, from, to);
  const run = text.slice(span.from, span.to);
  const before = text[span.from - 1] ?? "";
  const after = text[span.to] ?? "";
  const glued =
    (WORD.test(before) && !/\\[nrtbf]$/.test(text.slice(0, span.from).slice(-2))) || WORD.test(after);
  if (!glued && isAddress6(run)) return span;
  if (glued) {
    // `std::fade`, `Foo::Bad`: names with `::` between them have no digits.
    const start = WORD.test(before) ? run.indexOf(":") + 1 : 0;
    const stop = WORD.test(after) ? run.lastIndexOf(":") : run.length;
    const inner = trimmed(text, span.from + start, span.from + Math.max(start, stop));
    const rest = text.slice(inner.from, inner.to);
    return /\d/.test(rest) && isAddress6(rest) ? inner : null;
  }
  const groups = run.split(":");
  if (groups.length < 3 || FINGERPRINT.test(run)) return null;
  return (run.includes("::") && /[\da-f]/i.test(run)) || groups.length > 8 ? span : null;
};

/** Without full stops at the ends and without single colons, which belong to the sentence. */
const trimmed = (text: string, from: number, to: number): Span => {
  let start = from;
  let stop = to;
  while (
    start < stop &&
    (text[start] === "." || (text[start] === ":" && (text[start + 1] !== ":" || text[start + 2] === ":")))
  )
    start += 1;
  while (
    stop > start &&
    (text[stop - 1] === "." || (text[stop - 1] === ":" && (text[stop - 2] !== ":" || text[stop - 3] === ":")))
  )
    stop -= 1;
  return { from: start, to: stop };
};

const withZoneAndBrackets = (text: string, { from, to }: Span): Replacement => {
  ZONE.lastIndex = to;
  const end = to + (ZONE.exec(text)?.[0].length ?? 0);
  const bracketed = text[from - 1] === "[" && text[end] === "]";
  return bracketed ? { from: from - 1, to: end + 1, by: "[ip]" } : { from, to: end, by: "[ip]" };
};

export const scrubAddresses6 = (text: string): string =>
  replaceFound(text, HEX_WITH_COLONS, ({ index }, end) => {
    const span = addressIn(text, index, end);
    return span === null ? end : withZoneAndBrackets(text, span);
  });

/** Where an account number that begins here ends, by the length its country gives it; 0 when its check fails. */
const ibanEnd = (candidate: string, after: string): number => {
  const length = ibanLength(candidate.slice(0, 2));
  if (length === null) return 0;
  let end = 0;
  let iban = "";
  while (end < candidate.length && iban.length < length) {
    const character = candidate[end] ?? "";
    if (/[A-Za-z\d]/.test(character)) iban += character;
    end += 1;
  }
  if (iban.length < length || /[A-Za-z\d]/.test(candidate[end] ?? after)) return 0;
  // Prose that begins like one (`is 12 items …`) has neither groups of four nor many digits.
  const grouped = /^[^\s.-]{4}(?:[^\S\r\n.-]?[^\s.-]{4}|[.-][^\s.-]{4})*(?:[\s.-]?[^\s.-]{1,3})?$/.test(
    candidate.slice(0, end),
  );
  return (grouped || iban.replace(/\D/g, "").length >= 10) && passesMod97(iban) ? end : 0;
};

export const scrubIbans = (text: string): string =>
  replaceFound(text, IBAN, ({ 0: candidate, index, groups }, after) => {
    if (groups?.["uuid"] !== undefined) return after;
    const end = ibanEnd(candidate, text[after] ?? "");
    return end === 0 ? index + 2 : { from: index, to: index + end, by: "[iban]" };
  });
