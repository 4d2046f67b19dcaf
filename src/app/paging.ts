import { err, type Result } from "../domain/shared/result.ts";
import type { Page } from "./application.ts";
import type { AppError } from "./errors.ts";

/** Refuses a cursor that this service did not give. */
export const badCursor = (): Result<never, AppError> =>
  err({ type: "invalid-input", errors: [{ pointer: "/cursor", reason: "not-a-cursor" }] });

/** Makes a page of rows that were read with one more than the limit: the extra row says that there is a next page. */
export const pageOf = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  cursorOf: (last: Row) => string,
  itemOf: (row: Row) => Item,
): Page<Item> => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    next_cursor: rows.length > limit && last !== undefined ? cursorOf(last) : null,
  };
};
