import { cancelRequest as cancel } from "../../domain/privacy-requests/answer-request.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { enacted, mailsTo, withRequestMails } from "./enact.ts";
import { REQUESTS_MAX } from "./file-request.ts";
import { requestView } from "./request-view.ts";
import { isSeenBy, viewerOf } from "./requester.ts";

/**
 * The person takes a request back, or ends her own restriction. What protects her, or is carried out for her, is ended by
 * her best proof only; what waits for a click and came by a weaker one is taken back with its like.
 */
export const cancelPrivacyRequest =
  (deps: Deps): Application["privacyRequests"]["cancel"] =>
  async (caller, id) =>
    decideAndCommit(deps, caller, async () => {
      const viewer = await viewerOf(deps, caller);
      if (viewer === null) return err({ type: "credential-required" });
      const { privacyRequests, subjects } = deps.readers;
      const [subject, identities, request, others] = await Promise.all([
        subjects.byId(viewer.subject),
        deps.readers.identities.ofSubject(viewer.subject),
        privacyRequests.byId(id),
        privacyRequests.ofSubject(viewer.subject, null, REQUESTS_MAX),
      ]);
      if (subject === null || request === null || !isSeenBy(viewer, request)) {
        return err({ type: "not-found" });
      }
      if (!viewer.proven && request.state !== "awaiting_confirmation") {
        return err({ type: "stronger-proof-required" });
      }
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
