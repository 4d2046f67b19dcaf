import type { Occasion } from "../../domain/audit/audit-entry.ts";
import {
  announceLift,
  completeRequest,
  extendRequest,
  refuseRequest,
} from "../../domain/privacy-requests/answer-request.ts";
import { grantObjection } from "../../domain/privacy-requests/grant-objection.ts";
import { ANSWER_MAX, type PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import { askIdentity } from "../../domain/privacy-requests/receive-request.ts";
import type { RequestChange, RequestRefusal } from "../../domain/privacy-requests/request-change.ts";
import type { PrivacyRequestId, Sealed } from "../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { Application, PrivacyRequestView } from "../application.ts";
import { type Caller, requirePermission, SYSTEM_CALLER } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { enacted, mailsTo, withRequestMails } from "./enact.ts";
import { REQUESTS_MAX } from "./file-request.ts";
import { consentBasisOf } from "./opening-of.ts";
import { REMEDIES, type RequestNews } from "./request-letter.ts";
import { requestView, sealedText } from "./request-view.ts";

type PrivacyRequests = Application["privacyRequests"];

/** One answer of an operator to one request: decided, told to the person, and stored together. */
const answering = async (
  deps: Deps,
  caller: Caller,
  id: PrivacyRequestId,
  news: RequestNews,
  decide: (
    request: PrivacyRequest,
    occasion: Occasion,
  ) => Result<RequestChange, RequestRefusal> | Promise<Result<RequestChange, AppError>>,
): Promise<Result<PrivacyRequestView, AppError>> => {
  const allowed = requirePermission(caller.principal, "system:administer");
  if (!allowed.ok) return allowed;
  return decideAndCommit(deps, caller, async () => {
    const request = await deps.readers.privacyRequests.byId(id);
    if (request === null) return err({ type: "not-found" });
    const occasion = await occasionOf(deps, caller);
    const decided = await decide(request, occasion);
    if (!decided.ok) return decided;
    const after = decided.value.request;
    const identities =
      after.subject_id === null ? [] : await deps.readers.identities.ofSubject(after.subject_id);
    const changes = await enacted(deps, decided.value, after.subject_id, null, occasion.now);
    return ok({
      changes: withRequestMails(changes, mailsTo(deps, after, identities, [news], occasion.now)),
      value: requestView(deps, after, occasion.now),
    });
  });
};

/** There is no answer without its reason (GDPR Art. 12(3), (4)). */
const reasoned = (reason: string): Result<string, AppError> => {
  const parsed = parseText(reason, ANSWER_MAX);
  return parsed.ok
    ? parsed
    : err({ type: "invalid-input", errors: [{ pointer: "/reason", reason: parsed.error }] });
};

export const extendPrivacyRequest =
  (deps: Deps): PrivacyRequests["extend"] =>
  async (caller, { id, reason: text }) => {
    const reason = reasoned(text);
    if (!reason.ok) return reason;
    return answering(deps, caller, id, { kind: "extended", reason: reason.value }, (request, occasion) =>
      extendRequest(
        request,
        sealedText(deps, id, "extension_reason", reason.value),
        deps.policies.calendar,
        occasion,
      ),
    );
  };

/** What she is answered names where to complain, whatever the operator wrote. */
const refusalText = (reason: string): string => `${reason}\n\n${REMEDIES}`;

export const refusePrivacyRequest =
  (deps: Deps): PrivacyRequests["refuse"] =>
  async (caller, { id, ground, reason: text }) => {
    const reason = reasoned(text);
    if (!reason.ok) return reason;
    const answer = sealedText(deps, id, "answer", refusalText(reason.value));
    return answering(deps, caller, id, { kind: "refused", reason: reason.value }, (request, occasion) =>
      refuseRequest(request, { ground, answer }, occasion),
    );
  };

/** Whatever was asked for is done by hand, but for an objection: that ends the purpose. */
const granted = async (
  deps: Deps,
  request: PrivacyRequest,
  answer: Sealed,
  occasion: Occasion,
): Promise<Result<RequestChange, AppError>> => {
  const { type, subject_id } = request;
  if (type !== "objection" || subject_id === null) {
    return completeRequest(request, "admin", answer, occasion);
  }
  const [subject, others] = await Promise.all([
    deps.readers.subjects.byId(subject_id),
    deps.readers.privacyRequests.ofSubject(subject_id, null, REQUESTS_MAX),
  ]);
  if (subject === null) return err({ type: "not-found" });
  // In the system's name: what leads to the operator has no place in her history of consent.
  const consent = await consentBasisOf(deps, SYSTEM_CALLER, subject);
  if (consent === null) return err({ type: "not-found" });
  return grantObjection(request, { subject, others, consent }, answer, occasion);
};

export const decidePrivacyRequest =
  (deps: Deps): PrivacyRequests["decide"] =>
  async (caller, { id, decision, reason: text }) => {
    const reason = reasoned(text);
    if (!reason.ok) return reason;
    if (decision === "granted") {
      const answer = sealedText(deps, id, "answer", reason.value);
      return answering(deps, caller, id, { kind: "completed", answer: reason.value }, (request, occasion) =>
        granted(deps, request, answer, occasion),
      );
    }
    const answer = sealedText(deps, id, "answer", refusalText(reason.value));
    return answering(deps, caller, id, { kind: "refused", reason: reason.value }, (request, occasion) => {
      // GDPR Art. 21(1): only compelling grounds weigh more than an objection.
      const ground = request.type === "objection" ? "compelling_grounds" : "right_not_applicable";
      return refuseRequest(request, { ground, answer }, occasion);
    });
  };

export const askRequestIdentity =
  (deps: Deps): PrivacyRequests["askIdentity"] =>
  async (caller, id) =>
    answering(deps, caller, id, { kind: "identity" }, askIdentity);

export const announceRestrictionLift =
  (deps: Deps): PrivacyRequests["announceLift"] =>
  async (caller, { id, reason: text }) => {
    const reason = reasoned(text);
    if (!reason.ok) return reason;
    return answering(deps, caller, id, { kind: "lift_announced", reason: reason.value }, announceLift);
  };
