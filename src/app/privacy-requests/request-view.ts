import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import {
  isClockRunning,
  isFinal,
  isLate,
  type PrivacyRequest,
} from "../../domain/privacy-requests/privacy-request.ts";
import type { Sealed } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { PrivacyRequestView } from "../application.ts";
import type { Deps } from "../deps.ts";

const CONTEXTS = SEAL_CONTEXTS.privacy_requests;

export type SealedText = "statement" | "rectification" | "contact" | "extension_reason" | "answer";

/** A text of a request in the clear; null where there is none. Throws SealBroken. */
export const openedText = (
  { sealer }: Pick<Deps, "sealer">,
  request: PrivacyRequest,
  field: SealedText,
): string | null => {
  const sealed = request[field];
  return sealed === null ? null : sealer.open(sealed, CONTEXTS[field](request));
};

/** A text sealed for its place in a request. */
export const sealedText = (
  { sealer }: Pick<Deps, "sealer">,
  id: PrivacyRequest["id"],
  field: SealedText,
  text: string,
): Sealed => sealer.seal(text, CONTEXTS[field]({ id }));

export const sealedTextOrNull = (
  deps: Pick<Deps, "sealer">,
  id: PrivacyRequest["id"],
  field: SealedText,
  text: string | null,
): Sealed | null => (text === null ? null : sealedText(deps, id, field, text));

/** A request as the person may read it. */
export const requestView = (
  deps: Pick<Deps, "sealer">,
  request: PrivacyRequest,
  now: Instant,
): PrivacyRequestView => ({
  id: request.id,
  subject: request.subject_id,
  type: request.type,
  state: request.state,
  channel: request.channel,
  comments: request.comments,
  purpose: request.purpose,
  restriction_ground: request.restriction_ground,
  statement: openedText(deps, request, "statement"),
  contact: openedText(deps, request, "contact"),
  received_at: request.received_at,
  target_at: request.target_at,
  due_at: request.due_at,
  unsuspended_due_at: request.unsuspended_due_at,
  clock: isFinal(request) ? "ended" : isClockRunning(request) ? "running" : "stopped",
  late: isLate(request, now),
  extended_at: request.extended_at,
  extension_reason: openedText(deps, request, "extension_reason"),
  effective_at: request.effective_at,
  hindrance: request.hindrance,
  refusal_ground: request.refusal_ground,
  answer: openedText(deps, request, "answer"),
  closed_at: request.closed_at,
  lift_at: request.lift_at,
  lifted_at: request.lifted_at,
});
