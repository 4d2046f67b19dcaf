import { type OrderedIndex, orderedIndex } from "./ordered-index.ts";

/** The rows of one collection, with everything that finds them. Rows are frozen: whoever holds one cannot change it. */
export interface Table<Row> {
  get(key: string): Row | null;
  /** The row that has these values in unique fields. */
  find(fields: readonly string[], values: readonly (string | number)[]): Row | null;
  /** True when no other row has the key or a unique value of this one. */
  isFree(row: Row): boolean;
  put(row: Row): void;
  remove(key: string): void;
  values(): IterableIterator<Row>;
  /** In the order of the keys' bytes, after this one. */
  after(key: string): Iterable<Row>;
}

export const createTable = <Row extends object>(
  keyOf: (row: Row) => string,
  unique: readonly (readonly string[])[],
  indexes: readonly OrderedIndex<Row>[],
): Table<Row> => {
  const rows = new Map<string, Row>();
  const byKey = orderedIndex<Row>((row) => ({ group: "", position: [keyOf(row)] }));
  const uniques = new Map(unique.map((fields) => [fields.join(), { fields, rows: new Map<string, Row>() }]));

  /** Null is shared freely. */
  const uniqueValue = (fields: readonly string[], row: Row): string | null => {
    const values = fields.map((field) => (row as Readonly<Record<string, unknown>>)[field]);
    return values.includes(null) ? null : JSON.stringify(values);
  };

  const remove = (key: string): void => {
    const row = rows.get(key);
    if (row === undefined) return;
    rows.delete(key);
    for (const each of uniques.values()) {
      const value = uniqueValue(each.fields, row);
      if (value !== null) each.rows.delete(value);
    }
    for (const index of [byKey, ...indexes]) index.remove(row);
  };

  return {
    get: (key) => rows.get(key) ?? null,
    find: (fields, values) => uniques.get(fields.join())?.rows.get(JSON.stringify(values)) ?? null,
    isFree: (row) => {
      const key = keyOf(row);
      return [...uniques.values()].every((each) => {
        const value = uniqueValue(each.fields, row);
        const owner = value === null ? undefined : each.rows.get(value);
        return owner === undefined || keyOf(owner) === key;
      });
    },
    put: (row) => {
      const key = keyOf(row);
      remove(key);
      rows.set(key, row);
      for (const each of uniques.values()) {
        const value = uniqueValue(each.fields, row);
        if (value !== null) each.rows.set(value, row);
      }
      for (const index of [byKey, ...indexes]) index.add(row);
    },
    remove,
    values: () => rows.values(),
    after: (key) => byKey.after("", [key]),
  };
};
