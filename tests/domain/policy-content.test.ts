import { describe, expect, test } from "bun:test";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import {
  POLICY_LANGUAGES_MAX,
  parsePolicyContent,
  type WrittenPolicy,
} from "../../src/domain/consent/policy-content.ts";

type Entry = WrittenPolicy["texts"][number];

const entry = (fields: Partial<Entry> = {}): Entry => {
  const texts = DEFAULT_POLICY.texts["en"];
  if (texts === undefined) throw new Error("there is English");
  return { language: "en", ...texts, ...fields };
};

const written = (fields: Partial<WrittenPolicy> = {}): WrittenPolicy => ({
  validity_days: null,
  legal_bases: DEFAULT_POLICY.legal_bases,
  texts: [entry()],
  ...fields,
});

const problemsOf = (fields: Partial<WrittenPolicy>): readonly string[] => {
  const parsed = parsePolicyContent(written(fields));
  return parsed.ok ? [] : parsed.error.map(({ pointer, reason }) => `${pointer} ${reason}`);
};

const withTexts = (fields: Partial<Entry>): Partial<WrittenPolicy> => ({ texts: [entry(fields)] });

describe("what an admin writes", () => {
  test("becomes the content, trimmed, by lower-case language", () => {
    const parsed = parsePolicyContent(
      written({ validity_days: 182, texts: [entry({ title: "  Hello \n" }), entry({ language: "de-AT" })] }),
    );
    if (!parsed.ok) throw new Error(parsed.error[0].reason);
    expect(Object.keys(parsed.value.texts)).toEqual(["en", "de-at"]);
    expect(parsed.value.texts["en"]?.title).toBe("Hello");
    expect(parsed.value.texts["en"]).not.toHaveProperty("language");
    expect(parsed.value.validity_days).toBe(182);
  });

  test.each([
    ["nothing wrong", {}, []],
    ["the shortest validity", { validity_days: 1 }, []],
    ["the longest validity", { validity_days: 730 }, []],
    ["no validity at all", { validity_days: 0 }, ["/validity_days not-a-validity"]],
    ["a validity that is too long", { validity_days: 731 }, ["/validity_days not-a-validity"]],
    ["half a day", { validity_days: 1.5 }, ["/validity_days not-a-validity"]],
    [
      "essential on consent",
      { legal_bases: { ...DEFAULT_POLICY.legal_bases, essential: "consent" } },
      ["/legal_bases/essential essential-on-consent"],
    ],
    ["no English", withTexts({ language: "de" }), ["/texts english-missing"]],
    ["a region of English only", withTexts({ language: "en-GB" }), ["/texts english-missing"]],
    [
      "a language twice, in another case",
      { texts: [entry(), entry({ language: "EN" })] },
      ["/texts/1/language language-twice"],
    ],
    [
      "no language",
      { texts: [entry(), entry({ language: "english please" })] },
      ["/texts/1/language not-a-language"],
    ],
    [
      "the name of something that every object has",
      { texts: [entry(), entry({ language: "__proto__" })] },
      ["/texts/1/language not-a-language"],
    ],
    ["an empty label", withTexts({ save: " " }), ["/texts/0/save empty"]],
    ["a label as long as it may be", withTexts({ refuse_all: "👋".repeat(60) }), []],
    ["a label that is too long", withTexts({ refuse_all: "x".repeat(61) }), ["/texts/0/refuse_all too-long"]],
    ["a body that is too long", withTexts({ body: "x".repeat(5_001) }), ["/texts/0/body too-long"]],
    ["a NUL", withTexts({ title: "a\0b" }), ["/texts/0/title nul"]],
    ["a lone surrogate", withTexts({ title: "\ud83d" }), ["/texts/0/title lone-surrogate"]],
    ["an escape character", withTexts({ title: "a\u001bb" }), ["/texts/0/title control-character"]],
    [
      "everything that is wrong at once",
      { validity_days: -1, texts: [entry({ choose: "", purposes: emptied() })] },
      [
        "/validity_days not-a-validity",
        "/texts/0/choose empty",
        "/texts/0/purposes/marketing/description empty",
      ],
    ],
  ] as const)("with %s", (_, fields, problems) => {
    expect(problemsOf(fields)).toEqual([...problems]);
  });

  test("speaks so many languages and no more", () => {
    const languages = Array.from(
      { length: POLICY_LANGUAGES_MAX },
      (_, at) => `x${String.fromCharCode(97 + (at % 26))}${"yz"[at < 26 ? 0 : 1]}`,
    );
    const many = languages.map((language) => entry({ language }));
    expect(problemsOf({ texts: [entry(), ...many] })).toEqual(["/texts too-long"]);
    expect(problemsOf({ texts: [entry(), ...many.slice(1)] })).toEqual([]);
  });
});

function emptied(): Entry["purposes"] {
  const { purposes } = entry();
  return { ...purposes, marketing: { ...purposes.marketing, description: "" } };
}
