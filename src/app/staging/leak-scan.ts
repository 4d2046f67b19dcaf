import type { FieldRule } from "../../domain/personal-data/field-rules.ts";
import type { StagedCollection } from "../../domain/staging/staged-collections.ts";
import type { StagedRow } from "../../ports/staging-copy.ts";
import { rulesOf } from "./mask-row.ts";

/** Values of at least so many characters are looked for; shorter ones occur by chance. */
export const LEAK_CHARACTERS = 12;

/** Pairs of whole numbers in a set of their own: 16 to 32 bytes each, because half of its places at least are free. */
const pairSet = () => {
  let table = new Int32Array(1 << 17);
  let size = 0;
  /** Where it stands, or the free place where it would; 0 and 0 are a free place. */
  const placeOf = (inside: Int32Array, a: number, b: number): number => {
    const mask = inside.length - 2;
    let at = (Math.imul(a ^ (b >>> 15), 0x9e37_79b1) >>> 3) & mask;
    while ((inside[at] !== a || inside[at + 1] !== b) && (inside[at] !== 0 || inside[at + 1] !== 0)) {
      at = (at + 2) & mask;
    }
    return at;
  };
  const put = (inside: Int32Array, a: number, b: number): boolean => {
    const at = placeOf(inside, a, b);
    const isNew = inside[at] === 0 && inside[at + 1] === 0;
    inside[at] = a;
    inside[at + 1] = b;
    return isNew;
  };
  return {
    add: (a: number, b: number): void => {
      if (4 * size > table.length) {
        const larger = new Int32Array(2 * table.length);
        for (let at = 0; at < table.length; at += 2) put(larger, table[at] ?? 0, table[at + 1] ?? 0);
        table = larger;
      }
      if (put(table, a, b)) size += 1;
    },
    has: (a: number, b: number): boolean => table[placeOf(table, a, b)] === a,
  };
};

/** Two polynomials modulo 2^32: with one alone, millions of values would be met by chance. */
const FACTOR_A = 0x0100_0193;
const FACTOR_B = 0x85eb_ca6b;

/** By how much the character still counts that leaves the run. */
const leaving = (factor: number): number =>
  Array.from({ length: LEAK_CHARACTERS }).reduce<number>((power) => Math.imul(power, factor), 1);
const LEAVING_A = leaving(FACTOR_A);
const LEAVING_B = leaving(FACTOR_B);

/** Two numbers for each run of characters of a text, the first never 0. */
const eachRun = (text: string, take: (a: number, b: number) => void): void => {
  let [a, b] = [0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const comes = text.charCodeAt(at) + 1;
    const leaves = at < LEAK_CHARACTERS ? 0 : text.charCodeAt(at - LEAK_CHARACTERS) + 1;
    a = (Math.imul(a, FACTOR_A) + comes - Math.imul(leaves, LEAVING_A)) | 0;
    b = (Math.imul(b, FACTOR_B) + comes - Math.imul(leaves, LEAVING_B)) | 0;
    if (at >= LEAK_CHARACTERS - 1) take(a === 0 ? 1 : a, b);
  }
};

/** One run of characters stands for a whole value: towards its end, where ids and paragraphs differ most. */
const runOf = (value: string): string => {
  const from = Math.floor((value.length - LEAK_CHARACTERS) * 0.9);
  return value.slice(from, from + LEAK_CHARACTERS);
};

/** What a copy has too: fixed words, published texts, and times that two rows may share by chance. */
const isLike = (rule: FieldRule | undefined): boolean =>
  rule?.mask === "keep" || rule?.mask === "shifted-json";

/** What of a source row may stand nowhere in the copy: every text that is not kept as it is. */
export const secretsOf = (rules: Readonly<Record<string, FieldRule>>, row: StagedRow): readonly string[] =>
  Object.entries(row).flatMap(([name, value]) =>
    typeof value === "string" && value.length >= LEAK_CHARACTERS && !isLike(rules[name])
      ? [value, ...(name === "content" ? wordsOf(value) : [])]
      : [],
  );

/** The text of HTML, which is a person's own without its tags too. */
const wordsOf = (html: string): readonly string[] => {
  const text = html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.length >= LEAK_CHARACTERS && text !== html ? [text] : [];
};

/** A text of the copy in which a value of the source may stand: only a look at the value itself tells. */
export interface Suspect {
  readonly collection: StagedCollection;
  readonly field: string;
  readonly text: string;
}

export interface LeakScan {
  /** First every value of the source … */
  learn(value: string): void;
  /** … then every row of the copy, but what is the same in both: whoever writes in those words is no leak … */
  look(collection: StagedCollection, row: StagedRow): void;
  /** … and the source once more, where `isSuspicious`: answers where the value stands. */
  confirm(value: string): readonly Suspect[];
  isSuspicious(): boolean;
}

/** Most texts that are kept to be looked at again: past them the copy is refused without another look. */
const SUSPECTS_MAX = 10_000;

/**
 * Looks for values of the source in the copy in two passes, so that neither has to be in memory: a number stands for each
 * value, and what they make suspicious is compared with the values themselves.
 */
export const leakScan = (): LeakScan => {
  const learnt = pairSet();
  const suspects = new Map<string, Suspect[]>();
  let kept = 0;
  return {
    learn: (value) => eachRun(runOf(value), learnt.add),
    look: (collection, row) => {
      const rules = rulesOf(collection);
      for (const [field, value] of Object.entries(row)) {
        if (typeof value !== "string" || value.length < LEAK_CHARACTERS || isLike(rules[field])) continue;
        eachRun(value, (a, b) => {
          if (!learnt.has(a, b)) return;
          kept += 1;
          if (kept > SUSPECTS_MAX) throw new Error("too much of the copy looks like the source");
          const key = `${a} ${b}`;
          suspects.set(key, [...(suspects.get(key) ?? []), { collection, field, text: value }]);
        });
      }
    },
    confirm: (value) => {
      const found: Suspect[] = [];
      eachRun(runOf(value), (a, b) => {
        for (const each of suspects.get(`${a} ${b}`) ?? []) if (each.text.includes(value)) found.push(each);
      });
      return found;
    },
    isSuspicious: () => suspects.size > 0,
  };
};
