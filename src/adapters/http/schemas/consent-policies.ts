import { t } from "elysia";
import type { PolicyView } from "../../../app/application.ts";
import type { PolicyPreview } from "../../../app/consent/policies.ts";
import {
  LEGAL_BASES,
  policyContent,
  type ConsentPolicy as StoredPolicy,
} from "../../../domain/consent/consent-policy.ts";
import { CONSENT_TYPES } from "../../../domain/consent/consent-type.ts";
import {
  POLICY_LANGUAGES_MAX,
  POLICY_TEXT_MAX,
  VALIDITY_DAYS_MAX,
} from "../../../domain/consent/policy-content.ts";
import { Purpose } from "./consents.ts";
import { integer, named, nullable, oneOf, page, record, text, time } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

const LegalBasis = named("LegalBasis", oneOf(LEGAL_BASES, { description: "GDPR Art. 6(1)(a) to (f)" }));

const NoticeHash = t.String({
  pattern: "^[0-9a-f]{64}$",
  description:
    "SHA-256 of the canonical JSON (RFC 8785) of what is shown: policy_version (here `version`), language, validity_days, the texts and the purposes",
});

export const LANGUAGE_TAG = t.String({
  pattern: "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}$",
  description: "BCP 47 language tag, such as `de`",
});

/** What is shown of a policy, in one language. */
const SHOWN = {
  version: integer({ minimum: 1, examples: [1] }),
  language: t.String({ description: "Language of the texts", examples: ["en"] }),
  languages: t.Array(t.String(), {
    description: "Languages the policy speaks",
    examples: [["de", "en"]],
  }),
  validity_days: integer({ description: "How long a decision stands", examples: [365] }),
  title: t.String(),
  body: t.String(),
  accept_all: t.String({ description: "Label of a button, as the three below" }),
  refuse_all: t.String(),
  choose: t.String(),
  save: t.String(),
  purposes: t.Array(
    record({
      type: Purpose,
      legal_basis: LegalBasis,
      required: t.Boolean({ description: "Always on; not asked" }),
      title: t.String(),
      description: t.String(),
    }),
  ),
  notice_hash: NoticeHash,
};

export const ConsentPolicy = named(
  "ConsentPolicy",
  record(
    {
      ...SHOWN,
      notice_token: t.String({ description: "Signed proof of what was shown: send it with the decision" }),
      notice_token_expires_at: time(),
      banner_enabled: t.Boolean({ description: "False: the banner stays hidden" }),
    },
    { description: "The policy as it is shown, in one language." },
  ),
);

export const PolicyPreviewView = named(
  "ConsentPolicyPreview",
  record(SHOWN, {
    description: "The policy as it is or would be shown. No token: nobody has been shown anything.",
  }),
);

const everyPurpose = <S extends Parameters<typeof nullable>[0]>(schema: S) =>
  record({ essential: schema, functional: schema, analytics: schema, marketing: schema });

const label = () => text(POLICY_TEXT_MAX.label);

const Texts = named(
  "ConsentPolicyTexts",
  record({
    language: t.String({ description: "BCP 47; kept in lower case", examples: ["en"] }),
    title: text(POLICY_TEXT_MAX.title),
    body: text(POLICY_TEXT_MAX.body),
    accept_all: label(),
    refuse_all: label(),
    choose: label(),
    save: label(),
    purposes: everyPurpose(
      record({
        title: text(POLICY_TEXT_MAX.purposeTitle),
        description: text(POLICY_TEXT_MAX.purposeDescription),
      }),
    ),
  }),
);

const ValidityDays = nullable(integer({ minimum: 1, maximum: VALIDITY_DAYS_MAX, examples: [182] }), {
  description: "How long a decision stands, grant and refusal alike; null: CONSENT_COOKIE_DURATION",
});

const CONTENT = {
  validity_days: ValidityDays,
  legal_bases: everyPurpose(LegalBasis),
  texts: t.Array(Texts, {
    minItems: 1,
    maxItems: POLICY_LANGUAGES_MAX,
    description: "One entry a language. `en` is always there.",
  }),
};

export const NewConsentPolicy = named("NewConsentPolicy", record(CONTENT));

export const NewPublication = named(
  "NewPublication",
  record({
    material: t.Boolean({
      description: "True: every earlier decision becomes outdated and people are asked again",
    }),
  }),
);

const STATE = {
  version: integer({ minimum: 1, examples: [2] }),
  status: oneOf(["draft", "published"]),
  material_version: nullable(integer({ minimum: 1 }), {
    description: "Decisions under older versions than this no longer count; null for a draft",
  }),
  created_at: time(),
  updated_at: time(),
  published_at: nullable(time()),
};

export const StoredConsentPolicy = named("StoredConsentPolicy", record({ ...STATE, ...CONTENT }));

export const StoredConsentPolicyPage = page(
  "StoredConsentPolicyPage",
  named(
    "StoredConsentPolicySummary",
    record({ ...STATE, validity_days: ValidityDays, languages: t.Array(t.String()) }),
  ),
);

export const policyPreviewBody = ({ notice, notice_hash, languages }: PolicyPreview) => {
  const { policy_version, ...shown } = notice;
  return { version: policy_version, ...shown, languages, notice_hash };
};

export const policyBody = (view: PolicyView) => ({
  ...policyPreviewBody(view),
  notice_token: view.notice_token,
  notice_token_expires_at: timeText(view.notice_token_expires_at),
  banner_enabled: view.banner_enabled,
});

const stateBody = (policy: StoredPolicy) => ({
  version: policy.policy_version,
  status: policy.status,
  material_version: policy.status === "draft" ? null : policy.material_version,
  created_at: timeText(policy.created_at),
  updated_at: timeText(policy.updated_at),
  published_at: timeTextOrNull(policy.published_at),
});

const byPurpose = <T>(pick: (type: (typeof CONSENT_TYPES)[number]) => T) =>
  Object.fromEntries(CONSENT_TYPES.map((type) => [type, pick(type)]));

export const storedPolicyBody = (policy: StoredPolicy) => {
  const { validity_days, legal_bases, texts } = policyContent(policy);
  return {
    ...stateBody(policy),
    validity_days,
    legal_bases: byPurpose((type) => legal_bases[type]),
    texts: Object.entries(texts).map(([language, each]) => ({
      language,
      ...each,
      purposes: byPurpose((type) => each.purposes[type]),
    })),
  };
};

export const storedPolicySummaryBody = (policy: StoredPolicy) => {
  const { validity_days, texts } = policyContent(policy);
  return { ...stateBody(policy), validity_days, languages: Object.keys(texts) };
};
