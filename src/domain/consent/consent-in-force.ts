import type { Instant } from "../shared/instant.ts";
import { type ConsentRecord, type PurposeState, purposeStates } from "./consent.ts";
import type { ConsentPolicy } from "./consent-policy.ts";
import {
  type ConsentType,
  DENIED_BY_GPC,
  OPTIONAL_CONSENT_TYPES,
  type OptionalConsentType,
} from "./consent-type.ts";

/** Why a purpose may or may not be processed. */
export type ConsentReason =
  | "essential"
  | "granted"
  | "not-decided"
  | "refused"
  | "withdrawn"
  | "expired"
  | "outdated"
  | "gpc"
  | "not-offered"
  | "restricted";

export interface ConsentStanding {
  readonly granted: boolean;
  readonly reason: ConsentReason;
  /** When a grant runs out by itself; null when not granted or never. */
  readonly until: Instant | null;
}

/** What the answer depends on besides the record. */
export interface ConsentQuestion {
  readonly now: Instant;
  /** Null while nothing has been published. */
  readonly policy: Pick<ConsentPolicy, "material_version"> | null;
  readonly offered: readonly ConsentType[];
  /** Sec-GPC: 1 on this very request. */
  readonly gpc: boolean;
  /** Her data may only be stored (GDPR Art. 18(2)). */
  readonly restricted?: boolean;
}

const denied = (reason: ConsentReason): ConsentStanding => ({ granted: false, reason, until: null });

const standingOf = (
  type: OptionalConsentType,
  state: PurposeState | undefined,
  question: ConsentQuestion,
): ConsentStanding => {
  if (!question.offered.includes(type)) return denied("not-offered");
  if (question.restricted === true) return denied("restricted");
  if (state === undefined)
    return denied(question.gpc && DENIED_BY_GPC.includes(type) ? "gpc" : "not-decided");
  // A refusal stands as long as a grant and no longer: then, or when the purposes changed, she may be asked again.
  if (question.policy === null || state.policy_version < question.policy.material_version)
    return denied("outdated");
  if (state.expires_at <= question.now) return denied("expired");
  if (state.withdrawn) return denied("withdrawn");
  if (!state.granted) return denied("refused");
  // The signal is a standing objection; only a decision made here in spite of it is younger than it (GDPR Art. 21(5)).
  if (question.gpc && !state.gpc && DENIED_BY_GPC.includes(type)) return denied("gpc");
  return { granted: true, reason: "granted", until: state.expires_at };
};

const ESSENTIAL: ConsentStanding = { granted: true, reason: "essential", until: null };

/** What is in force now for one purpose. */
export const purposeInForce = (
  type: ConsentType,
  latest: Pick<ConsentRecord, "purpose_states"> | null,
  question: ConsentQuestion,
): ConsentStanding =>
  type === "essential"
    ? ESSENTIAL
    : standingOf(type, latest === null ? undefined : purposeStates(latest)[type], question);

/** What is in force now, for every purpose: essential always; the others only while nothing speaks against them. */
export const consentInForce = (
  latest: Pick<ConsentRecord, "purpose_states"> | null,
  question: ConsentQuestion,
): Readonly<Record<ConsentType, ConsentStanding>> => {
  const states = latest === null ? {} : purposeStates(latest);
  const standings = OPTIONAL_CONSENT_TYPES.map(
    (type) => [type, standingOf(type, states[type], question)] as const,
  );
  return {
    essential: ESSENTIAL,
    ...(Object.fromEntries(standings) as Record<OptionalConsentType, ConsentStanding>),
  };
};

/** Whether to ask (again): nothing decided, or what was decided has run out or been overtaken by a material change. */
export const needsDecision = (standings: Readonly<Record<ConsentType, ConsentStanding>>): boolean =>
  OPTIONAL_CONSENT_TYPES.some((type) =>
    ["not-decided", "expired", "outdated"].includes(standings[type].reason),
  );
