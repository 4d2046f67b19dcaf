import type { FieldRule } from "../../domain/personal-data/field-rules.ts";
import type { StagedCollection } from "../../domain/staging/staged-collections.ts";
import type { StagedRow } from "../../ports/staging-copy.ts";

/** Values of at least so many characters are looked for; shorter ones occur by chance. */
export const LEAK_CHARACTERS = 12;

const spread = (gram: number): number => Math.imul(gram ^ (gram / 65_536), 0x9e37_79b1) >>> 7;

/** Numbers in a set of their own: 8 bytes each, however many there are. */
const grams = () => {
  let table = new Float64Array(1 << 16);
  let size = 0;
  const place = (into: Float64Array, gram: number): boolean => {
    const mask = into.length - 1;
    for (let at = spread(gram) & mask; ; at = (at + 1) & mask) {
      if (into[at] === gram) return false;
      if (into[at] === 0) {
        into[at] = gram;
        return true;
      }
    }
  };
  return {
    add: (gram: number): void => {
      if (2 * size > table.length) {
        const old = table;
        table = new Float64Array(2 * old.length);
        for (const each of old) if (each !== 0) place(table, each);
      }
      if (place(table, gram)) size += 1;
    },
    has: (gram: number): boolean => {
      const mask = table.length - 1;
      for (let at = spread(gram) & mask; ; at = (at + 1) & mask) {
        if (table[at] === gram) return true;
        if (table[at] === 0) return false;
      }
    },
  };
};

const MODULUS = 4_294_967_291;
const FACTOR = 1_000_003 % MODULUS;

/** (a × b) mod m without leaving the whole numbers that a double holds. */
const times = (a: number, b: number): number => {
  const high = Math.floor(a / 65_536);
  const low = a % 65_536;
  return (((high * b) % MODULUS) * 65_536 + low * b) % MODULUS;
};

const LEAVING = Array.from({ length: LEAK_CHARACTERS }).reduce<number>((power) => times(power, FACTOR), 1);

/** A number of each run of characters of a text, never 0. */
const gramsOf = function* (text: string): Generator<number> {
  let gram = 0;
  for (let at = 0; at < text.length; at += 1) {
    gram = (times(gram, FACTOR) + text.charCodeAt(at) + 1) % MODULUS;
    if (at >= LEAK_CHARACTERS) {
      gram = (gram - times(text.charCodeAt(at - LEAK_CHARACTERS) + 1, LEAVING) + MODULUS) % MODULUS;
    }
    if (at >= LEAK_CHARACTERS - 1) yield gram + 1;
  }
};

/** One run of characters stands for a whole value: towards its end, where ids and paragraphs differ most. */
const gramOf = (value: string): number => {
  const from = Math.floor((value.length - LEAK_CHARACTERS) * 0.75);
  for (const gram of gramsOf(value.slice(from, from + LEAK_CHARACTERS))) return gram;
  return 0;
};

/** What a copy has too: values that are kept, and times that two rows may share by chance. */
const isLike = (rule: FieldRule | undefined): boolean =>
  rule?.mask === "keep" || rule?.mask === "shifted-json";

/** What of a source row may stand nowhere in the copy: every text that is not kept as it is. */
export const secretsOf = (
  collection: StagedCollection,
  rules: Readonly<Record<string, FieldRule>>,
  row: StagedRow,
): readonly string[] =>
  collection === "consent_policies"
    ? []
    : Object.entries(row).flatMap(([name, value]) =>
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
  /** … then every row of the copy … */
  look(collection: StagedCollection, row: StagedRow): void;
  /** … and the source once more, where `isSuspicious`: answers where the value stands. */
  confirm(value: string): readonly Suspect[];
  isSuspicious(): boolean;
}

/** Most texts that are kept to be looked at again: past them the copy is refused without another look. */
const SUSPECTS_MAX = 10_000;

/**
 * Looks for values of the source in the copy in two passes, so that neither has to be in memory: 8 bytes stand for each
 * value, and what they make suspicious is compared with the values themselves.
 */
export const leakScan = (): LeakScan => {
  const learnt = grams();
  const suspects = new Map<number, Suspect[]>();
  let kept = 0;
  return {
    learn: (value) => learnt.add(gramOf(value)),
    look: (collection, row) => {
      for (const [field, value] of Object.entries(row)) {
        if (typeof value !== "string" || value.length < LEAK_CHARACTERS) continue;
        for (const gram of gramsOf(value)) {
          if (!learnt.has(gram)) continue;
          kept += 1;
          if (kept > SUSPECTS_MAX) throw new Error("too much of the copy looks like the source");
          suspects.set(gram, [...(suspects.get(gram) ?? []), { collection, field, text: value }]);
        }
      }
    },
    confirm: (value) => (suspects.get(gramOf(value)) ?? []).filter(({ text }) => text.includes(value)),
    isSuspicious: () => suspects.size > 0,
  };
};
