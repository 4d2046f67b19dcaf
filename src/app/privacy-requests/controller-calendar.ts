import { type Calendar, parseDay } from "../../domain/privacy-requests/calendar.ts";
import { MINUTE } from "../../domain/shared/instant.ts";

/** Whether the runtime knows this IANA time zone. */
export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    // A RangeError is how Intl says no.
    return false;
  }
};

/** The calendar that the controller's periods are counted by. `holidays` as `2026-12-25`. */
export const controllerCalendar = (timeZone: string, holidays: readonly string[]): Calendar => {
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const days = holidays.map(parseDay).filter((day) => day !== null);
  return {
    holidays: new Set(days),
    offsetAt: (instant) => {
      const shown = Object.fromEntries(
        clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
      ) as Record<"year" | "month" | "day" | "hour" | "minute", number>;
      const wall = Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
      return Math.round((wall - Math.floor(instant / MINUTE) * MINUTE) / MINUTE);
    },
  };
};
