import { completeRequest } from "../../domain/privacy-requests/answer-request.ts";
import { err, ok } from "../../domain/shared/result.ts";
import type { Application } from "../application.ts";
import { requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { personalArchive } from "./personal-archive.ts";
import { isSeenBy, viewerOf } from "./requester.ts";

/**
 * The archive of an access or portability request, as often as it is asked for. Reading it answers the request: the person
 * has what she asked for (GDPR Art. 15(3), 20(1)). A click on a mailed link shows that the request is hers, not that
 * whoever holds her cookie, receipt or edit token is she: who can sign in does so to read everything that is kept of her.
 */
export const exportArchive =
  (deps: Deps): Application["privacyRequests"]["exportArchive"] =>
  async (caller, id) => {
    return decideAndCommit(deps, caller, async () => {
      const viewer = await viewerOf(deps, caller);
      if (viewer === null) return err({ type: "credential-required" });
      const [request, subject] = await Promise.all([
        deps.readers.privacyRequests.byId(id),
        deps.readers.subjects.byId(viewer.subject),
      ]);
      if (request === null || subject === null || !isSeenBy(viewer, request)) {
        return err({ type: "not-found" });
      }
      if (request.type !== "access" && request.type !== "portability") return err({ type: "not-found" });
      if (!viewer.proven) return err({ type: "stronger-proof-required" });
      const occasion = await occasionOf(deps, caller);
      const files = personalArchive(deps, subject, occasion.now);
      if (request.state === "completed") return ok({ changes: null, value: files });
      const completed = completeRequest(request, "system", null, occasion);
      return completed.ok ? ok({ changes: completed.value.changes, value: files }) : completed;
    });
  };

/**
 * The same archive for an operator, who hands it to somebody who wrote a letter and has no credential here (GDPR Art. 12(1),
 * 15(3)). Only once it is known whose it is; that it was handed over is answered by the operator, in words.
 */
export const handOverArchive =
  (deps: Deps): Application["privacyRequests"]["handOver"] =>
  async (caller, id) => {
    const allowed = requirePermission(caller.principal, "system:administer");
    if (!allowed.ok) return allowed;
    const request = await deps.readers.privacyRequests.byId(id);
    const type = request?.type;
    if (request === null || (type !== "access" && type !== "portability")) return err({ type: "not-found" });
    const { state, subject_id, anonymized } = request;
    if (subject_id === null || anonymized || (state !== "open" && state !== "completed")) {
      return err({ type: "request-state-conflict", state });
    }
    const subject = await deps.readers.subjects.byId(subject_id);
    if (subject === null || subject.status === "erased") return err({ type: "not-found" });
    return ok(personalArchive(deps, subject, deps.clock.now()));
  };
