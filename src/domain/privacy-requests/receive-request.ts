import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Changes } from "../shared/changes.ts";
import { err, ok, type Result } from "../shared/result.ts";
import type { Calendar } from "./calendar.ts";
import { deadlineOf } from "./deadline.ts";
import { movedRequest } from "./move-request.ts";
import { type OpeningSituation, opening, suspendedUntil } from "./open-request.ts";
import { type PrivacyRequest, wakesAt } from "./privacy-request.ts";
import type { RequestChange, RequestRefusal } from "./request-change.ts";

/** Takes a request in; `situation` null: nothing can be done about it yet, it waits to be confirmed or looked into. */
export const receiveRequest = (
  received: PrivacyRequest,
  situation: OpeningSituation | null,
  occasion: Occasion,
): RequestChange => {
  const opened =
    situation === null || received.state !== "open" ? null : opening(received, situation, occasion);
  const changed = { ...received, ...opened?.set };
  const request = { ...changed, wakes_at: wakesAt(changed) };
  const { type, channel, state } = request;
  return {
    request,
    changes: {
      expects: opened?.expects ?? [],
      writes: [{ op: "insert", into: "privacy_requests", row: request }, ...(opened?.writes ?? [])],
      audit: [
        auditEntry("privacy_request.received", request.id, { type, channel, state }, occasion),
        ...(opened?.audit ?? []),
      ],
    },
    effects: opened?.effects ?? [],
  };
};

/** Once it is known whose request it is the clock goes on, and what needs nobody's decision is done. */
const resume = (
  request: PrivacyRequest,
  situation: OpeningSituation,
  calendar: Calendar,
  occasion: Occasion,
): RequestChange => {
  const suspended_ms = suspendedUntil(request, occasion.now);
  const extended = request.extended_at !== null;
  const running: PrivacyRequest = {
    ...request,
    subject_id: situation.subject.id,
    state: "open",
    suspended_since: null,
    suspended_ms,
    reminded: "none",
    ...deadlineOf({ received_at: request.received_at, extended, suspended_ms }, calendar),
    token_hash: null,
  };
  const opened = opening(running, situation, occasion);
  const { subject_id, target_at, due_at, unsuspended_due_at } = running;
  const { request: after, write } = movedRequest(
    request,
    {
      subject_id,
      state: "open",
      suspended_since: null,
      suspended_ms,
      reminded: "none",
      target_at,
      due_at,
      unsuspended_due_at,
      token_hash: null,
      ...opened.set,
    },
    occasion.now,
  );
  const changes: Changes = {
    expects: opened.expects,
    writes: [write, ...opened.writes],
    audit: [
      auditEntry(
        "privacy_request.confirmed",
        request.id,
        { type: request.type, state: after.state },
        occasion,
      ),
      ...opened.audit,
    ],
  };
  return { request: after, changes, effects: opened.effects };
};

/** By the link that was sent to the address on file: whoever holds the mailbox is who asks. */
export const confirmRequest = (
  request: PrivacyRequest,
  situation: OpeningSituation,
  calendar: Calendar,
  occasion: Occasion,
): Result<RequestChange, RequestRefusal> =>
  request.state === "awaiting_confirmation" && (request.wakes_at === null || occasion.now < request.wakes_at)
    ? ok(resume(request, situation, calendar, occasion))
    : err({ type: "confirmation-invalid" });

/** Asks who she is, where nothing proves it and there is reasonable doubt (GDPR Art. 12(6)): the clock stands still. */
export const askIdentity = (
  request: PrivacyRequest,
  occasion: Occasion,
): Result<RequestChange, RequestRefusal> => {
  // Whoever proved possession is asked for no more than was collected (GDPR Art. 11(1)).
  if (request.state !== "open" || request.channel !== "operator" || occasion.now > request.due_at) {
    return err({ type: "request-state-conflict", state: request.state });
  }
  const { request: after, write } = movedRequest(
    request,
    { state: "awaiting_identity", suspended_since: occasion.now, reminded: "none" },
    occasion.now,
  );
  return ok({
    request: after,
    changes: {
      expects: [],
      writes: [write],
      audit: [auditEntry("privacy_request.identity_asked", request.id, { type: request.type }, occasion)],
    },
    effects: [],
  });
};

export const confirmIdentity = (
  request: PrivacyRequest,
  situation: OpeningSituation,
  calendar: Calendar,
  occasion: Occasion,
): Result<RequestChange, RequestRefusal> =>
  request.state === "awaiting_identity" || (request.state === "open" && request.subject_id === null)
    ? ok(resume(request, situation, calendar, occasion))
    : err({ type: "request-state-conflict", state: request.state });
