import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import type { Changes } from "../shared/changes.ts";
import type { SubjectId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import { err, ok, type Result } from "../shared/result.ts";
import { movedRequest } from "./move-request.ts";
import type { ErasureHindrance, PrivacyRequest } from "./privacy-request.ts";

export type ErasureRefusal = { readonly type: "erasure-not-due" } | { readonly type: "erasure-not-running" };

interface Changed {
  readonly request: PrivacyRequest;
  readonly changes: Changes;
}

/** An erasure whose date has come, or that was begun and has to be taken up again. */
export const isDueErasure = ({ type, state, effective_at }: PrivacyRequest, now: Instant): boolean =>
  type === "erasure" &&
  (state === "scheduled" || state === "running") &&
  effective_at !== null &&
  effective_at <= now;

/** An erasure that has begun: the request stays open, and hers, until she was looked for. */
export const isErasureUnderWay = ({ type, state }: PrivacyRequest): boolean =>
  type === "erasure" && state === "running";

/** From here on it cannot be cancelled. One that is running already is moved all the same: of two runners one goes on. */
export const beginErasure = (
  request: PrivacyRequest,
  occasion: Occasion,
): Result<Changed, ErasureRefusal> => {
  if (!isDueErasure(request, occasion.now)) return err({ type: "erasure-not-due" });
  const { request: after, write } = movedRequest(request, { state: "running" }, occasion.now);
  const again = request.state === "running";
  return ok({
    request: after,
    changes: {
      expects: [],
      writes: [write],
      audit: [auditEntry("privacy_request.erasure_begun", request.id, { again }, occasion)],
    },
  });
};

/**
 * The erasure is done and was looked for: what stays of the request is that it was made and answered. Its words go, and it
 * no longer leads to the person (GDPR Art. 17(1)); that it was carried out can still be proved (Art. 5(2)).
 */
export const finishErasure = (
  request: PrivacyRequest,
  anonymized_id: SubjectId,
  occasion: Occasion,
): Result<Changed, ErasureRefusal> => {
  if (request.state !== "running") return err({ type: "erasure-not-running" });
  const { now } = occasion;
  const { request: after, write } = movedRequest(
    request,
    {
      state: "completed",
      subject_id: anonymized_id,
      statement: null,
      rectification: null,
      contact: null,
      answer: null,
      extension_reason: null,
      token_hash: null,
      hindrance: null,
      closed_at: now,
      retention_until: retentionUntil("user_data", now, occasion.retention),
      anonymized: true,
    },
    now,
  );
  return ok({
    request: after,
    changes: {
      expects: [],
      writes: [write],
      audit: [
        auditEntry("privacy_request.completed", request.id, { type: "erasure", by: "system" }, occasion),
      ],
    },
  });
};

/** It could not be ended: it stays open, says why in the inbox, and is tried again at `retryAt`. */
export const failErasure = (
  request: PrivacyRequest,
  hindrance: ErasureHindrance,
  retryAt: Instant,
  occasion: Occasion,
): Result<Changed, ErasureRefusal> => {
  if (request.state !== "running" && !isDueErasure(request, occasion.now)) {
    return err({ type: "erasure-not-running" });
  }
  const { request: after, write } = movedRequest(
    request,
    // What was begun stays begun: it can no more be cancelled.
    { hindrance, effective_at: retryAt },
    occasion.now,
  );
  return ok({
    request: after,
    changes: {
      expects: [],
      writes: [write],
      audit: [auditEntry("privacy_request.erasure_hindered", request.id, { hindrance }, occasion)],
    },
  });
};
