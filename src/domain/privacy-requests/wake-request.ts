import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Instant } from "../shared/instant.ts";
import { movedRequest } from "./move-request.ts";
import { isFinal, isLate, type PrivacyRequest } from "./privacy-request.ts";
import { keptUntil, type RequestChange } from "./request-change.ts";

/** What has to be done about a request without anybody asking; null: nothing yet. */
export const wakeUpCall = (
  request: PrivacyRequest,
  now: Instant,
): "lapse" | "give-up" | "lift" | "remind" | null => {
  if (request.wakes_at === null || now < request.wakes_at) return null;
  if (request.state === "awaiting_confirmation") return "lapse";
  if (request.state === "awaiting_identity") return request.reminded === "none" ? "remind" : "give-up";
  return isFinal(request) ? "lift" : "remind";
};

/**
 * Nobody followed the link: it was not hers, or she let it be. One that an operator entered is not given up so: it came
 * from somebody, who is asked by other means.
 */
export const lapseRequest = (request: PrivacyRequest, occasion: Occasion): RequestChange => {
  const { now } = occasion;
  const asked = request.channel === "operator";
  const set = asked
    ? { state: "awaiting_identity" as const, token_hash: null }
    : {
        state: "cancelled" as const,
        closed_at: now,
        suspended_since: null,
        token_hash: null,
        rectification: null,
      };
  const { request: after, write } = movedRequest(
    request,
    asked ? set : { ...set, retention_until: keptUntil({ ...request, ...set }, now, occasion.retention) },
    now,
  );
  const { type } = request;
  return {
    request: after,
    changes: {
      expects: [],
      writes: [write],
      audit: [
        asked
          ? auditEntry("privacy_request.identity_asked", request.id, { type }, occasion)
          : auditEntry("privacy_request.cancelled", request.id, { type, by: "expiry" }, occasion),
      ],
    },
    effects: [],
  };
};

/**
 * Nobody showed whose it is: it is refused, with where to complain (GDPR Art. 11(2), 12(2), (4)), and what was kept only to
 * answer her goes (Art. 5(1)(e)).
 */
export const giveUpRequest = (request: PrivacyRequest, occasion: Occasion): RequestChange => {
  const { now } = occasion;
  const ground = "not_identifiable" as const;
  const set = {
    state: "refused" as const,
    refusal_ground: ground,
    closed_at: now,
    suspended_since: null,
    statement: null,
    rectification: null,
    contact: null,
  };
  const retention_until = keptUntil({ ...request, ...set }, now, occasion.retention);
  const { request: after, write } = movedRequest(request, { ...set, retention_until }, now);
  return {
    request: after,
    changes: {
      expects: [],
      writes: [write],
      audit: [auditEntry("privacy_request.refused", request.id, { type: request.type, ground }, occasion)],
    },
    effects: [],
  };
};

/** The operators are told a week before it is due and when it is late, once each; and once that nobody has shown whose it is. */
export const remindOf = (request: PrivacyRequest, occasion: Occasion): RequestChange => {
  const late = isLate(request, occasion.now);
  const { request: after, write } = movedRequest(request, { reminded: late ? "late" : "soon" }, occasion.now);
  return {
    request: after,
    changes: {
      expects: [],
      writes: [write],
      audit: [auditEntry("privacy_request.reminded", request.id, { type: request.type, late }, occasion)],
    },
    effects: [],
  };
};
