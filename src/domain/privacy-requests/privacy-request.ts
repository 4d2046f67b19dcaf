import type { CommentChoice } from "../anonymization/erase-comment.ts";
import type { ConsentType } from "../consent/consent-type.ts";
import type { GdprRecord } from "../shared/gdpr-record.ts";
import type { PrivacyRequestId, Sealed, SubjectId, TokenHash } from "../shared/ids.ts";
import { DAY, type Instant, plus } from "../shared/instant.ts";

/** The rights that a person exercises (GDPR Art. 15, 20, 16, 17, 18, 21). */
export const REQUEST_TYPES = [
  "access",
  "portability",
  "rectification",
  "erasure",
  "restriction",
  "objection",
] as const;

export type RequestType = (typeof REQUEST_TYPES)[number];

/**
 * `awaiting_confirmation`: a link was sent to the address on file. `awaiting_identity`: asked who she is (Art. 12(6)).
 * `open`: ours to answer. `scheduled`: an erasure with a date. `running`: an erasure under way. The last three are final.
 */
export const REQUEST_STATES = [
  "awaiting_confirmation",
  "awaiting_identity",
  "open",
  "scheduled",
  "running",
  "completed",
  "refused",
  "cancelled",
] as const;

export type RequestState = (typeof REQUEST_STATES)[number];

/** What proved who asks. */
export const REQUEST_CHANNELS = ["session", "visitor", "receipt", "edit_token", "operator"] as const;

export type RequestChannel = (typeof REQUEST_CHANNELS)[number];

/** Why data may only be stored (GDPR Art. 18(1)(a) to (d)). */
export const RESTRICTION_GROUNDS = [
  "accuracy_contested",
  "processing_unlawful",
  "needed_for_claims",
  "objection_pending",
] as const;

export type RestrictionGround = (typeof RESTRICTION_GROUNDS)[number];

/**
 * On what a request may be refused: not identifiable (GDPR Art. 11(2), 12(2)), manifestly unfounded or excessive
 * (Art. 12(5)), an exception to erasure (Art. 17(3)(a), (b), (e)), the right does not apply (Art. 15 to 21), another's
 * rights (Art. 15(4), 20(4)), compelling grounds against an objection (Art. 21(1)).
 */
export const REFUSAL_GROUNDS = [
  "not_identifiable",
  "manifestly_unfounded",
  "excessive",
  "freedom_of_expression",
  "legal_obligation",
  "legal_claims",
  "right_not_applicable",
  "rights_of_others",
  "compelling_grounds",
] as const;

export type RefusalGround = (typeof REFUSAL_GROUNDS)[number];

/** What keeps an erasure from ending: a hold on the data, something found afterwards, or trouble of ours. */
export type ErasureHindrance = "legal_hold" | "residue" | "trouble";

/** One exercise of a right: evidence of what was asked and answered, and when (GDPR Art. 5(2), 12). */
export interface PrivacyRequest extends GdprRecord<PrivacyRequestId> {
  /** Null while nobody knows whose data it is about: an operator entered it for an address that is not on file. */
  readonly subject_id: SubjectId | null;
  readonly type: RequestType;
  readonly state: RequestState;
  readonly channel: RequestChannel;
  /** Of an erasure. */
  readonly comments: CommentChoice | null;
  /** Of an objection: what must no longer be done with the data. */
  readonly purpose: ConsentType | null;
  /** Of a restriction, and of an objection while it is decided. */
  readonly restriction_ground: RestrictionGround | null;
  /** The person's own words. */
  readonly statement: Sealed | null;
  /** JSON of what is to be put right, until it is. */
  readonly rectification: Sealed | null;
  /** The address an operator entered, for the answer. */
  readonly contact: Sealed | null;
  readonly received_at: Instant;
  readonly target_at: Instant;
  readonly due_at: Instant;
  readonly unsuspended_due_at: Instant;
  /** Since when the clock stands still; null while it runs. */
  readonly suspended_since: Instant | null;
  readonly suspended_ms: number;
  readonly extended_at: Instant | null;
  /** Why it takes longer, as the person was told. */
  readonly extension_reason: Sealed | null;
  /** When an erasure takes effect. */
  readonly effective_at: Instant | null;
  readonly hindrance: ErasureHindrance | null;
  /** Of the link that confirms it. */
  readonly token_hash: TokenHash | null;
  readonly refusal_ground: RefusalGround | null;
  /** What the person was answered. */
  readonly answer: Sealed | null;
  /** Null while it is not answered for good. */
  readonly closed_at: Instant | null;
  /** When a restriction ends, of which the person was told before (GDPR Art. 18(3)). */
  readonly lift_at: Instant | null;
  readonly lifted_at: Instant | null;
  /** What the operators have been told of its deadline. */
  readonly reminded: "none" | "soon" | "late";
  /** When something is to be done about it without anybody asking; null: nothing. */
  readonly wakes_at: Instant | null;
}

export const STATEMENT_MAX = 2_000;
export const ANSWER_MAX = 2_000;
/** A link that confirms a request works for so long; then the request lapses. */
export const CONFIRMATION_DAYS = 7;
export const REMIND_DAYS = 7;
/** So long it is waited for her to show who she is; then the operators are reminded, and as long again later it lapses. */
export const IDENTITY_DAYS = 30;
/** How long before its end a person is told that the restriction is lifted. */
export const LIFT_NOTICE_DAYS = 7;

const FINAL: readonly RequestState[] = ["completed", "refused", "cancelled"];

export const isFinal = ({ state }: Pick<PrivacyRequest, "state">): boolean => FINAL.includes(state);

export const isClockRunning = (request: PrivacyRequest): boolean =>
  !isFinal(request) && request.suspended_since === null;

/** Not answered in time. While it is not known who asks no time passes (EDPB Guidelines 01/2022). */
export const isLate = (request: PrivacyRequest, now: Instant): boolean =>
  isClockRunning(request) && request.due_at < now;

/**
 * Keeps the person's data from being used (GDPR Art. 18(2)): from when it is granted, or an objection is to be decided,
 * until it is lifted. After a refusal that is when the person has been told and some days have passed (Art. 18(3)).
 */
export const restricts = ({
  type,
  state,
  restriction_ground,
  lift_at,
  lifted_at,
}: Pick<PrivacyRequest, "type" | "state" | "restriction_ground" | "lift_at" | "lifted_at">): boolean =>
  restriction_ground !== null &&
  lifted_at === null &&
  (state === "completed" ||
    (state === "refused" && lift_at !== null) ||
    (state === "open" && type === "objection"));

/** When the service has to look at a request again by itself. */
export const wakesAt = (request: Omit<PrivacyRequest, "wakes_at">): Instant | null => {
  if (request.state === "awaiting_confirmation") return plus(request.created_at, CONFIRMATION_DAYS * DAY);
  if (request.state === "awaiting_identity" && request.suspended_since !== null) {
    const periods = request.reminded === "none" ? 1 : 2;
    return plus(request.suspended_since, periods * IDENTITY_DAYS * DAY);
  }
  if (isFinal(request)) return request.lifted_at === null ? request.lift_at : null;
  if (request.suspended_since !== null || request.reminded === "late") return null;
  // What has its date needs no reminder; it does once that date has passed without effect.
  return request.reminded === "none" && request.state === "open"
    ? plus(request.due_at, -REMIND_DAYS * DAY)
    : plus(request.due_at, 1);
};
