import type { Branded } from "./ids.ts";

/** A moment: whole milliseconds since 1970-01-01T00:00:00Z. The one precision of every stored time. */
export type Instant = Branded<number, "Instant">;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Years 0001 to 9999: what RFC 3339 can write. */
const EARLIEST = -62_135_596_800_000;
const LATEST = 253_402_300_799_999;

/** Takes epoch milliseconds for an instant; null when not whole or outside the years 0001 to 9999. */
export const parseInstant = (milliseconds: number): Instant | null =>
  Number.isSafeInteger(milliseconds) && milliseconds >= EARLIEST && milliseconds <= LATEST
    ? (milliseconds as Instant)
    : null;

export const plus = (from: Instant, milliseconds: number): Instant => (from + milliseconds) as Instant;

export const plusDays = (from: Instant, days: number): Instant => plus(from, days * DAY);

/** The instant that comes first; null stands for "never" and so loses. */
export const earliest = (a: Instant | null, b: Instant | null): Instant | null =>
  a === null ? b : b === null ? a : a < b ? a : b;
