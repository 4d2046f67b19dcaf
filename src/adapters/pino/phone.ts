// Telephone numbers, as people and programs write them. A number with its country (`+49 …`, `0049 …`) or with the zero
// that begins a national number is known by that; without either only by the groups that its country writes, or by a
// word before it. Nine digits in a row and nothing else may as well be a counter, and stay.

const CANDIDATE = /(?:(?:\+|%2B)\s?|\(\+?)?\d(?:[ \u00A0\u202F./()-]{0,3}\d){5,19}/iy;

/** Groups of numbers without a leading zero, by their lengths: Spain, Portugal, Poland, Czechia, North America, Italy. */
const GROUPED = /^(?:3(?<a>[ .-])3\k<a>[34]|3(?<b>[ .-])2\k<b>2\k<b>2|2(?<c>[ -])3\k<c>2\k<c>2)$/;

/** Two and two, as France writes ten digits; more of them are a list. */
const PAIRS = /^\d\d(?:[ \u00A0\u202F./-]\d\d){3,}$/;

/** A quantity, not a telephone. */
const UNIT =
  /^\s?(?:%|€|\$|£|(?:[kmgtp]i?)?b(?:it|yte)?s?|[mnµu]?s(?:ec(?:ond)?s?)?|min(?:ute)?s?|hours?|days?|weeks?|months?|years?|rows?|requests?|records?|lines?|entries|items?|times|tokens?|char(?:acter)?s?|users?|objects?|ops|files?|events?|messages?|pages?|EUR|USD|GBP)(?![\p{L}\p{N}])/iu;

const WORD_BEFORE =
  /(?:^|[^\p{L}\p{N}])(?:tel|telephone|telefon|t[ée]l[ée]phone|tel[ée]fono|telefone|telem[óo]vel|telefoon|tele[fp]?on|phone|cell|mobile?|mobiel|mobil|m[óo]vil|cellulare|portable|kom[óo]rka|handy|fax|gsm|sms|whatsapp|msisdn|rufnummer|puhelin)(?:[ _-]?(?:no|nr|num|number))?["']?[\s.:=#]{0,3}["']?$/iu;

interface Groups {
  readonly text: string;
  /** Where each group of digits ends, counted from the start of the text. */
  readonly ends: readonly number[];
}

const candidateAt = (text: string, at: number): Groups | null => {
  CANDIDATE.lastIndex = at;
  const found = CANDIDATE.exec(text)?.[0];
  if (found === undefined) return null;
  const ends = [...found.matchAll(/\d+/g)].map(({ 0: group, index }) => index + group.length);
  // Digits that go on past the candidate are no telephone number.
  return { text: found, ends: /\d/.test(text[at + found.length] ?? "") ? ends.slice(0, -1) : ends };
};

const digitsOf = (number: string): string => number.replace(/^%2B/i, "").replace(/\D/g, "");

/** `+49 …`: E.164 has at most 15 digits, and the shortest numbers in use 8 with their country. */
const isSigned = (number: string): boolean =>
  /^(?:\(?\+|%2B)/i.test(number) && /^[1-9]\d{7,15}$/.test(digitsOf(number));

/** `0049 …` */
const isDialled = (number: string): boolean => {
  if (!/^\(?00[1-9]/.test(number)) return false;
  return /^\d+$/.test(number) ? /^\d{11,15}$/.test(number) : /^\d{10,17}$/.test(digitsOf(number));
};

/** Zero first. In one piece from 9 digits on: dates, times and padded counters are shorter. */
const isNational = (number: string): boolean => {
  if (!/^\(?0[1-9]/.test(number)) return false;
  const digits = digitsOf(number).length;
  if (/^\d+$/.test(number)) return digits >= 9 && digits <= 13;
  if (PAIRS.test(number)) return digits === 10;
  return digits >= 8 && digits <= 13 && /\d\d$/.test(number);
};

/** The lengths of groups with the marks between them: `3-3-4`. */
const shapeOf = (number: string): string =>
  number
    .replace(/^\((\d{3})\) ?(?=\d{3}([ .-]))/, "$1$2")
    .replace(/\d+/g, (group) => String(group.length))
    .replace(/[\u00A0\u202F]/g, " ");

/** With full stops only as Spain writes it: `123.456.789` is a number in thousands. */
const isGrouped = (number: string): boolean =>
  /^\(?[1-9]/.test(number) && !/^[1-5]\d\d\./.test(number) && GROUPED.test(shapeOf(number));

const isNamed = (before: string): boolean =>
  /\p{L}[\s.:=#"']{0,5}$/u.test(before.slice(-6)) && WORD_BEFORE.test(before);

/** Where a telephone number that begins here ends; 0 when none does. What stands before `since` is known to be something else. */
export const phoneEnd = (text: string, at: number, since: number): number => {
  const candidate = candidateAt(text, at);
  if (candidate === null) return 0;
  const before = text.slice(Math.max(since, at - 40), at);
  const inList = /\d[ \u00A0\u202F]$/.test(before.slice(-2)) && text[at] !== "(";
  const free = !inList && /(?:^|[\s"'(<[{:=,;>|]|\\[nrtbf])$/.test(before.slice(-2));
  for (const end of candidate.ends.toReversed()) {
    const number = candidate.text.slice(0, end);
    const after = text.slice(at + end, at + end + 16);
    if (isSigned(number) && !(/^\+\d+$/.test(number) && UNIT.test(after))) return at + end;
    if (/^[\p{L}\p{N}_]/u.test(after)) continue;
    if (isDialled(number)) return at + end;
    if (goesOn(number, after)) continue;
    if (isNational(number) && !(inList && PAIRS.test(number))) return at + end;
    if (free && isGrouped(number) && !UNIT.test(after)) return at + end;
    if (number.length <= 24 && /^\d{6,15}$/.test(digitsOf(number)) && isNamed(before)) return at + end;
  }
  return 0;
};

/** More groups of the last one's length behind the same mark: a list of numbers, or one long number in groups. */
const goesOn = (number: string, after: string): boolean => {
  const [, mark, { length } = ""] = /^([ \u00A0\u202F./-])(\d+)/.exec(after) ?? [];
  if (mark === undefined) return false;
  return mark !== " " || /(?:^|\D)(\d+)$/.exec(number.slice(-length - 1))?.[1]?.length === length;
};
