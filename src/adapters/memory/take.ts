/** Before and after every number. */
export const FROM_NEWEST = Number.MAX_SAFE_INTEGER;
export const FROM_OLDEST = Number.MIN_SAFE_INTEGER;

export const take = <Row>(
  rows: Iterable<Row>,
  limit: number,
  wanted: (row: Row) => boolean = () => true,
): Row[] => {
  const found: Row[] = [];
  if (limit < 1) return found;
  for (const row of rows) {
    if (!wanted(row)) continue;
    found.push(row);
    if (found.length === limit) break;
  }
  return found;
};

export const until = function* <Row>(
  rows: Iterable<Row>,
  goesOn: (row: Row) => boolean,
): IterableIterator<Row> {
  for (const row of rows) {
    if (!goesOn(row)) return;
    yield row;
  }
};
