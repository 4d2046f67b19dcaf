/** The next number of a fixed row of numbers: at least 0, below `below`. */
export type Draw = (below: number) => number;

interface Script {
  readonly name: RegExp;
  /** Inclusive ranges of lower-case letters, or of all letters where there are no cases. */
  readonly letters: readonly (readonly [from: number, to: number])[];
  /** Written without spaces between words. */
  readonly dense?: true;
}

const SCRIPTS: readonly Script[] = [
  { name: /\p{Script=Han}/gu, letters: [[0x4e00, 0x9fa5]], dense: true },
  { name: /\p{Script=Hiragana}|\p{Script=Katakana}/gu, letters: [[0x3042, 0x3093]], dense: true },
  { name: /\p{Script=Hangul}/gu, letters: [[0xac00, 0xd7a3]] },
  { name: /\p{Script=Cyrillic}/gu, letters: [[0x430, 0x44f]] },
  {
    name: /\p{Script=Greek}/gu,
    letters: [
      [0x3b1, 0x3c1],
      [0x3c3, 0x3c9],
    ],
  },
  {
    name: /\p{Script=Arabic}/gu,
    letters: [
      [0x627, 0x63a],
      [0x641, 0x64a],
    ],
  },
  { name: /\p{Script=Hebrew}/gu, letters: [[0x5d0, 0x5ea]] },
  { name: /\p{Script=Devanagari}/gu, letters: [[0x915, 0x939]] },
  { name: /\p{Script=Thai}/gu, letters: [[0xe01, 0xe2e]], dense: true },
];

const LATIN: Script = { name: /\p{Script=Latin}/gu, letters: [[0x61, 0x7a]] };

/** The script that most letters are of; Latin where none is told. */
const scriptOf = (text: string): Script => {
  let best = LATIN;
  let most = 0;
  for (const script of [LATIN, ...SCRIPTS]) {
    const letters = text.match(script.name)?.length ?? 0;
    if (letters > most) [best, most] = [script, letters];
  }
  return best;
};

const letter = ({ letters }: Script, draw: Draw): string => {
  const [from, to] = letters[draw(letters.length)] ?? [0x61, 0x7a];
  return String.fromCodePoint(from + draw(to - from + 1));
};

const word = (script: Script, length: number, draw: Draw): string =>
  Array.from({ length }, () => letter(script, draw)).join("");

const WORD_MAX = 9;
const DENSE_MAX = 18;

/** Words without meaning of about this many code points, up to an eighth more or less. */
const words = (script: Script, like: number, draw: Draw): string => {
  const spread = Math.floor(like / 8);
  let left = Math.max(1, like - spread + draw(2 * spread + 1));
  const written: string[] = [];
  while (left > 0) {
    const length = Math.min(left, 2 + draw((script.dense === true ? DENSE_MAX : WORD_MAX) - 1));
    written.push(word(script, length, draw));
    left -= length + 1;
  }
  return written.join(script.dense === true ? "、" : " ");
};

const PARAGRAPH = /<(?:p|li)\b/gi;

/**
 * Text of like length and script that says nothing: neither a letter nor a word's length comes from what it stands for.
 * What was HTML is paragraphs of HTML again, as many, but at most four.
 */
export const generatedText = (text: string, draw: Draw): string => {
  const plain = text.replaceAll(/<[^>]*>/g, "").trim();
  if (plain === "") return "";
  const script = scriptOf(plain);
  const length = [...plain].length;
  const paragraphs = Math.min(4, text.match(PARAGRAPH)?.length ?? 0);
  if (paragraphs === 0) return words(script, length, draw);
  return Array.from(
    { length: paragraphs },
    () => `<p>${words(script, Math.max(1, Math.floor(length / paragraphs)), draw)}</p>`,
  ).join("");
};

/** A first and a last name that nobody has. */
export const generatedName = (draw: Draw): string =>
  [word(LATIN, 4 + draw(4), draw), word(LATIN, 5 + draw(5), draw)]
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join(" ");
