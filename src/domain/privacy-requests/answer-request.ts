import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Subject } from "../roles/subject.ts";
import type { Sealed } from "../shared/ids.ts";
import { DAY, plus } from "../shared/instant.ts";
import { err, ok, type Result } from "../shared/result.ts";
import type { Calendar } from "./calendar.ts";
import { deadlineOf, lastErasureAt } from "./deadline.ts";
import { movedRequest, type RequestFields } from "./move-request.ts";
import {
  isClockRunning,
  LIFT_NOTICE_DAYS,
  type PrivacyRequest,
  type RefusalGround,
  restricts,
} from "./privacy-request.ts";
import {
  isRestrictedBy,
  keptUntil,
  type RequestChange,
  type RequestRefusal,
  subjectWrite,
} from "./request-change.ts";

type Answered = Result<RequestChange, RequestRefusal>;

const conflict = ({ state }: PrivacyRequest): Answered => err({ type: "request-state-conflict", state });

const moved = (
  request: PrivacyRequest,
  set: RequestFields,
  entry: RequestChange["changes"]["audit"][0],
  occasion: Occasion,
): RequestChange => {
  const { request: after, write } = movedRequest(request, set, occasion.now);
  return { request: after, changes: { expects: [], writes: [write], audit: [entry] }, effects: [] };
};

/**
 * Two months more, counted from receipt: only while it is to be answered, before it is due, once, and never without the
 * reason that the person is told in the same commit (GDPR Art. 12(3)). The date of an erasure moves with the limit: more
 * time is taken where it cannot be carried out by then.
 */
export const extendRequest = (
  request: PrivacyRequest,
  reason: Sealed,
  calendar: Calendar,
  occasion: Occasion,
): Answered => {
  if (request.state !== "open" && request.state !== "scheduled") return conflict(request);
  if (request.extended_at !== null || occasion.now > request.due_at)
    return err({ type: "extension-not-possible" });
  const { received_at, suspended_ms, effective_at } = request;
  const deadline = deadlineOf({ received_at, extended: true, suspended_ms }, calendar);
  const set = {
    ...deadline,
    effective_at: effective_at === null ? null : lastErasureAt(deadline),
    extended_at: occasion.now,
    extension_reason: reason,
    reminded: "none" as const,
  };
  return ok(
    moved(
      request,
      set,
      auditEntry("privacy_request.extended", request.id, { type: request.type }, occasion),
      occasion,
    ),
  );
};

/**
 * No action is taken, for a reason that the person is told with where to complain (GDPR Art. 12(4)). What her objection
 * had restricted stays so for some days more, so that she knows before it ends (Art. 18(3)).
 */
export const refuseRequest = (
  request: PrivacyRequest,
  { ground, answer }: { readonly ground: RefusalGround; readonly answer: Sealed },
  occasion: Occasion,
): Answered => {
  if (!["open", "awaiting_identity", "scheduled"].includes(request.state)) return conflict(request);
  const { now } = occasion;
  const set = {
    state: "refused" as const,
    refusal_ground: ground,
    answer,
    closed_at: now,
    suspended_since: null,
    rectification: null,
    lift_at: restricts(request) ? plus(now, LIFT_NOTICE_DAYS * DAY) : null,
  };
  const entry = auditEntry("privacy_request.refused", request.id, { type: request.type, ground }, occasion);
  const retention_until = keptUntil({ ...request, ...set }, now, occasion.retention);
  return ok(moved(request, { ...set, retention_until }, entry, occasion));
};

/** Answered: by an operator with words, or by the service itself once the person has what she asked for. */
export const completeRequest = (
  request: PrivacyRequest,
  by: "admin" | "system",
  answer: Sealed | null,
  occasion: Occasion,
): Answered => {
  // An erasure is done by being carried out, and in no other way; one for nobody who is known here has nothing to erase.
  if (request.state !== "open" || (request.type === "erasure" && request.subject_id !== null)) {
    return conflict(request);
  }
  const { now } = occasion;
  const set = { state: "completed" as const, answer, closed_at: now, rectification: null };
  const entry = auditEntry("privacy_request.completed", request.id, { type: request.type, by }, occasion);
  const retention_until = keptUntil({ ...request, ...set }, now, occasion.retention);
  return ok(moved(request, { ...set, retention_until }, entry, occasion));
};

/** Says that a restriction will end: the person is told before (GDPR Art. 18(3)). */
export const announceLift = (request: PrivacyRequest, occasion: Occasion): Answered => {
  const ground = request.restriction_ground;
  if (isClockRunning(request) || !restricts(request) || request.lift_at !== null || ground === null) {
    return conflict(request);
  }
  return ok(
    moved(
      request,
      { lift_at: plus(occasion.now, LIFT_NOTICE_DAYS * DAY) },
      auditEntry("restriction.lift_announced", request.id, { ground }, occasion),
      occasion,
    ),
  );
};

/**
 * Lets her data be used again, unless something else of hers keeps them from it. The person may end her own restriction at
 * once; the controller's is what was announced.
 */
export const liftRestriction = (
  request: PrivacyRequest,
  { subject, others }: { readonly subject: Subject; readonly others: readonly PrivacyRequest[] },
  by: "subject" | "system",
  set: RequestFields,
  occasion: Occasion,
): Answered => {
  const ground = request.restriction_ground;
  if (ground === null || !restricts(request)) return conflict(request);
  const { now } = occasion;
  const lifted = { ...set, lifted_at: now };
  const { request: after, write } = movedRequest(
    request,
    { ...lifted, retention_until: keptUntil({ ...request, ...lifted }, now, occasion.retention) },
    now,
  );
  const stays = subject.status !== "restricted" || isRestrictedBy(others, request);
  return ok({
    request: after,
    changes: {
      expects: [],
      writes: [write, subjectWrite(subject, stays ? subject.status : "active", now)],
      audit: [auditEntry("restriction.lifted", request.id, { ground, by }, occasion)],
    },
    effects: stays ? [] : [{ kind: "unrestricted" }],
  });
};

/** The person takes it back: until an erasure has begun, and a restriction at any time. */
export const cancelRequest = (
  request: PrivacyRequest,
  state: { readonly subject: Subject; readonly others: readonly PrivacyRequest[] },
  occasion: Occasion,
): Answered => {
  if (request.state === "completed") return liftRestriction(request, state, "subject", {}, occasion);
  if (!["awaiting_confirmation", "awaiting_identity", "open", "scheduled"].includes(request.state)) {
    return conflict(request);
  }
  const { now } = occasion;
  const set = {
    state: "cancelled" as const,
    closed_at: now,
    suspended_since: null,
    token_hash: null,
    rectification: null,
  };
  if (restricts(request)) return liftRestriction(request, state, "subject", set, occasion);
  const entry = auditEntry(
    "privacy_request.cancelled",
    request.id,
    { type: request.type, by: "subject" },
    occasion,
  );
  const retention_until = keptUntil({ ...request, ...set }, now, occasion.retention);
  return ok(moved(request, { ...set, retention_until }, entry, occasion));
};
