// A person's decisions, with everything that a row does not speak of in its usual state.
import {
  type ConsentDecision,
  type ConsentRecord,
  type ConsentSituation,
  decideConsent,
  withdrawConsent,
} from "../../src/domain/consent/consent.ts";
import type { OptionalConsentType } from "../../src/domain/consent/consent-type.ts";
import type { ConsentId, SubjectId } from "../../src/domain/shared/ids.ts";
import { EVERYTHING, id, notice, occasion, policy, subject, T0 } from "./given.ts";

export const IDS = { consent: id<ConsentId>(0xc1), subject: id<SubjectId>(0x5b) };

export const situation = (fields: Partial<ConsentSituation> = {}): ConsentSituation => ({
  subject: subject(),
  latest: null,
  policy: policy(),
  offered: EVERYTHING,
  consentCookieDays: 365,
  ...fields,
});

export const decision = (fields: Partial<ConsentDecision> = {}): ConsentDecision => ({
  decisions: {},
  notice: notice(),
  method: "banner",
  gpc: false,
  ...fields,
});

export const decided = (
  given: Partial<ConsentSituation>,
  when: Partial<ConsentDecision>,
  now = T0,
): ConsentRecord => {
  const result = decideConsent(situation(given), decision(when), IDS, occasion(now));
  if (!result.ok) throw new Error(result.error.type);
  return result.value.record;
};

export const withdrawn = (
  latest: ConsentRecord | null,
  purposes: readonly OptionalConsentType[],
  now = T0,
): ConsentRecord => {
  const result = withdrawConsent(
    situation({ latest }),
    purposes,
    { method: "settings", gpc: false },
    IDS,
    occasion(now),
  );
  if (!result.ok) throw new Error(result.error.type);
  return result.value.record;
};
