import { DAY, type Instant, plus } from "../shared/instant.ts";
import { addMonths, type Calendar, type Day, dayAt, endOfDay, workingDayFrom } from "./calendar.ts";

/** One month to answer, two more where the request is complex or there are many (GDPR Art. 12(3)). */
export const ANSWER_MONTHS = 1;
export const EXTENSION_MONTHS = 2;

/** What the time to answer is counted from. */
export interface Clock {
  /** When it reached the controller, by whatever way. */
  readonly received_at: Instant;
  readonly extended: boolean;
  /** How long the clock stood still while it was not known who asks, in milliseconds. */
  readonly suspended_ms: number;
}

/** Both are the last millisecond of a day: at that moment an answer is in time, and one later it is late. */
export interface Deadline {
  /** What the house aims at: the date as counted, working day or not. */
  readonly target_at: Instant;
  /** What the law demands at the latest. */
  readonly due_at: Instant;
  /** What it would demand had the clock never stood still. */
  readonly unsuspended_due_at: Instant;
}

/**
 * Counts as Regulation 1182/71, Art. 3 does: the day of receipt is not counted, so that a month ends with the same date of
 * the next one; an end on a Saturday, Sunday or public holiday moves to the next working day. An extension counts from
 * receipt, not from the day it was made. Only whole days of standing still prolong it: a doubt is the person's.
 */
export const deadlineOf = ({ received_at, extended, suspended_ms }: Clock, calendar: Calendar): Deadline => {
  const counted = addMonths(dayAt(received_at, calendar), ANSWER_MONTHS + (extended ? EXTENSION_MONTHS : 0));
  const target = (counted + Math.floor(suspended_ms / DAY)) as Day;
  return {
    target_at: endOfDay(target, calendar),
    due_at: endOfDay(workingDayFrom(target, calendar), calendar),
    unsuspended_due_at: endOfDay(workingDayFrom(counted, calendar), calendar),
  };
};

/** An erasure takes effect the day before it is due at the latest. */
export const lastErasureAt = ({ due_at }: Pick<Deadline, "due_at">): Instant => plus(due_at, -DAY);

/**
 * When an erasure takes effect: after the delay, in which the person may change her mind, but at the latest the day before
 * it is due, and never before now (GDPR Art. 12(3), 17(1): without undue delay).
 */
export const erasureEffectiveAt = (
  { received_at, due_at }: { readonly received_at: Instant; readonly due_at: Instant },
  delayDays: number,
  now: Instant,
): Instant => Math.max(now, Math.min(received_at + delayDays * DAY, lastErasureAt({ due_at }))) as Instant;
