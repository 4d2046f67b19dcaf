import { describe, expect, test } from "bun:test";
import {
  addMonths,
  type Calendar,
  civilOf,
  type Day,
  dayAt,
  dayOf,
  endOfDay,
  parseDay,
  workingDayFrom,
} from "../../src/domain/privacy-requests/calendar.ts";
import { deadlineOf, erasureEffectiveAt } from "../../src/domain/privacy-requests/deadline.ts";
import { DAY, HOUR, type Instant, plus } from "../../src/domain/shared/instant.ts";

const day = (text: string): Day => {
  const parsed = parseDay(text);
  if (parsed === null) throw new Error(text);
  return parsed;
};

/** Holidays of the Netherlands and Germany that the rows need. */
const CALENDAR: Calendar = {
  holidays: new Set(
    [
      "2024-04-01",
      "2024-05-01",
      "2025-04-18",
      "2025-04-21",
      "2025-12-25",
      "2025-12-26",
      "2026-01-01",
      "2026-04-03",
      "2026-04-06",
      "2026-05-01",
      "2026-12-25",
      "2026-12-26",
    ].map(day),
  ),
  offsetAt: () => 0,
};

/** `2026-01-31` is its noon; a time may follow. */
const at = (text: string): Instant => {
  const [date = "", time = "12:00"] = text.split(" ");
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return (day(date) * DAY + hours * HOUR + minutes * 60_000) as Instant;
};

const text = (instant: Instant): string => {
  const { year, month, day: date } = civilOf(dayAt(instant, CALENDAR));
  return `${year}-${String(month).padStart(2, "0")}-${String(date).padStart(2, "0")}`;
};

const none = { extended: false, days: 0 };
const extended = { extended: true, days: 0 };

describe("the time to answer, by Regulation 1182/71", () => {
  test.each([
    // received, counted date, legal limit, why
    ["2024-03-05", none, "2024-04-05", "2024-04-05", "same date one month later, a Friday"],
    ["2026-01-31", none, "2026-02-28", "2026-03-02", "no 31 February; the 28th is a Saturday"],
    ["2026-08-31", none, "2026-09-30", "2026-09-30", "no 31 September, a Wednesday"],
    ["2026-01-28", none, "2026-02-28", "2026-03-02", "a date that is there, on a Saturday"],
    ["2026-01-29", none, "2026-02-28", "2026-03-02", "no 29 February in 2026"],
    ["2026-01-30", none, "2026-02-28", "2026-03-02", "no 30 February"],
    ["2024-01-29", none, "2024-02-29", "2024-02-29", "leap year: 29 February is there, a Thursday"],
    ["2024-01-30", none, "2024-02-29", "2024-02-29", "leap year, no 30 February"],
    ["2024-01-31", none, "2024-02-29", "2024-02-29", "leap year, no 31 February"],
    ["2024-02-29", none, "2024-03-29", "2024-03-29", "from a leap day, a Friday"],
    ["2023-01-31", none, "2023-02-28", "2023-02-28", "a Tuesday"],
    ["2000-01-31", none, "2000-02-29", "2000-02-29", "a century that is a leap year"],
    ["2100-01-31", none, "2100-02-28", "2100-03-01", "one that is not; the 28th is a Sunday"],
    ["2026-03-01", none, "2026-04-01", "2026-04-01", "the first of a month"],
    ["2026-03-31", none, "2026-04-30", "2026-04-30", "31 to a month of 30"],
    ["2026-04-30", none, "2026-05-30", "2026-06-01", "the 30th, not the last day; a Saturday"],
    ["2026-05-31", none, "2026-06-30", "2026-06-30", "31 to 30"],
    ["2026-12-31", none, "2027-01-31", "2027-02-01", "over the year's end; a Sunday"],
    ["2025-12-15", none, "2026-01-15", "2026-01-15", "over the year's end, a Thursday"],
    ["2026-05-16", none, "2026-06-16", "2026-06-16", "received on a Saturday: receipt is not moved"],
    ["2026-02-03", none, "2026-03-03", "2026-03-03", "a Tuesday"],
    ["2026-03-03", none, "2026-04-03", "2026-04-07", "Good Friday, then a weekend, then Easter Monday"],
    ["2026-03-06", none, "2026-04-06", "2026-04-07", "Easter Monday"],
    ["2026-04-01", none, "2026-05-01", "2026-05-04", "1 May, a Friday, then a weekend"],
    ["2025-11-25", none, "2025-12-25", "2025-12-29", "Christmas, Boxing Day, a weekend"],
    ["2025-12-01", none, "2026-01-01", "2026-01-02", "New Year's Day"],
    ["2024-03-01", none, "2024-04-01", "2024-04-02", "Easter Monday"],
    ["2026-01-31 00:00", none, "2026-02-28", "2026-03-02", "first moment of the day of receipt"],
    ["2026-01-31 23:59", none, "2026-02-28", "2026-03-02", "last minute of the day of receipt"],
    ["2026-01-31", extended, "2026-04-30", "2026-04-30", "three months from receipt: 31 April is the 30th"],
    ["2026-01-15", extended, "2026-04-15", "2026-04-15", "counted from receipt, not from the extension"],
    ["2025-11-30", extended, "2026-02-28", "2026-03-02", "to February, a Saturday"],
    ["2023-11-30", extended, "2024-02-29", "2024-02-29", "to a leap February"],
    ["2026-01-03", extended, "2026-04-03", "2026-04-07", "to Good Friday"],
    [
      "2026-03-05",
      { extended: false, days: 4.9 },
      "2026-04-09",
      "2026-04-09",
      "stood still: whole days only",
    ],
    [
      "2026-03-05",
      { extended: false, days: 0.9 },
      "2026-04-05",
      "2026-04-07",
      "stood still less than a day; a Sunday, Easter Monday",
    ],
    ["2026-03-05", { extended: false, days: 13 }, "2026-04-18", "2026-04-20", "stood still onto a Saturday"],
    ["2026-01-31", { extended: true, days: 10 }, "2026-05-10", "2026-05-11", "extended and stood still"],
    ["2024-01-31", { extended: false, days: 1 }, "2024-03-01", "2024-03-01", "stood still over the leap day"],
  ] as const)("%s %j: %s, at the latest %s (%s)", (received, { extended: more, days }, target, due) => {
    const clock = { received_at: at(received), extended: more, suspended_ms: days * DAY };
    const deadline = deadlineOf(clock, CALENDAR);
    expect([text(deadline.target_at), text(deadline.due_at)]).toEqual([target, due]);
    expect(text(deadline.unsuspended_due_at)).toBe(
      text(deadlineOf({ ...clock, suspended_ms: 0 }, CALENDAR).due_at),
    );
    // The end of the last hour of the day: the next millisecond is the next day.
    expect(text(plus(deadline.due_at, 1))).not.toBe(due);
  });

  test("a day ends by the controller's clock, summer time considered", () => {
    // Amsterdam: one hour ahead, two from 2026-03-29T01:00Z to 2026-10-25T01:00Z.
    const amsterdam: Calendar = {
      holidays: new Set(),
      offsetAt: (instant) =>
        instant >= at("2026-03-29 01:00") && instant < at("2026-10-25 01:00") ? 120 : 60,
    };
    const limit = (received: string): Instant =>
      deadlineOf({ received_at: at(received), extended: false, suspended_ms: 0 }, amsterdam).due_at;
    // 23:30Z on 4 March is 5 March there; 5 April is a Sunday.
    expect(limit("2026-03-04 23:30")).toBe(plus(at("2026-04-06 22:00"), -1));
    expect(limit("2026-03-04 22:30")).toBe(plus(at("2026-04-06 22:00"), -1));
    expect(limit("2026-09-30 12:00")).toBe(plus(at("2026-10-30 23:00"), -1));
    expect(endOfDay(day("2026-03-29"), amsterdam)).toBe(plus(at("2026-03-29 22:00"), -1));
    expect(endOfDay(day("2026-10-25"), amsterdam)).toBe(plus(at("2026-10-25 23:00"), -1));
  });

  /** Minutes ahead of UTC; during summer time one hour more. */
  const clocks: Readonly<Record<string, readonly [number, (instant: Instant) => boolean]>> = {
    Azores: [-60, (t) => t >= at("2026-03-29 01:00") && t < at("2026-10-25 01:00")],
    Santiago: [-240, (t) => t < at("2026-04-05 03:00") || t >= at("2026-09-06 04:00")],
    Havana: [-300, (t) => t >= at("2026-03-08 05:00") && t < at("2026-11-01 05:00")],
    Beirut: [120, (t) => t >= at("2026-03-28 22:00") && t < at("2026-10-24 21:00")],
    Auckland: [720, (t) => t < at("2026-04-04 14:00") || t >= at("2026-09-26 14:00")],
  };
  const calendarOf = (place: string): Calendar => {
    const [winter, isSummer] = clocks[place] ?? [0, () => false];
    return { holidays: new Set(), offsetAt: (instant) => winter + (isSummer(instant) ? 60 : 0) };
  };

  test.each([
    ["Azores", "2026-03-28", "2026-03-29 01:00", "put forward at midnight"],
    ["Azores", "2026-10-24", "2026-10-25 00:00", "put back to midnight"],
    ["Santiago", "2026-09-05", "2026-09-06 04:00", "put forward at midnight"],
    ["Santiago", "2026-04-04", "2026-04-05 04:00", "put back at midnight"],
    ["Havana", "2026-03-07", "2026-03-08 05:00", "put forward at midnight"],
    ["Havana", "2026-10-31", "2026-11-01 04:00", "put back to midnight"],
    ["Beirut", "2026-03-28", "2026-03-28 22:00", "put forward at midnight"],
    ["Auckland", "2026-04-04", "2026-04-04 11:00", "put back hours later"],
  ] as const)("%s, %s ends at %sZ: the clock is %s", (place, of, end) => {
    expect(endOfDay(day(of), calendarOf(place))).toBe(plus(at(end), -1));
  });

  test.each(Object.keys(clocks))("%s: each day ends where the next one begins", (place) => {
    const calendar = calendarOf(place);
    for (let each = day("2026-01-01"); each < day("2027-01-01"); each = (each + 1) as Day) {
      const end = endOfDay(each, calendar);
      expect([dayAt(end, calendar), dayAt(plus(end, 1), calendar)]).toEqual([each, (each + 1) as Day]);
    }
  });
});

describe("when an erasure takes effect", () => {
  test.each([
    ["2026-03-05", 30, "2026-03-05", "2026-04-04", "after the delay"],
    ["2026-01-31", 30, "2026-01-31", "2026-03-01", "the day before it is due"],
    ["2026-03-05", 0, "2026-03-05", "2026-03-05", "without a delay: now"],
    ["2026-03-05", 365, "2026-03-05", "2026-04-06", "a longer delay ends the day before it is due"],
    ["2026-01-05", 30, "2026-03-05", "2026-03-05", "late already: now"],
  ] as const)("received %s, delay %i, asked on %s: %s (%s)", (received, delay, now, effective) => {
    const received_at = at(received);
    const { due_at } = deadlineOf({ received_at, extended: false, suspended_ms: 0 }, CALENDAR);
    expect(text(erasureEffectiveAt({ received_at, due_at }, delay, at(now)))).toBe(effective);
  });
});

describe("the calendar", () => {
  test("knows every day of four centuries, one after the other", () => {
    let { year, month, day: date } = { year: 1800, month: 1, day: 1 };
    for (let each = dayOf(1800, 1, 1); each < dayOf(2200, 1, 1); each = (each + 1) as Day) {
      if (each === dayOf(year, month + 1, 1)) {
        [month, date] = [month + 1, 1];
        if (month === 13) [year, month] = [year + 1, 1];
      }
      expect(civilOf(each)).toEqual({ year, month, day: date });
      date += 1;
    }
    expect(dayOf(1970, 1, 1)).toBe(0 as Day);
    expect(dayOf(2026, 11, 22)).toBe(20_779 as Day);
  });
  test("takes days that exist, and nothing else", () => {
    expect(parseDay("2024-02-29")).toBe(dayOf(2024, 2, 29));
    for (const wrong of [
      "2023-02-29",
      "2026-13-01",
      "2026-00-10",
      "2026-04-31",
      "26-04-01",
      "2026-4-1",
      "",
    ]) {
      expect(parseDay(wrong)).toBeNull();
    }
  });
  test("adds months without leaving the month that is meant", () => {
    expect(civilOf(addMonths(day("2026-01-31"), 13))).toEqual({ year: 2027, month: 2, day: 28 });
    expect(civilOf(addMonths(day("2026-12-31"), 2))).toEqual({ year: 2027, month: 2, day: 28 });
  });
  test("finds a working day from any day", () => {
    expect(workingDayFrom(day("2026-04-03"), CALENDAR)).toBe(day("2026-04-07"));
    expect(workingDayFrom(day("2026-04-07"), CALENDAR)).toBe(day("2026-04-07"));
  });
});
