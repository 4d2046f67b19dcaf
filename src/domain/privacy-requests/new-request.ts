import type { CommentChoice } from "../anonymization/erase-comment.ts";
import type { ConsentType } from "../consent/consent-type.ts";
import { newGdprRecord } from "../shared/gdpr-record.ts";
import type { PrivacyRequestId, Sealed, SubjectId, TokenHash } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import type { Calendar } from "./calendar.ts";
import { deadlineOf } from "./deadline.ts";
import {
  isFinal,
  type PrivacyRequest,
  type RequestChannel,
  type RequestType,
  type RestrictionGround,
  wakesAt,
} from "./privacy-request.ts";

export interface NewRequest {
  readonly id: PrivacyRequestId;
  readonly subject_id: SubjectId | null;
  readonly type: RequestType;
  readonly channel: RequestChannel;
  readonly comments: CommentChoice | null;
  readonly purpose: ConsentType | null;
  readonly restriction_ground: RestrictionGround | null;
  readonly statement: Sealed | null;
  readonly rectification: Sealed | null;
  readonly contact: Sealed | null;
  /** Before now where it came by letter and was entered later. */
  readonly received_at: Instant;
  /** Of the link that confirms it; null where it needs none. */
  readonly token_hash: TokenHash | null;
}

/** A request as it comes in. While a confirmation is awaited the clock stands still (GDPR Art. 12(6)). */
export const newRequest = (wanted: NewRequest, calendar: Calendar, now: Instant): PrivacyRequest => {
  const awaited = wanted.token_hash !== null;
  const fields = {
    // Kept as long as it is not answered; its period begins then.
    ...newGdprRecord(wanted.id, now, null),
    ...wanted,
    ...deadlineOf({ received_at: wanted.received_at, extended: false, suspended_ms: 0 }, calendar),
    state: awaited ? ("awaiting_confirmation" as const) : ("open" as const),
    suspended_since: awaited ? now : null,
    suspended_ms: 0,
    extended_at: null,
    extension_reason: null,
    effective_at: null,
    hindrance: null,
    refusal_ground: null,
    answer: null,
    closed_at: null,
    lift_at: null,
    lifted_at: null,
    reminded: "none" as const,
  };
  return { ...fields, wakes_at: wakesAt(fields) };
};

type Kind = Pick<PrivacyRequest, "type" | "purpose">;

/** What was asked for before, of the same kind, and is not answered. */
const alike = (others: readonly PrivacyRequest[], { type, purpose }: Kind): readonly PrivacyRequest[] =>
  type === "rectification"
    ? []
    : others.filter((other) => other.type === type && other.purpose === purpose && !isFinal(other));

/**
 * What nobody confirmed yet, and may be somebody else's doing, gives way to the person herself: it must not keep her from
 * her right (GDPR Art. 12(2)).
 */
export const overtakenBy = (
  others: readonly PrivacyRequest[],
  wanted: Kind & Pick<PrivacyRequest, "channel">,
): readonly PrivacyRequest[] =>
  wanted.channel === "session"
    ? alike(others, wanted).filter(({ state }) => state === "awaiting_confirmation")
    : [];

/** One of a kind at a time: asking again while the first is not answered changes nothing (GDPR Art. 12(5)). */
export const isAskedAlready = (
  others: readonly PrivacyRequest[],
  wanted: Kind & Pick<PrivacyRequest, "channel">,
): boolean => alike(others, wanted).length > overtakenBy(others, wanted).length;
