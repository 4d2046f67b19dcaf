const START = 4_096;

/** A UUID as four numbers that sort as its text does. */
const WORDS = 4;

const wordsOf = (id: string): readonly number[] => {
  const hex = id.replaceAll("-", "");
  return [0, 8, 16, 24].map((from) => Number.parseInt(hex.slice(from, from + 8), 16));
};

/**
 * What place each comment has in its thread, and from when its thread counts: 24 to 48 bytes a comment, because a reply may be
 * met long after what it replies to, or before it.
 */
export interface CommentOrder {
  /** In the order of the ids. */
  add(id: string, thread: string): void;
  /** The moment that a comment gets instead of its own; null for one that was not added. */
  momentOf(id: string): number | null;
}

/** Comments of a thread come a second apart, from the moment that `beginningOf` gives the thread. */
export const commentOrder = (beginningOf: (thread: string) => number): CommentOrder => {
  let ids = new Uint32Array(WORDS * START);
  let moments = new Float64Array(START);
  let size = 0;
  const next = new Map<string, number>();

  const grow = (): void => {
    const [i, m] = [ids, moments];
    ids = new Uint32Array(2 * WORDS * size);
    moments = new Float64Array(2 * size);
    ids.set(i);
    moments.set(m);
  };

  /** Below 0: the id that stands there comes before this one; 0: it is this one. */
  const compare = (at: number, words: readonly number[]): number => {
    for (let word = 0; word < WORDS; word += 1) {
      const difference = (ids[WORDS * at + word] ?? 0) - (words[word] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };

  return {
    add: (id, thread) => {
      if (size === moments.length) grow();
      const moment = next.get(thread) ?? beginningOf(thread);
      next.set(thread, moment + 1_000);
      ids.set(wordsOf(id), WORDS * size);
      moments[size] = moment;
      size += 1;
    },
    momentOf: (id) => {
      const words = wordsOf(id);
      let [from, to] = [0, size];
      while (from < to) {
        const middle = (from + to) >>> 1;
        if (compare(middle, words) < 0) from = middle + 1;
        else to = middle;
      }
      return from < size && compare(from, words) === 0 ? (moments[from] ?? null) : null;
    },
  };
};
