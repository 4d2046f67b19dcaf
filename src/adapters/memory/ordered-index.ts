/** What an index sorts by: compared position by position. */
export type SortKey = readonly (string | number)[];

/** Order of the UTF-8 bytes, which is the databases' order; UTF-16 units put surrogates before U+E000. */
const compareText = (a: string, b: string): number => {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
};

const compare = (a: SortKey, b: SortKey): number => {
  for (let i = 0; i < a.length; i += 1) {
    const [x, y] = [a[i], b[i]];
    const order = typeof x === "string" && typeof y === "string" ? compareText(x, y) : Number(x) - Number(y);
    if (order !== 0) return order;
  }
  return 0;
};

/** Rows in order, found by where they stand. */
export interface OrderedIndex<Row> {
  add(row: Row): void;
  remove(row: Row): void;
  /** Rows of a group after `position`, in order. */
  after(group: string, position: SortKey): IterableIterator<Row>;
  /** Rows of a group before `position`, in reverse order. */
  before(group: string, position: SortKey): IterableIterator<Row>;
}

/** `place` answers the group and the position of a row, which no other row of the group has, or null to leave it out. */
export const orderedIndex = <Row>(
  place: (row: Row) => { readonly group: string; readonly position: SortKey } | null,
): OrderedIndex<Row> => {
  const groups = new Map<string, { readonly position: SortKey; readonly row: Row }[]>();

  /** How many entries of a group stand before `position`, the one at `position` counted when `inclusive`. */
  const rank = (
    entries: readonly { readonly position: SortKey }[],
    position: SortKey,
    inclusive: boolean,
  ) => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compare(entries[middle]?.position ?? [], position);
      if (order < 0 || (inclusive && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    add: (row) => {
      const at = place(row);
      if (at === null) return;
      const entries = groups.get(at.group) ?? [];
      groups.set(at.group, entries);
      entries.splice(rank(entries, at.position, false), 0, { position: at.position, row });
    },
    remove: (row) => {
      const at = place(row);
      if (at === null) return;
      const entries = groups.get(at.group) ?? [];
      entries.splice(rank(entries, at.position, false), 1);
      if (entries.length === 0) groups.delete(at.group);
    },
    *after(group, position) {
      const entries = groups.get(group) ?? [];
      for (let i = rank(entries, position, true); i < entries.length; i += 1) {
        const entry = entries[i];
        if (entry !== undefined) yield entry.row;
      }
    },
    *before(group, position) {
      const entries = groups.get(group) ?? [];
      for (let i = rank(entries, position, false) - 1; i >= 0; i -= 1) {
        const entry = entries[i];
        if (entry !== undefined) yield entry.row;
      }
    },
  };
};
