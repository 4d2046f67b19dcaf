import type { ConsentRecord, ConsentSituation } from "../../domain/consent/consent.ts";
import { consentInForce, needsDecision } from "../../domain/consent/consent-in-force.ts";
import { type ConsentPolicy, offeredPurposes } from "../../domain/consent/consent-policy.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { CurrentConsent } from "../application.ts";
import type { Deps } from "../deps.ts";

/** What a decision of this subject rests on, under the given policy. */
export const consentSituation = (
  deps: Deps,
  subject: Subject | null,
  latest: ConsentRecord | null,
  policy: ConsentPolicy,
): ConsentSituation => ({
  subject,
  latest,
  policy,
  offered: offeredPurposes(deps.flags()),
  consentCookieDays: deps.policies.consentCookieDays,
});

/** What stands for a subject now, given her newest record. */
export const standing = (
  deps: Deps,
  subject: Pick<Subject, "id" | "status"> | null,
  record: ConsentRecord | null,
  policy: ConsentPolicy | null,
  gpc: boolean,
): CurrentConsent => {
  const standings = consentInForce(record, {
    now: deps.clock.now(),
    policy,
    offered: offeredPurposes(deps.flags()),
    gpc,
    restricted: subject?.status === "restricted",
  });
  return {
    subject: subject?.id ?? null,
    policy_version: policy?.policy_version ?? null,
    record,
    standings,
    needs_decision: needsDecision(standings),
  };
};
