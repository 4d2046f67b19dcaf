import { describe, expect, test } from "bun:test";
import {
  noticeOf,
  noticeText,
  type PolicyTexts,
  pickLanguage,
  policyContent,
  validityDays,
  wasOffered,
} from "../../src/domain/consent/consent-policy.ts";
import { CONSENT_TYPES } from "../../src/domain/consent/consent-type.ts";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { EVERYTHING, notice, policy } from "./given.ts";

const LANGUAGES = ["de", "en", "es", "fr", "it", "nl"];

describe("the language of a notice", () => {
  test.each([
    [["de"], "de"],
    [["de-AT"], "de"],
    [["DE-at"], "de"],
    [["pt", "fr"], "fr"],
    [["pt-BR", "fr-CA", "de"], "fr"],
    [["fr", "de"], "fr"],
    [["pt"], "en"],
    [[], "en"],
    [["*"], "en"],
    [[""], "en"],
    [["constructor"], "en"],
    [["__proto__"], "en"],
    [["-"], "en"],
  ] as const)("of %j is %s", (wanted, language) => {
    expect(pickLanguage(DEFAULT_POLICY, wanted)).toBe(language);
  });

  test("prefers a region that the policy speaks to its language", () => {
    const texts = { ...DEFAULT_POLICY.texts, "de-ch": DEFAULT_POLICY.texts["de"] as PolicyTexts };
    expect(pickLanguage({ ...DEFAULT_POLICY, texts }, ["de-CH"])).toBe("de-ch");
    expect(pickLanguage({ ...DEFAULT_POLICY, texts }, ["de-AT"])).toBe("de");
  });
});

describe("a notice", () => {
  test("shows what is offered, with its legal basis, and that only essential is required", () => {
    const shown = noticeOf(policy({ version: 4 }), ["de"], ["essential", "functional", "marketing"], 365);
    expect(shown).toMatchObject({
      policy_version: 4,
      language: "de",
      validity_days: 365,
      refuse_all: "Alle ablehnen",
    });
    expect(shown.purposes.map(({ type, legal_basis, required }) => [type, legal_basis, required])).toEqual([
      ["essential", "contract", true],
      ["functional", "consent", false],
      ["marketing", "consent", false],
    ]);
  });

  test("says the policy's own validity where it has one", () => {
    expect(noticeOf(policy({ content: { validity_days: 180 } }), [], EVERYTHING, 365).validity_days).toBe(
      180,
    );
    expect(validityDays(policy(), 365)).toBe(365);
  });

  test("differs as text as soon as anything that is shown differs", () => {
    const texts = [
      noticeText(noticeOf(policy(), ["en"], EVERYTHING, 365)),
      noticeText(noticeOf(policy(), ["de"], EVERYTHING, 365)),
      noticeText(noticeOf(policy(), ["en"], ["essential"], 365)),
      noticeText(noticeOf(policy(), ["en"], EVERYTHING, 180)),
      noticeText(noticeOf(policy({ version: 2 }), ["en"], EVERYTHING, 365)),
    ];
    expect(new Set(texts).size).toBe(texts.length);
    expect(noticeText(noticeOf(policy(), ["en"], EVERYTHING, 365))).toBe(texts[0] as (typeof texts)[0]);
  });

  test("proves which purposes were shown", () => {
    expect(wasOffered(notice(["essential", "marketing"]), "marketing")).toBe(true);
    expect(wasOffered(notice(["essential", "marketing"]), "analytics")).toBe(false);
  });

  test("cannot be made of a policy without English", () => {
    const { en: _, ...rest } = DEFAULT_POLICY.texts;
    expect(() => noticeOf(policy({ content: { texts: rest } }), ["pt"], EVERYTHING, 365)).toThrow();
  });
});

describe("the policy that is shipped", () => {
  test("speaks six languages and survives being stored", () => {
    expect(Object.keys(DEFAULT_POLICY.texts).toSorted()).toEqual(LANGUAGES);
    expect(policyContent(policy())).toEqual(DEFAULT_POLICY);
  });

  test("asks consent for everything but essential, and leaves the validity to the setting", () => {
    expect(DEFAULT_POLICY.legal_bases).toEqual({
      essential: "contract",
      functional: "consent",
      analytics: "consent",
      marketing: "consent",
    });
    expect(DEFAULT_POLICY.validity_days).toBeNull();
  });

  test.each(LANGUAGES)("in %s says everything, in its own words", (language) => {
    const texts = DEFAULT_POLICY.texts[language];
    if (texts === undefined) return expect.unreachable();
    const { purposes, ...labels } = texts;
    expect(Object.keys(purposes)).toEqual([...CONSENT_TYPES]);
    const all = [...Object.values(labels), ...Object.values(purposes).flatMap((each) => Object.values(each))];
    for (const text of all) {
      expect(text.trim()).toBe(text);
      expect(text.length).toBeGreaterThan(3);
    }
    const english = DEFAULT_POLICY.texts["en"];
    if (language !== "en") {
      expect(texts.body).not.toBe(english?.body as string);
      expect(texts.purposes.essential.description).not.toBe(
        english?.purposes.essential.description as string,
      );
    }
  });

  test.each(LANGUAGES)(
    "in %s makes refusing no longer to read than accepting, and presses for nothing",
    (language) => {
      const { accept_all, refuse_all, body, title } = DEFAULT_POLICY.texts[language] as PolicyTexts;
      expect(Math.abs(accept_all.length - refuse_all.length)).toBeLessThanOrEqual(4);
      expect(accept_all.split(" ")).toHaveLength(refuse_all.split(" ").length);
      expect(`${title} ${body} ${accept_all} ${refuse_all}`).not.toMatch(/[!?]|\p{Extended_Pictographic}/u);
    },
  );
});
