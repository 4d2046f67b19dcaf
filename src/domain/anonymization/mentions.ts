import { type Range, type Word, withoutRanges, wordsOf } from "./words.ts";

/** The words of a name, an address or an id as they are looked for: whole words, one after the other. */
export type Needle = readonly string[];

/** Most characters between two words of a needle, as in `Ada-Lovelace` or `ada . lovelace`. */
const GAP_MAX = 3;
/** Names of such a length may stand with the `s` of possession. */
const POSSESSIVE_MIN = 4;
/** Shorter parts of a name are words of many languages. */
const PART_MIN = 3;

const needleOf = (value: string): Needle => wordsOf(value).map(({ folded }) => folded);

const length = (needle: Needle): number => needle.reduce((sum, word) => sum + word.length, 0);

/** What the vault knew of a person. */
export interface PersonalValues {
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly externalIds: readonly string[];
}

/**
 * What leads to her wherever it stands: addresses, full names, and names and ids that nobody else is likely to have. A
 * single word such as `Anna` leads to nobody by itself, and taking it out of every comment would only harm others.
 */
export const distinctiveNeedles = (values: PersonalValues): readonly Needle[] => [
  ...values.addresses.map(needleOf).filter((needle) => needle.length > 0),
  ...[...values.names, ...values.externalIds]
    .map(needleOf)
    .filter((needle) =>
      needle.length > 1 ? length(needle) >= 6 : length(needle) >= 6 && /\p{N}/u.test(needle.join("")),
    ),
];

/** What speaks of her where people answer her: also each part of her name. */
export const needlesNearHer = (values: PersonalValues): readonly Needle[] => [
  ...distinctiveNeedles(values),
  ...values.names
    .flatMap(needleOf)
    .filter((part) => part.length >= PART_MIN)
    .map((part) => [part]),
];

const isWord = (found: Word, wanted: string, last: boolean): boolean =>
  found.folded === wanted || (last && wanted.length >= POSSESSIVE_MIN && found.folded === `${wanted}s`);

const startsAt = (words: readonly Word[], at: number, needle: Needle): boolean =>
  needle.every((wanted, index) => {
    const found = words[at + index];
    if (found === undefined || !isWord(found, wanted, index === needle.length - 1)) return false;
    return index === 0 || found.gap <= GAP_MAX;
  });

/** Where a text speaks of the person, in order, without overlaps: the longest needle wins. */
const rangesOf = (words: readonly Word[], needles: readonly Needle[]): readonly Range[] => {
  const longestFirst = needles.toSorted((a, b) => b.length - a.length);
  const ranges: Range[] = [];
  for (let at = 0; at < words.length; ) {
    const found = longestFirst.find((needle) => startsAt(words, at, needle));
    const [first, last] = [words[at], words[at + (found?.length ?? 1) - 1]];
    if (found !== undefined && first !== undefined && last !== undefined) {
      ranges.push({ from: first.from, to: last.to });
    }
    at += found?.length ?? 1;
  }
  return ranges;
};

/** Cheap and never wrong with no: a text without every word of any needle speaks of nobody. */
const mightSpeakOf = (text: string, needles: readonly Needle[]): boolean => {
  const folded = text
    .replaceAll(/<[^>]*>/g, "")
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\p{M}\p{Cf}]/gu, "")
    .replaceAll("ß", "ss");
  return needles.some((needle) => needle.every((word) => folded.includes(word)));
};

const mentionsIn = (words: readonly Word[], needles: readonly Needle[]): boolean =>
  words.some((_, at) => needles.some((needle) => startsAt(words, at, needle)));

const percentDecoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      // Bytes that are no UTF-8 spell no name.
      return run;
    }
  });

/** Whether a text, as it is or as part of a URL, speaks of the person. */
export const speaksOf = (text: string, needles: readonly Needle[]): boolean =>
  (mightSpeakOf(text, needles) && mentionsIn(wordsOf(text), needles)) ||
  (text.includes("%") && mentionsIn(wordsOf(percentDecoded(text)), needles));

const LINK = /<a\b([^>]*)>(.*?)<\/a>/gis;
const TITLE = / title="[^"]*"/i;

/** Links whose address or title speaks of her lose it; a link that then leads nowhere goes, its text stays. */
const withoutLinks = (html: string, needles: readonly Needle[]): string =>
  html.replaceAll(LINK, (whole, attributes: string, text: string) => {
    if (!speaksOf(attributes, needles)) return whole;
    const untitled = attributes.replace(TITLE, "");
    return speaksOf(untitled, needles) ? text : `<a${untitled}>${text}</a>`;
  });

/**
 * A comment without what speaks of the person: other people's words stay, her name in them goes (GDPR Art. 17(1)). The
 * same text when nothing does. Doing it twice changes nothing more.
 */
export const withoutMentions = (html: string, needles: readonly Needle[]): string => {
  const unlinked = html.includes("<a") ? withoutLinks(html, needles) : html;
  if (!mightSpeakOf(unlinked, needles)) return unlinked;
  const ranges = rangesOf(wordsOf(unlinked), needles);
  return ranges.length === 0 ? unlinked : withoutRanges(unlinked, ranges);
};
