import type { Branded } from "../shared/ids.ts";
import { DAY, type Instant, MINUTE } from "../shared/instant.ts";

/** A day of the controller's calendar, counted from 1970-01-01. */
export type Day = Branded<number, "Day">;

/** The clock and the free days by which the controller's periods end. */
export interface Calendar {
  /** Public holidays; Saturdays and Sundays are known without. */
  readonly holidays: ReadonlySet<Day>;
  /** Minutes by which the controller's clock is ahead of UTC at this instant. */
  readonly offsetAt: (instant: Instant) => number;
}

/** Gregorian day by its numbers; `month` from 1, and beyond 12 it is a later year's. */
export const dayOf = (year: number, month: number, day: number): Day => {
  const months = year * 12 + month - 1;
  const monthOfYear = ((months % 12) + 12) % 12;
  // Years begin in March here, so that a leap day ends one.
  const fromMarch = (monthOfYear + 10) % 12;
  const y = Math.floor(months / 12) - (monthOfYear < 2 ? 1 : 0);
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * fromMarch + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) as Day;
};

export interface Civil {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

export const civilOf = (day: Day): Civil => {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
};

const ISO_DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;

/** A day written as `2026-12-25`; null when there is no such day. */
export const parseDay = (text: string): Day | null => {
  const [, year, month, day] = (ISO_DAY.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return null;
  if (year < 1 || month < 1 || month > 12) return null;
  const found = dayOf(year, month, day);
  const civil = civilOf(found);
  return civil.month === month && civil.day === day ? found : null;
};

/** The same date so many months later; where that month has no such date, its last day (Regulation 1182/71, Art. 3(2)(c)). */
export const addMonths = (from: Day, months: number): Day => {
  const { year, month, day } = civilOf(from);
  const wanted = dayOf(year, month + months, day);
  const next = dayOf(year, month + months + 1, 1);
  return (wanted < next ? wanted : next - 1) as Day;
};

/** 1970-01-01 was a Thursday. */
const isWeekend = (day: Day): boolean => ((((day + 4) % 7) + 7) % 7) % 6 === 0;

/** Neither Saturday nor Sunday nor public holiday. */
export const isWorkingDay = (day: Day, { holidays }: Calendar): boolean =>
  !isWeekend(day) && !holidays.has(day);

/** The day itself, or the next one on which the controller works (Regulation 1182/71, Art. 3(4)). */
export const workingDayFrom = (day: Day, calendar: Calendar): Day => {
  let found = day;
  while (!isWorkingDay(found, calendar)) found = (found + 1) as Day;
  return found;
};

/** The day that the controller's clock shows. */
export const dayAt = (instant: Instant, { offsetAt }: Calendar): Day =>
  Math.floor((instant + offsetAt(instant) * MINUTE) / DAY) as Day;

/** The last millisecond of the last hour of a day. */
export const endOfDay = (day: Day, calendar: Calendar): Instant => {
  const midnight = (day + 1) * DAY;
  const endBy = (offset: number): Instant => (midnight - offset * MINUTE - 1) as Instant;
  // The offset that holds at midnight is found by asking twice: the first guess is at most hours off.
  const guess = calendar.offsetAt(midnight as Instant);
  const offset = calendar.offsetAt((midnight - guess * MINUTE) as Instant);
  // Where the clock is put forward at midnight nobody sees midnight, and the day ends by the offset before.
  const later = endBy(Math.min(guess, offset));
  return dayAt(later, calendar) <= day ? later : endBy(Math.max(guess, offset));
};
