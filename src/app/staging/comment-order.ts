const START = 4_096;

/** A UUID as two numbers that sort as its text does. */
const halves = (id: string): readonly [bigint, bigint] => {
  const hex = id.replaceAll("-", "");
  return [BigInt(`0x${hex.slice(0, 16)}`), BigInt(`0x${hex.slice(16)}`)];
};

/**
 * What place each comment has in its thread, and from when its thread counts: 24 bytes a comment, because a reply may be
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
  let high = new BigUint64Array(START);
  let low = new BigUint64Array(START);
  let moments = new Float64Array(START);
  let size = 0;
  const next = new Map<string, number>();

  const grow = (): void => {
    const [h, l, m] = [high, low, moments];
    high = new BigUint64Array(2 * size);
    low = new BigUint64Array(2 * size);
    moments = new Float64Array(2 * size);
    high.set(h);
    low.set(l);
    moments.set(m);
  };

  return {
    add: (id, thread) => {
      if (size === high.length) grow();
      const moment = next.get(thread) ?? beginningOf(thread);
      next.set(thread, moment + 1_000);
      [high[size], low[size]] = halves(id);
      moments[size] = moment;
      size += 1;
    },
    momentOf: (id) => {
      const [h, l] = halves(id);
      let [from, to] = [0, size];
      while (from < to) {
        const middle = (from + to) >>> 1;
        const [mh = 0n, ml = 0n] = [high[middle], low[middle]];
        if (mh < h || (mh === h && ml < l)) from = middle + 1;
        else to = middle;
      }
      return from < size && high[from] === h && low[from] === l ? (moments[from] ?? null) : null;
    },
  };
};
