import type { Occasion } from "../../domain/audit/audit-entry.ts";
import type { Calendar } from "../../domain/privacy-requests/calendar.ts";
import type { OpeningSituation } from "../../domain/privacy-requests/open-request.ts";
import type { PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import { confirmRequest as confirm, confirmIdentity } from "../../domain/privacy-requests/receive-request.ts";
import type { RequestChange, RequestRefusal } from "../../domain/privacy-requests/request-change.ts";
import { withUse } from "../../domain/retention/with-use.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Application, PrivacyRequestView } from "../application.ts";
import { type Caller, requirePermission, SYSTEM_CALLER } from "../caller.ts";
import { type Decided, decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { enacted, mailsTo, withRequestMails } from "./enact.ts";
import { openingOf } from "./opening-of.ts";
import type { RectificationInput } from "./rectification.ts";
import type { RequestNews } from "./request-letter.ts";
import { requestMail } from "./request-mail.ts";
import { openedText, requestView } from "./request-view.ts";

type Confirming = (
  request: PrivacyRequest,
  situation: OpeningSituation,
  calendar: Calendar,
  occasion: Occasion,
) => Result<RequestChange, RequestRefusal>;

/** Goes on with a request of which it is now known whose it is. */
const goOn = async (
  deps: Deps,
  caller: Caller,
  request: PrivacyRequest,
  owner: SubjectId,
  /** In whose name it is carried out. */
  doer: Caller,
  decide: Confirming,
): Promise<Result<Decided<PrivacyRequestView>, AppError>> => {
  const [subject, identities] = await Promise.all([
    deps.readers.subjects.byId(owner),
    deps.readers.identities.ofSubject(owner),
  ]);
  if (subject === null) return err({ type: "not-found" });
  if (subject.status === "erased") return err({ type: "subject-erased" });
  const kept = openedText(deps, request, "rectification");
  const wanted = kept === null ? null : (JSON.parse(kept) as RectificationInput);
  const read = await openingOf(deps, doer, request, { subject, identities }, wanted);
  if (!read.ok) return read;
  const occasion = await occasionOf(deps, caller);
  const decided = decide(request, read.value.situation, deps.policies.calendar, occasion);
  if (!decided.ok) return decided;
  const after = decided.value.request;
  const news: RequestNews =
    after.state === "completed" ? { kind: "completed", answer: null } : { kind: "received" };
  const email = wanted?.email ?? null;
  // The old address is kept nowhere once it has been told, so that nobody's is taken unnoticed.
  const mails =
    email === null
      ? mailsTo(deps, after, identities, [news], occasion.now)
      : [
          requestMail(deps, { address: email, subject: owner }, after, news, occasion.now),
          ...mailsTo(deps, after, identities, [{ kind: "address_changed" }], occasion.now),
        ];
  const changes = await enacted(deps, decided.value, owner, read.value.rectified, occasion.now);
  return ok({
    changes: withRequestMails(withUse(changes, subject, occasion), mails),
    value: requestView(deps, after, occasion.now),
  });
};

/** Whoever holds the link holds the mailbox it was sent to: no other credential is looked at. */
export const confirmPrivacyRequest =
  (deps: Deps): Application["privacyRequests"]["confirm"] =>
  async (caller, { id, token }) => {
    const hash = deps.tokens.hash("gnp", token);
    if (hash === null) return err({ type: "confirmation-invalid" });
    return decideAndCommit(deps, caller, async () => {
      const request = await deps.readers.privacyRequests.byId(id);
      // Used, lapsed, unknown and wrong are one answer.
      if (request === null || request.token_hash !== hash || request.subject_id === null) {
        return err({ type: "confirmation-invalid" });
      }
      return goOn(deps, caller, request, request.subject_id, caller, confirm);
    });
  };

/** An operator has made sure who asks: by what the person showed, or by whom she was found to be here. */
export const confirmRequestIdentity =
  (deps: Deps): Application["privacyRequests"]["confirmIdentity"] =>
  async (caller, { id, subject }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    return decideAndCommit(deps, caller, async () => {
      const request = await deps.readers.privacyRequests.byId(id);
      if (request === null) return err({ type: "not-found" });
      const owner = request.subject_id ?? subject;
      if (owner === null) {
        return err({ type: "invalid-input", errors: [{ pointer: "/subject", reason: "missing" }] });
      }
      if (subject !== null && subject !== owner) {
        return err({ type: "invalid-input", errors: [{ pointer: "/subject", reason: "not-for-this-type" }] });
      }
      // What leads to the operator has no place in her history of consent.
      return goOn(deps, caller, request, owner, SYSTEM_CALLER, confirmIdentity);
    });
  };
