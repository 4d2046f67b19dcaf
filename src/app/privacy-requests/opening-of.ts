import type { Identity } from "../../domain/personal-data/identity.ts";
import type { ConsentBasis, OpeningSituation } from "../../domain/privacy-requests/open-request.ts";
import type { PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import type { Caller } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import { consentSituation } from "../consent/situation.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import type { RectifiedValues } from "./enact.ts";
import { type RectificationInput, rectifiedBy } from "./rectification.ts";

export interface OpeningRead {
  readonly situation: OpeningSituation;
  readonly rectified: RectifiedValues | null;
}

/** Where the person's consents stand; null: nothing has ever been published that she could consent to. */
export const consentBasisOf = async (
  deps: Deps,
  caller: Caller,
  subject: Subject,
): Promise<ConsentBasis | null> => {
  const [latest, policy] = await Promise.all([
    deps.readers.consents.latest(subject.id),
    deps.readers.consentPolicies.current(),
  ]);
  if (policy === null) return null;
  return {
    situation: consentSituation(deps, subject, latest, policy),
    ids: { consent: deps.ids.next<never>(), subject: subject.id },
    occasion: await occasionOf(deps, caller),
    gpc: caller.gpc,
  };
};

/** Reads what opening a request of this type rests on. */
export const openingOf = async (
  deps: Deps,
  caller: Caller,
  request: Pick<PrivacyRequest, "type">,
  whose: { readonly subject: Subject; readonly identities: readonly Identity[] },
  wanted: RectificationInput | null,
): Promise<Result<OpeningRead, AppError>> => {
  const { subject, identities } = whose;
  const { readers } = deps;
  const base = { subject, delayDays: deps.policies.anonymizationDelayDays, consent: null, rectified: null };
  if (request.type === "objection") {
    const consent = await consentBasisOf(deps, caller, subject);
    if (consent === null) return err({ type: "not-found" });
    return ok({ situation: { ...base, consent }, rectified: null });
  }
  if (request.type !== "rectification" || wanted === null) return ok({ situation: base, rectified: null });
  const found = wanted.comment === null ? null : await readers.comments.byId(wanted.comment.id);
  if (wanted.comment !== null && found?.comment.subject_id !== subject.id) return err({ type: "not-found" });
  const decided = await rectifiedBy(
    deps,
    subject,
    identities,
    found?.comment ?? null,
    wanted,
    deps.clock.now(),
  );
  if (!decided.ok) return decided;
  return ok({
    situation: { ...base, rectified: decided.value.rectified },
    rectified: decided.value.values,
  });
};
