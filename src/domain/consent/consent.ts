import type { Origin } from "../anonymization/pseudonym.ts";
import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import { withUse } from "../retention/with-use.ts";
import { newSubject, type Subject } from "../roles/subject.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import type { Changes, Expectation, Write } from "../shared/changes.ts";
import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { AuditEntryId, CanonicalJson, ConsentId, SubjectId } from "../shared/ids.ts";
import { type Instant, plusDays } from "../shared/instant.ts";
import { err, ok, type Result } from "../shared/result.ts";
import { type ConsentPolicy, type ShownNotice, validityDays, wasOffered } from "./consent-policy.ts";
import {
  type ConsentMethod,
  type ConsentType,
  OPTIONAL_CONSENT_TYPES,
  type OptionalConsentType,
} from "./consent-type.ts";

/** What stands for one purpose after an event. */
export interface PurposeState {
  readonly granted: boolean;
  /** False once she decided: no decision and a refusal are different things. */
  readonly withdrawn: boolean;
  readonly decided_at: Instant;
  /** When what stands, or what ended with this decision, was given; null: never; missing in the oldest records. */
  readonly given_at?: Instant | null;
  readonly policy_version: number;
  readonly expires_at: Instant;
  /** Whether the browser sent Sec-GPC: 1 with this very decision: then it was made in spite of the signal. */
  readonly gpc: boolean;
}

export type PurposeStates = Readonly<Partial<Record<OptionalConsentType, PurposeState>>>;

/**
 * One event of a subject's consent history. Never edited: a withdrawal is a new record. Each record carries the state
 * of every purpose after it, so that the newest one alone answers what stands now.
 */
export interface ConsentRecord extends GdprRecord<ConsentId> {
  readonly subject_id: SubjectId;
  /** 1, 2, 3 … within the subject, unique: two decisions at the same moment cannot both be the next one. */
  readonly sequence: number;
  readonly event: "decided" | "withdrawn";
  /** JSON list of the purposes granted after this event, essential included. */
  readonly consent_types: CanonicalJson;
  /** JSON of PurposeStates. */
  readonly purpose_states: CanonicalJson;
  readonly policy_version: number;
  /** What was shown: null when no notice was (only possible for the methods `settings` and `api`). */
  readonly language: string | null;
  readonly notice_hash: string | null;
  readonly method: ConsentMethod;
  readonly gpc: boolean;
  readonly timestamp: Instant;
  /** When the decision is no longer in force. */
  readonly expires_at: Instant;
  /** The entry that tells of it, which is what the trail can prove; null once the person was erased. */
  readonly audit_entry_id: AuditEntryId | null;
  readonly ip_hash: Origin["ip_hash"];
  readonly user_agent_hash: Origin["user_agent_hash"];
}

export const purposeStates = (record: Pick<ConsentRecord, "purpose_states">): PurposeStates =>
  JSON.parse(record.purpose_states) as PurposeStates;

export const consentTypes = (record: ConsentRecord): readonly ConsentType[] =>
  JSON.parse(record.consent_types) as ConsentType[];

export type ConsentRefusal =
  | { readonly type: "notice-required" }
  | { readonly type: "purpose-not-offered"; readonly purpose: OptionalConsentType }
  | { readonly type: "subject-erased" };

/** What a decision about consent rests on. */
export interface ConsentSituation {
  /** Null: a visitor nobody knows yet, who becomes a subject by deciding. */
  readonly subject: Subject | null;
  readonly latest: ConsentRecord | null;
  /** The policy under which she decides: the one she was shown, else the current one. */
  readonly policy: ConsentPolicy;
  /** What the service offers now (flags considered). */
  readonly offered: readonly ConsentType[];
  readonly consentCookieDays: number;
}

export interface ConsentDecision {
  readonly decisions: Readonly<Partial<Record<OptionalConsentType, boolean>>>;
  readonly notice: ShownNotice | null;
  readonly method: ConsentMethod;
  readonly gpc: boolean;
}

/** Fresh ids: `subject` is used only for a visitor who has none. */
export interface ConsentIds {
  readonly consent: ConsentId;
  readonly subject: SubjectId;
}

export interface ConsentDecided {
  readonly record: ConsentRecord;
  readonly newSubject: boolean;
  readonly changes: Changes;
}

/**
 * Records a decision on every optional purpose: what is not granted is refused (GDPR Art. 25(2)), nothing is
 * pre-ticked. A banner decision needs proof of what was shown (Art. 7(1)), and only what was offered can be granted.
 */
export const decideConsent = (
  situation: ConsentSituation,
  decision: ConsentDecision,
  ids: ConsentIds,
  occasion: Occasion,
): Result<ConsentDecided, ConsentRefusal> => {
  const { notice, method } = decision;
  if (situation.subject?.status === "erased") return err({ type: "subject-erased" });
  if (method === "banner" && notice === null) return err({ type: "notice-required" });
  for (const type of OPTIONAL_CONSENT_TYPES) {
    const shown = notice === null || wasOffered(notice, type);
    if (decision.decisions[type] === true && !(shown && situation.offered.includes(type))) {
      return err({ type: "purpose-not-offered", purpose: type });
    }
  }
  const expires_at = plusDays(occasion.now, validityDays(situation.policy, situation.consentCookieDays));
  const before = situation.latest === null ? {} : purposeStates(situation.latest);
  // What she was not asked is not decided; what she once granted and was not asked again is not granted any more.
  const asked = OPTIONAL_CONSENT_TYPES.filter(
    (type) =>
      type in before || (situation.offered.includes(type) && (notice === null || wasOffered(notice, type))),
  );
  const states: PurposeStates = Object.fromEntries(
    asked.map((type): [OptionalConsentType, PurposeState] => [
      type,
      {
        granted: decision.decisions[type] === true,
        withdrawn: false,
        decided_at: occasion.now,
        given_at: decision.decisions[type] === true ? occasion.now : givenAt(before[type]),
        policy_version: situation.policy.policy_version,
        expires_at,
        gpc: decision.gpc,
      },
    ]),
  );
  return ok(append(situation, "decided", states, expires_at, decision, ids, occasion));
};

/**
 * Withdraws purposes, effective on the next question (GDPR Art. 7(3)): no notice, no condition, as easy as giving.
 * Also right for a purpose that was never granted, or for a visitor who never decided.
 */
export const withdrawConsent = (
  situation: ConsentSituation,
  purposes: readonly OptionalConsentType[],
  request: { readonly method: ConsentMethod; readonly gpc: boolean },
  ids: ConsentIds,
  occasion: Occasion,
): Result<ConsentDecided, ConsentRefusal> => {
  if (situation.subject?.status === "erased") return err({ type: "subject-erased" });
  const before = situation.latest === null ? {} : purposeStates(situation.latest);
  const expires_at = plusDays(occasion.now, validityDays(situation.policy, situation.consentCookieDays));
  const withdrawn = Object.fromEntries(
    purposes.map((type): [OptionalConsentType, PurposeState] => [
      type,
      {
        granted: false,
        withdrawn: true,
        decided_at: occasion.now,
        given_at: givenAt(before[type]),
        policy_version: situation.policy.policy_version,
        expires_at,
        gpc: request.gpc,
      },
    ]),
  );
  const states: PurposeStates = { ...before, ...withdrawn };
  const how = { ...request, notice: null, withdrawing: purposes };
  return ok(append(situation, "withdrawn", states, expires_at, how, ids, occasion));
};

/** When it was last given. */
const givenAt = (state: PurposeState | undefined): Instant | null =>
  state === undefined ? null : state.granted ? state.decided_at : (state.given_at ?? null);

const append = (
  situation: ConsentSituation,
  event: ConsentRecord["event"],
  states: PurposeStates,
  expiresAt: Instant,
  how: {
    readonly notice: ShownNotice | null;
    readonly method: ConsentMethod;
    readonly gpc: boolean;
    readonly withdrawing?: readonly OptionalConsentType[];
  },
  ids: ConsentIds,
  occasion: Occasion,
): ConsentDecided => {
  const { subject, latest, policy } = situation;
  const granted = OPTIONAL_CONSENT_TYPES.filter((type) => states[type]?.granted === true);
  const record: ConsentRecord = {
    // Proof is kept for the period of user data after the decision itself has run out (GDPR Art. 7(1), 17(3)(e)).
    ...newGdprRecord(ids.consent, occasion.now, retentionUntil("user_data", expiresAt, occasion.retention)),
    consent_given: granted.length > 0,
    consent_timestamp: granted.reduce<Instant | null>((latestSoFar, type) => {
      const at = states[type]?.decided_at ?? null;
      return latestSoFar === null || (at !== null && at > latestSoFar) ? at : latestSoFar;
    }, null),
    subject_id: subject?.id ?? ids.subject,
    sequence: (latest?.sequence ?? 0) + 1,
    event,
    consent_types: canonicalJson(["essential", ...granted]),
    purpose_states: canonicalJson(states as unknown as Json),
    policy_version: policy.policy_version,
    language: how.notice?.language ?? null,
    notice_hash: how.notice?.notice_hash ?? null,
    method: how.method,
    gpc: how.gpc,
    timestamp: occasion.now,
    expires_at: expiresAt,
    audit_entry_id: occasion.audit_id,
    ip_hash: occasion.actor.ip_hash,
    user_agent_hash: occasion.actor.user_agent_hash,
  };
  const expects: readonly Expectation[] =
    subject === null ? [] : [{ in: "subjects", id: subject.id, version: subject.version }];
  const creation: readonly Write[] =
    subject === null
      ? [
          {
            op: "insert",
            into: "subjects",
            row: newSubject(ids.subject, "anonymous", occasion.now, occasion.retention),
          },
        ]
      : [];
  const audit =
    event === "decided"
      ? auditEntry(
          "consent.recorded",
          record.id,
          {
            purposes: granted,
            policy_version: policy.policy_version,
            method: how.method,
            gpc: how.gpc,
            new_subject: subject === null,
          },
          occasion,
        )
      : auditEntry(
          "consent.withdrawn",
          record.id,
          {
            purposes: OPTIONAL_CONSENT_TYPES.filter((type) => how.withdrawing?.includes(type)),
            policy_version: policy.policy_version,
          },
          occasion,
        );
  const changes: Changes = {
    expects,
    writes: [...creation, { op: "insert", into: "consents", row: record }],
    audit: [audit],
  };
  return {
    record,
    newSubject: subject === null,
    changes: subject === null ? changes : withUse(changes, subject, occasion),
  };
};
