import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { OPTIONAL_CONSENT_TYPES } from "../consent/consent-type.ts";
import type { Subject } from "../roles/subject.ts";
import type { Sealed } from "../shared/ids.ts";
import { err, ok, type Result } from "../shared/result.ts";
import { completeRequest } from "./answer-request.ts";
import { movedRequest } from "./move-request.ts";
import { type ConsentBasis, purposeEnded } from "./open-request.ts";
import { type PrivacyRequest, restricts } from "./privacy-request.ts";
import {
  isRestrictedBy,
  keptUntil,
  type RequestChange,
  type RequestRefusal,
  subjectWrite,
} from "./request-change.ts";

/**
 * Her grounds weigh more: what she objected to ends at once and for good (GDPR Art. 21(1)), and what was only stored while
 * that was decided (Art. 18(1)(d)) is used again for everything else. What no switch can end stays restricted.
 */
export const grantObjection = (
  request: PrivacyRequest,
  state: {
    readonly subject: Subject;
    readonly others: readonly PrivacyRequest[];
    readonly consent: ConsentBasis;
  },
  answer: Sealed,
  occasion: Occasion,
): Result<RequestChange, RequestRefusal> => {
  const optional = OPTIONAL_CONSENT_TYPES.find((type) => type === request.purpose);
  if (optional === undefined) return completeRequest(request, "admin", answer, occasion);
  if (request.state !== "open") return err({ type: "request-state-conflict", state: request.state });
  const { now, retention } = occasion;
  const { subject, others, consent } = state;
  const lifts = restricts(request);
  const set = {
    state: "completed" as const,
    answer,
    closed_at: now,
    lifted_at: lifts ? now : null,
  };
  const { request: after, write } = movedRequest(
    request,
    { ...set, retention_until: keptUntil({ ...request, ...set }, now, retention) },
    now,
  );
  const ended = purposeEnded(optional, consent);
  const frees = lifts && subject.status === "restricted" && !isRestrictedBy(others, request);
  return ok({
    request: after,
    changes: {
      // The subject moves with this, so that nothing else has to be expected of her.
      expects: [],
      writes: [write, subjectWrite(subject, frees ? "active" : subject.status, now), ...ended.writes],
      audit: [
        auditEntry("privacy_request.completed", request.id, { type: request.type, by: "admin" }, occasion),
        ...ended.audit,
      ],
    },
    effects: [...ended.effects, ...(frees ? [{ kind: "unrestricted" } as const] : [])],
  });
};
