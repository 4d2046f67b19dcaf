import { err, ok, type Result } from "../shared/result.ts";
import { parseText, type TextRefusal } from "../shared/text.ts";
import type { LegalBasis, PolicyContent, PolicyTexts } from "./consent-policy.ts";
import { CONSENT_TYPES, type ConsentType } from "./consent-type.ts";

/** A controller may keep decisions for less than CONSENT_COOKIE_DURATION says, and never for longer than two years. */
export const VALIDITY_DAYS_MAX = 730;

/** Most code points of each text: a notice that nobody can read through informs nobody (GDPR Art. 12(1)). */
export const POLICY_TEXT_MAX = {
  title: 200,
  body: 5_000,
  label: 60,
  purposeTitle: 100,
  purposeDescription: 1_000,
} as const;

export const POLICY_LANGUAGES_MAX = 40;

export type PolicyFieldRefusal =
  | TextRefusal
  | "not-a-language"
  | "language-twice"
  | "english-missing"
  | "essential-on-consent"
  | "not-a-validity";

/** Where (JSON Pointer) and why. */
export interface PolicyFieldProblem {
  readonly pointer: string;
  readonly reason: PolicyFieldRefusal;
}

/** A policy as somebody wrote it. */
export interface WrittenPolicy {
  readonly validity_days: number | null;
  readonly legal_bases: Readonly<Record<ConsentType, LegalBasis>>;
  readonly texts: readonly (PolicyTexts & { readonly language: string })[];
}

const LANGUAGE = /^[a-z]{2,8}(?:-[a-z0-9]{1,8}){0,3}$/;

const LABELS = ["accept_all", "refuse_all", "choose", "save"] as const;

/**
 * Takes what was written for the content of a policy, texts trimmed, or tells everything that is wrong with it. English is
 * always there, because it is what others fall back to. What is essential is not asked, so it cannot rest on consent
 * (GDPR Art. 4(11), 7(4)).
 */
export const parsePolicyContent = (
  written: WrittenPolicy,
): Result<PolicyContent, readonly [PolicyFieldProblem, ...PolicyFieldProblem[]]> => {
  const problems: PolicyFieldProblem[] = [];
  const refuse = (pointer: string, reason: PolicyFieldRefusal): void =>
    void problems.push({ pointer, reason });
  const text = (pointer: string, value: string, max: number): string => {
    const parsed = parseText(value, max);
    if (parsed.ok) return parsed.value;
    refuse(pointer, parsed.error);
    return value;
  };

  const { validity_days, legal_bases } = written;
  const isValidity =
    validity_days === null ||
    (Number.isInteger(validity_days) && validity_days >= 1 && validity_days <= VALIDITY_DAYS_MAX);
  if (!isValidity) refuse("/validity_days", "not-a-validity");
  if (legal_bases.essential === "consent") refuse("/legal_bases/essential", "essential-on-consent");

  const texts: Record<string, PolicyTexts> = {};
  written.texts.forEach((each, index) => {
    const at = `/texts/${index}`;
    const language = each.language.toLowerCase();
    if (!LANGUAGE.test(language)) refuse(`${at}/language`, "not-a-language");
    else if (Object.hasOwn(texts, language)) refuse(`${at}/language`, "language-twice");
    const labels = LABELS.map((label) => [label, text(`${at}/${label}`, each[label], POLICY_TEXT_MAX.label)]);
    const purposes = CONSENT_TYPES.map((type) => {
      const { title, description } = each.purposes[type];
      const here = `${at}/purposes/${type}`;
      return [
        type,
        {
          title: text(`${here}/title`, title, POLICY_TEXT_MAX.purposeTitle),
          description: text(`${here}/description`, description, POLICY_TEXT_MAX.purposeDescription),
        },
      ];
    });
    texts[language] = {
      title: text(`${at}/title`, each.title, POLICY_TEXT_MAX.title),
      body: text(`${at}/body`, each.body, POLICY_TEXT_MAX.body),
      ...(Object.fromEntries(labels) as Record<(typeof LABELS)[number], string>),
      purposes: Object.fromEntries(purposes) as PolicyTexts["purposes"],
    };
  });
  if (written.texts.length > POLICY_LANGUAGES_MAX) refuse("/texts", "too-long");
  if (!Object.hasOwn(texts, "en")) refuse("/texts", "english-missing");

  const [first, ...more] = problems;
  return first === undefined ? ok({ validity_days, legal_bases, texts }) : err([first, ...more]);
};
