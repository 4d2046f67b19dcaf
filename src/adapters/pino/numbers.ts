import { isCardNumber } from "./checks.ts";
import { NUMBER_START } from "./patterns.ts";
import { phoneEnd } from "./phone.ts";

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const ADDRESS_4 = new RegExp(`((?:${OCTET}\\.){3}${OCTET})(?!\\d)(\\.\\d+)?`, "y");
/** In one piece or in groups, of which the first has two digits or more. */
const CARD = /\d\d(?:[ \u00A0\u202F-]?\d){10,17}/y;

/**
 * Four numbers with dots are an address unless a word before says that they are a version: `v1.2.3.4`,
 * `version 1.2.3.4`, `Chrome/120.0.0.0`. A fifth makes an object identifier, which begins with 0, 1 or 2, or a port.
 */
const VERSION_BEFORE =
  /(?:^|[^a-z])(?:v|ver|version|build|release|revision|rev|chrome|chromium|crios|edg[aei]?|edgios|opr|opera|safari|firefox|vivaldi|yabrowser|samsungbrowser|electron|webview)["']?[ :=/]{0,3}["']?$/i;

const addressEnd = (text: string, at: number): number => {
  ADDRESS_4.lastIndex = at;
  const found = ADDRESS_4.exec(text);
  const [, address = "", fifth] = found ?? [];
  if (found === null || VERSION_BEFORE.test(text.slice(Math.max(0, at - 24), at))) return 0;
  if (fifth !== undefined && /^[0-2]\./.test(address)) return 0;
  return at + address.length;
};

const cardEnd = (text: string, at: number): number => {
  CARD.lastIndex = at;
  const found = CARD.exec(text)?.[0];
  if (found === undefined) return 0;
  const groups = [...found.matchAll(/\d+/g)];
  for (let last = groups.length - 1; last >= 0; last -= 1) {
    const group = groups[last];
    const end = (group?.index ?? 0) + (group?.[0].length ?? 0);
    const whole = !/[\da-z]/i.test(text[at + end] ?? "");
    if (whole && isCardNumber(found.slice(0, end).replace(/\D/g, ""))) return at + end;
  }
  return 0;
};

/** A number that goes on from letters, digits or a decimal point is part of something else; `\n` and `%20` are not letters. */
const isInside = (text: string, at: number): boolean => {
  if (text[at] === "(") return false;
  const before = text.slice(Math.max(0, at - 3), at);
  return /[\p{L}\p{N}]$|\d[.,]$/u.test(before) && !/\\[nrtbf]$|%[\da-f]{2}$/i.test(before);
};

interface Found {
  readonly mark: string;
  readonly from: number;
  readonly to: number;
}

/** `at` is where a `+` or a bracket stands before the digit, if one does. */
const findAt = (text: string, at: number, digit: number, since: number): Found | null => {
  const phone = (): Found | null => {
    const to = isInside(text, at) ? 0 : phoneEnd(text, at, since);
    return to > 0 ? { mark: "[phone]", from: at, to } : null;
  };
  const signed = at < digit && text[at] !== "(" ? phone() : null;
  if (signed !== null || isInside(text, digit)) return signed;
  const address = addressEnd(text, digit);
  if (address > 0) return { mark: "[ip]", from: digit, to: address };
  const card = cardEnd(text, digit);
  return card > 0 ? { mark: "[card]", from: digit, to: card } : phone();
};

/** IPv4 addresses, payment cards and telephone numbers: whatever begins with a digit. */
export const scrubNumbers = (text: string): string => {
  let clean = "";
  let kept = 0;
  let since = 0;
  NUMBER_START.lastIndex = 0;
  for (let start = NUMBER_START.exec(text); start !== null; start = NUMBER_START.exec(text)) {
    if (start.groups?.["escape"] !== undefined) continue;
    if (start.groups?.["safe"] !== undefined) {
      since = NUMBER_START.lastIndex;
      continue;
    }
    const digit = NUMBER_START.lastIndex - 1;
    const found = findAt(text, start.index, digit, since);
    if (found === null) {
      NUMBER_START.lastIndex = endOfDigits(text, digit);
    } else {
      clean += text.slice(kept, found.from) + found.mark;
      kept = found.to;
      since = found.to;
      NUMBER_START.lastIndex = found.to;
    }
  }
  return clean + text.slice(kept);
};

const endOfDigits = (text: string, from: number): number => {
  let at = from;
  while (text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at += 1;
  return at;
};
