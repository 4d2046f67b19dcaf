import { NOBODY } from "../anonymization/nobody.ts";
import { CATALOGUE, type DueAction } from "../personal-data/catalogue.ts";
import type { Collection, Records } from "../personal-data/records.ts";
import type { UserRole } from "../roles/role.ts";
import type { Settable } from "../shared/changes.ts";
import type { GdprRecord } from "../shared/gdpr-record.ts";
import type { Instant } from "../shared/instant.ts";

/** Collections whose records have a period. */
export type PersonalCollection = {
  [C in Collection]: Records[C] extends GdprRecord<string> ? C : never;
}[Collection];

const RUN_ACTIONS: readonly DueAction[] = ["delete", "blank", "sever"];

/** Subjects come last: what speaks of them goes first. */
const LAST: Collection = "subjects";

const withAction = (actions: readonly string[]): readonly PersonalCollection[] =>
  (Object.keys(CATALOGUE) as (keyof typeof CATALOGUE)[])
    .filter((name): name is PersonalCollection => name !== "audit_entries")
    .filter((name) => actions.includes(CATALOGUE[name].due))
    .toSorted((a, b) => Number(a === LAST) - Number(b === LAST));

/** What a retention run goes through, in its order. */
export const RUN_COLLECTIONS = withAction(RUN_ACTIONS);

/** What goes when its subject is severed. */
export const GO_WITH_SUBJECT = withAction(["with-subject"]);

/** What becomes of a due comment that others replied to: their replies stay in place, and of hers nothing is left. */
export const PLACE_HOLDER = {
  subject_id: NOBODY,
  content: "",
  status: "removed",
  queued_at: null,
  moderated_at: null,
  moderation_note: null,
  edited_at: null,
  edit_token_hash: null,
  notify_replies: false,
  source: null,
  source_id: null,
  consent_given: false,
  consent_timestamp: null,
  anonymized: true,
} as const satisfies Settable<"comments">;

/** Whoever holds such a role is kept as long as she holds it: the service would lose those who run it. */
export const KEPT_ROLES: readonly UserRole[] = ["moderator", "admin"];

/** A severed pseudonym that something still speaks of is looked at again after so many days. */
export const LOOK_AGAIN_DAYS = 30;

/**
 * Why a due record stays. `held`: a legal hold is on it or on its subject (GDPR Art. 17(3)(e)). `restricted`: her data
 * are only stored (Art. 18). `in_office`: she moderates or administers. `in_use`: something still speaks of the pseudonym.
 */
export const KEPT_REASONS = ["held", "restricted", "in_office", "in_use"] as const;

export type KeptReason = (typeof KEPT_REASONS)[number];

/** Records by what became of them. */
export interface DueCounts {
  readonly deleted: number;
  /** Stay without anything personal in them: empty place-holders, pseudonyms whose vault is empty. */
  readonly blanked: number;
  /** Place-holders that had nothing to keep a place for any more. */
  readonly cleared: number;
  /** Records of other collections that went with them: a severed subject's vault. */
  readonly alongside: number;
  readonly kept: Readonly<Record<KeptReason, number>>;
}

/** Where a pass through a collection stands: by date, then by id. */
export interface DuePosition {
  readonly retention_until: Instant;
  readonly id: string;
}

export const BEFORE_ALL: DuePosition = { retention_until: Number.MIN_SAFE_INTEGER as Instant, id: "" };

/** What a batch may keep others waiting for. */
const BATCH_MS_WANTED = 16;

export const BATCH_FIRST = 256;
const BATCH_MAX = 2_000;
/** Below this the time goes into the ways to the store and back, and fewer records would take as long. */
const BATCH_MIN = 256;

/** How many records the next batch takes, from how long this one took. Grows by half at most, shrinks at once. */
export const nextBatchSize = (size: number, handled: number, milliseconds: number): number => {
  if (handled === 0) return size;
  const fitting = Math.floor((handled * BATCH_MS_WANTED) / Math.max(milliseconds, 0.1));
  return Math.max(BATCH_MIN, Math.min(fitting, Math.ceil(size * 1.5), BATCH_MAX));
};
