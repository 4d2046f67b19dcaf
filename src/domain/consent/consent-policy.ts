import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import type { StoredRecord } from "../shared/gdpr-record.ts";
import type { CanonicalJson, ConsentPolicyId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import { CONSENT_TYPES, type ConsentType, type OptionalConsentType } from "./consent-type.ts";

/** The six legal bases of GDPR Art. 6(1). */
export const LEGAL_BASES = [
  "consent",
  "contract",
  "legal_obligation",
  "vital_interests",
  "public_task",
  "legitimate_interests",
] as const;

export type LegalBasis = (typeof LEGAL_BASES)[number];

export interface PolicyTexts {
  readonly title: string;
  readonly body: string;
  readonly accept_all: string;
  readonly refuse_all: string;
  readonly choose: string;
  readonly save: string;
  readonly purposes: Readonly<Record<ConsentType, { readonly title: string; readonly description: string }>>;
}

/** What a policy says: kept as canonical text, because its hash is what a person agreed to. */
export interface PolicyContent {
  /** How long a decision stands, in days; null: the setting CONSENT_COOKIE_DURATION. */
  readonly validity_days: number | null;
  readonly legal_bases: Readonly<Record<ConsentType, LegalBasis>>;
  /** By lower-case BCP 47 language; `en` is always there and is the fallback. */
  readonly texts: Readonly<Record<string, PolicyTexts>>;
}

export interface ConsentPolicy extends StoredRecord {
  readonly id: ConsentPolicyId;
  /** 1, 2, 3 …: what a consent names. */
  readonly policy_version: number;
  readonly status: "draft" | "published";
  readonly content: CanonicalJson;
  /** The policy version of the last material change, this one included: consents to older ones no longer count. */
  readonly material_version: number;
  readonly published_at: Instant | null;
}

export const policyContent = (policy: ConsentPolicy): PolicyContent =>
  JSON.parse(policy.content) as PolicyContent;

/** Days for which a decision under this policy stands. */
export const validityDays = (policy: ConsentPolicy, settingDays: number): number =>
  policyContent(policy).validity_days ?? settingDays;

/** Analytics is neither offered nor grantable while the flag `enable_analytics` is off. */
export const offeredPurposes = (flags: { readonly enable_analytics: boolean }): readonly ConsentType[] =>
  CONSENT_TYPES.filter((type) => type !== "analytics" || flags.enable_analytics);

/** What a visitor is shown: the thing whose hash proves what she agreed to (GDPR Art. 7(1)). */
export interface Notice {
  readonly policy_version: number;
  readonly language: string;
  readonly validity_days: number;
  readonly title: string;
  readonly body: string;
  readonly accept_all: string;
  readonly refuse_all: string;
  readonly choose: string;
  readonly save: string;
  readonly purposes: readonly {
    readonly type: ConsentType;
    readonly legal_basis: LegalBasis;
    readonly required: boolean;
    readonly title: string;
    readonly description: string;
  }[];
}

/** The first of the wanted languages that the policy speaks (a region falls back to its language), else English. */
export const pickLanguage = (content: PolicyContent, wanted: readonly string[]): string => {
  for (const tag of wanted) {
    const full = tag.toLowerCase();
    if (Object.hasOwn(content.texts, full)) return full;
    const base = full.split("-")[0] ?? "";
    if (Object.hasOwn(content.texts, base)) return base;
  }
  return "en";
};

export const noticeOf = (
  policy: ConsentPolicy,
  wanted: readonly string[],
  offered: readonly ConsentType[],
  settingDays: number,
): Notice => {
  const content = policyContent(policy);
  const language = pickLanguage(content, wanted);
  const texts = content.texts[language];
  if (texts === undefined) throw new Error(`consent policy ${policy.policy_version} has no English texts`);
  const { purposes, ...labels } = texts;
  return {
    policy_version: policy.policy_version,
    language,
    validity_days: content.validity_days ?? settingDays,
    ...labels,
    purposes: offered.map((type) => ({
      type,
      legal_basis: content.legal_bases[type],
      required: type === "essential",
      ...purposes[type],
    })),
  };
};

/** The text that is hashed into `notice_hash`. */
export const noticeText = (notice: Notice): CanonicalJson => canonicalJson(notice as unknown as Json);

/** What was proved to have been shown: the content of a `notice_token`. */
export interface ShownNotice {
  readonly policy_version: number;
  readonly language: string;
  readonly notice_hash: string;
  readonly purposes: readonly ConsentType[];
  readonly shown_at: Instant;
}

/** True when the purpose was among those shown. */
export const wasOffered = (notice: ShownNotice, type: OptionalConsentType): boolean =>
  notice.purposes.includes(type);
