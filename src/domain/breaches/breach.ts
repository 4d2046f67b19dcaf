import type { GdprRecord } from "../shared/gdpr-record.ts";
import type { BreachId, CanonicalJson } from "../shared/ids.ts";
import { earliest, HOUR, type Instant, plus } from "../shared/instant.ts";

/** In code points. */
export const BREACH_TEXT_MAX = 4_000;
export const BREACH_COUNT_MAX = 1_000_000_000;

/** To tell the authority (GDPR Art. 33(1)). */
export const NOTICE_HOURS = 72;

/** A notice that falls due in this time or less is soon due. */
const SOON_HOURS = 24;

export const BREACH_RISKS = ["unlikely", "risk", "high"] as const;

/** To the rights and freedoms of those concerned. */
export type BreachRisk = (typeof BREACH_RISKS)[number];

/**
 * Why those concerned are not told one by one although the risk was high (GDPR Art. 34(3)(b), (c)). Instead of what would
 * take too much, the public is told.
 */
export const PERSONS_EXEMPTIONS = ["risk_removed", "disproportionate"] as const;

export type PersonsExemption = (typeof PERSONS_EXEMPTIONS)[number];

/** What the authority was told while not everything was known yet (GDPR Art. 33(4)). */
export interface NoticePhase {
  readonly at: Instant;
  readonly told: string;
}

/** A breach of personal data with its effects and what was done about it (GDPR Art. 33(5)). Names nobody concerned. */
export interface Breach extends GdprRecord<BreachId> {
  readonly nature: string;
  /** Approximate, as the numbers are. Null: not known yet. */
  readonly person_categories: string | null;
  readonly persons: number | null;
  readonly record_categories: string | null;
  readonly records: number | null;
  /** Who can say more: the data protection officer, or another. */
  readonly contact: string | null;
  readonly consequences: string | null;
  /** Taken or proposed. */
  readonly measures: string | null;
  /** When the controller became aware of it: the clock runs from here. */
  readonly aware_at: Instant;
  /** Null: not judged yet. */
  readonly risk: BreachRisk | null;
  /** The data are of no use to who has them, such as encrypted ones (GDPR Art. 34(3)(a)). */
  readonly data_unintelligible: boolean;
  readonly persons_exemption: PersonsExemption | null;
  /** NoticePhase[], in the order they were entered. */
  readonly phases: CanonicalJson;
  /** When the authority had been told everything that Art. 33(3) asks for. */
  readonly notified_at: Instant | null;
  readonly late_reason: string | null;
  /** Or the public, where telling each of them would take too much (GDPR Art. 34(3)(c)). */
  readonly persons_told_at: Instant | null;
}

export const phasesOf = ({ phases }: Pick<Breach, "phases">): readonly NoticePhase[] => JSON.parse(phases);

/** What the authority must be told (GDPR Art. 33(3)). */
export const NOTICE_FIELDS = [
  "nature",
  "person_categories",
  "persons",
  "record_categories",
  "records",
  "contact",
  "consequences",
  "measures",
] as const satisfies readonly (keyof Breach)[];

export const noticeDueAt = ({ aware_at }: Pick<Breach, "aware_at">): Instant =>
  plus(aware_at, NOTICE_HOURS * HOUR);

/** When the authority was first told anything: a notice in phases is in time if its first phase is. */
export const firstNoticeAt = (breach: Breach): Instant | null =>
  phasesOf(breach).reduce((first, { at }) => earliest(first, at), breach.notified_at);

/** Told after 72 hours: reasons must go with it (GDPR Art. 33(1)). */
export const isToldLate = (breach: Breach): boolean => {
  const first = firstNoticeAt(breach);
  return first !== null && first > noticeDueAt(breach);
};

export const AUTHORITY_NOTICES = ["due", "overdue", "begun", "given", "not_required"] as const;

/** Where the notice to the authority stands. As long as nobody has judged the risk, it is due (GDPR Art. 33(1)). */
export const authorityNotice = (breach: Breach, now: Instant): (typeof AUTHORITY_NOTICES)[number] => {
  if (breach.notified_at !== null) return "given";
  if (firstNoticeAt(breach) !== null) return "begun";
  if (breach.risk === "unlikely") return "not_required";
  return now > noticeDueAt(breach) ? "overdue" : "due";
};

export const PERSONS_NOTICES = ["undecided", "due", "given", "not_required"] as const;

/** Those concerned are told of a high risk, unless the data are unintelligible or it is gone (GDPR Art. 34(1), (3)(a), (b)). */
export const personsNotice = (breach: Breach): (typeof PERSONS_NOTICES)[number] => {
  if (breach.persons_told_at !== null) return "given";
  if (breach.risk === null) return "undecided";
  const isNeedless = breach.data_unintelligible || breach.persons_exemption === "risk_removed";
  return breach.risk === "high" && !isNeedless ? "due" : "not_required";
};

/** Something is still to be judged or told. */
export const isOpen = (breach: Breach): boolean =>
  breach.risk === null ||
  (breach.notified_at === null && breach.risk !== "unlikely") ||
  personsNotice(breach) === "due";

/** Of the 72; negative once they are over. Null where the clock does not run any more. */
export const hoursLeft = (breach: Breach, now: Instant): number | null => {
  const notice = authorityNotice(breach, now);
  return notice === "due" || notice === "overdue" ? (noticeDueAt(breach) - now) / HOUR : null;
};

export const isSoonDue = (breach: Breach, now: Instant): boolean => {
  const left = hoursLeft(breach, now);
  return left !== null && left >= 0 && left <= SOON_HOURS;
};

/** What has the fewest hours left first, then what the clock does not run for, the oldest first. */
export const byUrgency =
  (now: Instant) =>
  (a: Breach, b: Breach): number =>
    (hoursLeft(a, now) ?? Number.MAX_VALUE) - (hoursLeft(b, now) ?? Number.MAX_VALUE) ||
    a.aware_at - b.aware_at;
