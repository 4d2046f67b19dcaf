/** A word of a text as it is compared: without case and diacritics, and where it stands in the source. */
export interface Word {
  readonly folded: string;
  /** Offset of its first unit, and of the unit after its last. */
  readonly from: number;
  readonly to: number;
  /** How many characters part it from the word before, without tags. */
  readonly gap: number;
}

const MARKUP = /<[^>]*>|&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/iy;
/** Elements that stand inside a word without parting it. */
const INLINE = /^<\/?(?:strong|em|a)\b/i;
const WORD = /[\p{L}\p{N}]/u;
/** Scripts that write without spaces: each character is a word. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const SILENT = /[\p{M}\p{Cf}]/u;

const foldedCharacter = (character: string): string =>
  character.normalize("NFKD").toLowerCase().replaceAll(/\p{M}/gu, "").replaceAll("ß", "ss");

/** The words of HTML that was reduced to the allow-list, or of plain text, in order. Tags and entities part words, inline ones do not. */
export const wordsOf = (source: string): readonly Word[] => {
  const words: Word[] = [];
  let folded = "";
  let from = 0;
  let to = 0;
  let gap = 0;
  const end = (): void => {
    if (folded !== "") {
      words.push({ folded, from, to, gap });
      gap = 0;
    }
    folded = "";
  };
  for (let at = 0; at < source.length; ) {
    MARKUP.lastIndex = at;
    const markup = MARKUP.exec(source)?.[0];
    if (markup !== undefined) {
      if (!INLINE.test(markup)) end();
      if (markup.startsWith("&")) gap += 1;
      at += markup.length;
      continue;
    }
    const character = String.fromCodePoint(source.codePointAt(at) ?? 0);
    const next = at + character.length;
    if (WORD.test(character)) {
      const alone = UNSPACED.test(character);
      if (alone) end();
      if (folded === "") from = at;
      folded += foldedCharacter(character);
      to = next;
      if (alone) end();
    } else if (SILENT.test(character)) {
      if (folded !== "") to = next;
    } else {
      end();
      gap += 1;
    }
    at = next;
  }
  end();
  return words;
};

/** A piece of a source, from its first unit to the one after its last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const REMOVED = "[…]";

/** The source with a mark in the place of each range, which come in order and do not overlap; the tags inside them stay, so that it is still whole. */
export const withoutRanges = (source: string, ranges: readonly Range[]): string => {
  let text = "";
  let at = 0;
  for (const { from, to } of ranges) {
    const tags = source.slice(from, to).match(/<[^>]*>/g) ?? [];
    text += `${source.slice(at, from)}${REMOVED}${tags.join("")}`;
    at = to;
  }
  return text + source.slice(at);
};
