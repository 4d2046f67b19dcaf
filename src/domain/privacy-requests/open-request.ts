import type { AuditEntry, Occasion } from "../audit/audit-entry.ts";
import { type ConsentIds, type ConsentSituation, withdrawConsent } from "../consent/consent.ts";
import { policyContent } from "../consent/consent-policy.ts";
import {
  type ConsentType,
  OPTIONAL_CONSENT_TYPES,
  type OptionalConsentType,
} from "../consent/consent-type.ts";
import type { Subject } from "../roles/subject.ts";
import type { Expectation, Write } from "../shared/changes.ts";
import type { Instant } from "../shared/instant.ts";
import { erasureEffectiveAt } from "./deadline.ts";
import type { RequestFields } from "./move-request.ts";
import type { PrivacyRequest } from "./privacy-request.ts";
import type { Rectified } from "./rectify.ts";
import { keptUntil, type RequestEffect, subjectWrite } from "./request-change.ts";

/** Where her consents stand, with an occasion of its own for the entry that tells of them. */
export interface ConsentBasis {
  readonly situation: ConsentSituation;
  readonly ids: ConsentIds;
  readonly occasion: Occasion;
  readonly gpc: boolean;
}

/** What opening a request rests on; what its type does not need is null. */
export interface OpeningSituation {
  readonly subject: Subject;
  /** ANONYMIZATION_DELAY_DAYS. */
  readonly delayDays: number;
  /** For an objection. */
  readonly consent: ConsentBasis | null;
  /** What is put right at once. */
  readonly rectified: Rectified | null;
}

/** What becomes of a request, and of the data, once it is known that it is hers. */
export interface Opening {
  readonly set: RequestFields;
  readonly expects: readonly Expectation[];
  readonly writes: readonly Write[];
  readonly audit: readonly AuditEntry[];
  readonly effects: readonly RequestEffect[];
}

const NOTHING: Omit<Opening, "set"> = { expects: [], writes: [], audit: [], effects: [] };

const closed = (request: PrivacyRequest, { now, retention }: Occasion): RequestFields => {
  const set = { state: "completed" as const, closed_at: now, rectification: null };
  return { ...set, retention_until: keptUntil({ ...request, ...set }, now, retention) };
};

/**
 * Against direct marketing the objection is absolute (GDPR Art. 21(2), (3)), and what rests on consent ends with it
 * (Art. 7(3)): nothing is weighed.
 */
export const isAbsolute = (purpose: ConsentType, { policy }: Pick<ConsentSituation, "policy">): boolean =>
  purpose === "marketing" || policyContent(policy).legal_bases[purpose] === "consent";

/** Only processing on these bases can be objected to with reasons to be weighed (GDPR Art. 21(1)). */
const isWeighed = (purpose: ConsentType, { policy }: Pick<ConsentSituation, "policy">): boolean =>
  ["legitimate_interests", "public_task"].includes(policyContent(policy).legal_bases[purpose]);

/** Nothing is done for this purpose any more. */
export const purposeEnded = (
  purpose: OptionalConsentType,
  { situation, ids, occasion, gpc }: ConsentBasis,
): Omit<Opening, "set"> => {
  const withdrawn = withdrawConsent(situation, [purpose], { method: "api", gpc }, ids, occasion);
  if (!withdrawn.ok) throw new Error("who is erased asks for nothing");
  const { expects, writes, audit } = withdrawn.value.changes;
  return { expects, writes, audit, effects: [{ kind: "objected", purposes: [purpose] }] };
};

const restriction = (request: PrivacyRequest, subject: Subject, occasion: Occasion): Opening => ({
  ...NOTHING,
  set: closed(request, occasion),
  writes: [subjectWrite(subject, "restricted", occasion.now)],
  effects: [{ kind: "restricted" }],
});

const objection = (
  request: PrivacyRequest,
  { subject, consent }: OpeningSituation,
  occasion: Occasion,
): Opening => {
  const { purpose } = request;
  const optional = OPTIONAL_CONSENT_TYPES.find((type) => type === purpose);
  if (purpose === null || consent === null) return { ...NOTHING, set: { state: "open" } };
  if (optional !== undefined && isAbsolute(purpose, consent.situation)) {
    return { set: closed(request, occasion), ...purposeEnded(optional, consent) };
  }
  if (!isWeighed(purpose, consent.situation)) return { ...NOTHING, set: { state: "open" } };
  // Until it is clear whose grounds weigh more, the data are only stored (GDPR Art. 18(1)(d)).
  return {
    ...NOTHING,
    set: { state: "open", restriction_ground: "objection_pending" },
    writes: [subjectWrite(subject, "restricted", occasion.now)],
    effects: [{ kind: "restricted" }],
  };
};

/** Carries out at once what needs nobody's decision: a restriction, an absolute objection, a correction, a date for an erasure. */
export const opening = (
  request: PrivacyRequest,
  situation: OpeningSituation,
  occasion: Occasion,
): Opening => {
  const { now } = occasion;
  switch (request.type) {
    case "erasure":
      return {
        ...NOTHING,
        set: { state: "scheduled", effective_at: erasureEffectiveAt(request, situation.delayDays, now) },
        expects: [{ in: "subjects", id: situation.subject.id, version: situation.subject.version }],
      };
    case "restriction":
      return restriction(request, situation.subject, occasion);
    case "objection":
      return objection(request, situation, occasion);
    case "rectification":
      return situation.rectified === null
        ? { ...NOTHING, set: { state: "open" } }
        : {
            ...NOTHING,
            ...situation.rectified,
            set: closed(request, occasion),
            effects: [{ kind: "rectified" }],
          };
    default:
      return { ...NOTHING, set: { state: "open" } };
  }
};

/** How long the clock has stood still by now. */
export const suspendedUntil = ({ suspended_since, suspended_ms }: PrivacyRequest, now: Instant): number =>
  suspended_ms + (suspended_since === null ? 0 : now - suspended_since);
