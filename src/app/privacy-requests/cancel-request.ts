import { cancelRequest as cancel } from "../../domain/privacy-requests/answer-request.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { enacted, mailsTo, withRequestMails } from "./enact.ts";
import { REQUESTS_MAX } from "./file-request.ts";
import { requestView } from "./request-view.ts";
import { requesterOf } from "./requester.ts";

/** The person takes a request back, or ends her own restriction. */
export const cancelPrivacyRequest =
  (deps: Deps): Application["privacyRequests"]["cancel"] =>
  async (caller, id) =>
    decideAndCommit(deps, caller, async () => {
      const requester = await requesterOf(deps, caller);
      if (!requester.ok) return requester;
      const { subject, identities } = requester.value;
      const request = await deps.readers.privacyRequests.byId(id);
      if (request === null || request.subject_id !== subject.id) return err({ type: "not-found" });
      const others = await deps.readers.privacyRequests.ofSubject(subject.id, null, REQUESTS_MAX);
      const occasion = await occasionOf(deps, caller);
      const decided = cancel(request, { subject, others }, occasion);
      if (!decided.ok) return decided;
      const after = decided.value.request;
      const kind = after.state === "cancelled" ? "cancelled" : "lifted";
      const changes = await enacted(deps, decided.value, subject.id, null, occasion.now);
      return ok({
        changes: withRequestMails(changes, mailsTo(deps, after, identities, [{ kind }], occasion.now)),
        value: requestView(deps, after, occasion.now),
      });
    });
