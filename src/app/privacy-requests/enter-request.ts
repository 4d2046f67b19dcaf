import { newRequest } from "../../domain/privacy-requests/new-request.ts";
import { receiveRequest } from "../../domain/privacy-requests/receive-request.ts";
import { withUse } from "../../domain/retention/with-use.ts";
import { parseEmail } from "../../domain/shared/email.ts";
import type { PrivacyRequestId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { withRequestMails } from "./enact.ts";
import { confirmationUrl, parseRequest } from "./file-request.ts";
import { requestMail } from "./request-mail.ts";
import { requestView, sealedText, sealedTextOrNull } from "./request-view.ts";

/**
 * What came by letter, telephone or mail is entered by an operator, with the day it came (GDPR Art. 12(2)). Who is known
 * by the address confirms by a link to it; of anybody else nothing is known yet.
 */
export const enterPrivacyRequest =
  (deps: Deps): Application["privacyRequests"]["enter"] =>
  async (caller, { email, received_at, ...input }) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const address = parseEmail(email);
    if (address === null) {
      return err({ type: "invalid-input", errors: [{ pointer: "/email", reason: "not-an-email-address" }] });
    }
    const parsed = parseRequest(deps, { ...input, rectification: null });
    if (!parsed.ok) return parsed;
    const wanted = parsed.value;
    return decideAndCommit(deps, caller, async () => {
      const occasion = await occasionOf(deps, caller);
      if (received_at !== null && received_at > occasion.now) {
        return err({ type: "invalid-input", errors: [{ pointer: "/received_at", reason: "in-the-future" }] });
      }
      const index = await deps.blindIndexer.index("email", address);
      const line = await deps.readers.identities.find("email", index);
      const subject = line === null ? null : await deps.readers.subjects.byId(line.subject_id);
      const id = deps.ids.next<PrivacyRequestId>();
      const link = line === null ? null : deps.tokens.issue("gnp");
      const request = newRequest(
        {
          id,
          subject_id: line?.subject_id ?? null,
          type: wanted.type,
          channel: "operator",
          comments: wanted.comments,
          purpose: wanted.purpose,
          restriction_ground: wanted.ground,
          statement: sealedTextOrNull(deps, id, "statement", wanted.statement),
          rectification: null,
          contact: sealedText(deps, id, "contact", address),
          received_at: received_at ?? occasion.now,
          token_hash: link?.hash ?? null,
        },
        deps.policies.calendar,
        occasion.now,
      );
      const decided = receiveRequest(request, null, occasion);
      const mail = requestMail(
        deps,
        { address, subject: line?.subject_id ?? null },
        decided.request,
        link === null
          ? { kind: "received" }
          : { kind: "confirm", link: confirmationUrl(deps, id, link.token) },
        occasion.now,
      );
      const changes = subject === null ? decided.changes : withUse(decided.changes, subject, occasion);
      return ok({
        changes: withRequestMails(changes, [mail]),
        value: requestView(deps, decided.request, occasion.now),
      });
    });
  };
