import { type Range, type Word, withoutRanges, wordsOf } from "./words.ts";

/** So many words one after the other are hers, not a turn of the language. */
const PASSAGE = 5;
/** So many are hers wherever they stand: anybody may say five in a row, such as `thank you for this post`. */
const RARE = 12;
/** A comment of fewer words is quoted only as a whole, and only when it is as long as this. */
const SHORT_MIN = 12;

const keyOf = (words: readonly string[]): string => words.join(" ");

const windowsOf = (words: readonly string[], size: number): readonly string[] =>
  Array.from({ length: Math.max(0, words.length - size + 1) }, (_, at) => keyOf(words.slice(at, at + size)));

/** Every passage by which a quotation of this text is known; none when it is too short to be known again. */
export const passagesOf = (html: string): ReadonlySet<string> => {
  const words = wordsOf(html).map(({ folded }) => folded);
  if (words.length < PASSAGE) {
    const whole = keyOf(words);
    return new Set(whole.length >= SHORT_MIN ? [whole] : []);
  }
  return new Set(windowsOf(words, PASSAGE));
};

const picked = (passages: readonly string[]): readonly string[] => {
  const some = [0, passages.length >> 1, passages.length - 1].map((at) => passages[at]);
  return [...new Set(some.filter((passage) => passage !== undefined))];
};

/** A few passages to look for afterwards: from its beginning, its middle and its end. */
export const excerptsOf = (html: string): readonly string[] => picked([...passagesOf(html)]);

/** A text as its words alone, by which a longer quotation of it is known. */
export const bareTextOf = (html: string): string => keyOf(wordsOf(html).map(({ folded }) => folded));

const rareIn = (bare: string): readonly string[] => windowsOf(bare.split(" "), RARE);

/** Every longer passage by which a quotation of these texts is known wherever it stands. */
export const rarePassagesOf = (bare: readonly string[]): ReadonlySet<string> => new Set(bare.flatMap(rareIn));

/** A few of them to look for afterwards. */
export const rareExcerptsOf = (bare: readonly string[]): readonly string[] =>
  bare.flatMap((text) => picked(rareIn(text)));

/**
 * What is left around quotations stands side by side without them, and may be a passage in turn: the places of words that go
 * then. Each word is looked at once, however many passages come about one in another.
 */
const closingUp = (
  words: readonly Word[],
  gone: ReadonlySet<number>,
  passages: ReadonlySet<string>,
  lengths: ReadonlySet<number>,
): readonly number[] => {
  const left: number[] = [];
  const more: number[] = [];
  for (const at of words.keys()) {
    if (gone.has(at)) continue;
    left.push(at);
    for (const length of lengths) {
      if (left.length < length) continue;
      const run = left.slice(-length);
      if (passages.has(keyOf(run.map((each) => words[each]?.folded ?? ""))))
        more.push(...left.splice(-length));
    }
  }
  return more.toSorted((a, b) => a - b);
};

/** The ranges of these words, one for those that follow each other. */
const rangesOf = (words: readonly Word[], places: readonly number[]): readonly Range[] => {
  const ranges: Range[] = [];
  for (const [index, at] of places.entries()) {
    const word = words[at];
    const before = ranges.at(-1);
    if (word === undefined) continue;
    if (before !== undefined && places[index - 1] === at - 1)
      ranges[ranges.length - 1] = { from: before.from, to: word.to };
    else ranges.push({ from: word.from, to: word.to });
  }
  return ranges;
};

/**
 * A text without what it quotes of one that has been removed, and nothing in what is left is a passage of it. The same text
 * when it quotes nothing. Words of the one who replies stay, and so do turns shorter than five words.
 */
export const withoutQuotations = (html: string, passages: ReadonlySet<string>): string => {
  if (passages.size === 0) return html;
  const words = wordsOf(html);
  const lengths = new Set([...passages].map((passage) => passage.split(" ").length));
  const gone = new Set<number>();
  const ranges: Range[] = [];
  for (const [at, first] of words.entries()) {
    for (const length of lengths) {
      const run = words.slice(at, at + length);
      const last = run.at(-1);
      if (last === undefined || run.length < length) continue;
      if (!passages.has(keyOf(run.map(({ folded }) => folded)))) continue;
      for (const place of run.keys()) gone.add(at + place);
      const before = ranges.at(-1);
      if (before !== undefined && first.from <= before.to) {
        ranges[ranges.length - 1] = { from: before.from, to: Math.max(before.to, last.to) };
      } else {
        ranges.push({ from: first.from, to: last.to });
      }
    }
  }
  if (ranges.length === 0) return html;
  const more = rangesOf(words, closingUp(words, gone, passages, lengths));
  return withoutRanges(
    html,
    [...ranges, ...more].toSorted((a, b) => a.from - b.from),
  );
};
