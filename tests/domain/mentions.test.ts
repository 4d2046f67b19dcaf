import { describe, expect, test } from "bun:test";
import {
  distinctiveNeedles,
  needlesNearHer,
  type PersonalValues,
  speaksOf,
  withoutMentions,
} from "../../src/domain/anonymization/mentions.ts";
import { excerptsOf, passagesOf, withoutQuotations } from "../../src/domain/anonymization/quotations.ts";

const values = (over: Partial<PersonalValues> = {}): PersonalValues => ({
  names: ["Quendolina Zwiebelfisch"],
  addresses: ["quendolina.zwiebelfisch@vogelpost.example"],
  externalIds: ["platform-4711-zw"],
  ...over,
});

describe("a name in other people's words", () => {
  const needles = distinctiveNeedles(values());
  test.each([
    ["<p>Well said, Quendolina Zwiebelfisch!</p>", "<p>Well said, […]!</p>"],
    ["QUENDOLINA   zwiebelfisch", "[…]"],
    ["Quéndolinà Zwiebelfis\u0301ch", "[…]"],
    ["@Quendolina_Zwiebelfisch: ja", "@[…]: ja"],
    ["Quendolina Zwiebelfischs Vogel", "[…] Vogel"],
    ["Quendolina Zwiebelfisch's bird", "[…]'s bird"],
    ["Quen\u00addolina\u00a0Zwiebelfisch", "[…]"],
    ["Quendolina&amp;Zwiebelfisch", "[…]"],
    ["<strong>Quendolina</strong> <em>Zwiebel</em>fisch", "<strong>[…]</strong><em></em>"],
    ["write to quendolina.zwiebelfisch@vogelpost.example.", "write to […]."],
    ["she is platform-4711-zw there", "she is […] there"],
    [
      '<a href="https://x.example/u/quendolina%20zwiebelfisch">her page</a>, <a href="https://y.example/">it</a>',
      'her page, <a href="https://y.example/">it</a>',
    ],
    [
      '<a href="https://y.example/" title="of Quendolina Zwiebelfisch">it</a>',
      '<a href="https://y.example/">it</a>',
    ],
  ])("goes: %s", (html, expected) => {
    const after = withoutMentions(html, needles);
    expect(after).toBe(expected);
    expect(speaksOf(after, needles)).toBe(false);
  });

  test.each([
    ["Zwiebelfisch alone is a printer's word"],
    ["Anquendolina Zwiebelfischer"],
    ["Quendolina went. After a while a Zwiebelfisch came"],
    ["<p>nobody</p>"],
    [""],
  ])("stays, as it is somebody or something else: %s", (html) => {
    expect(withoutMentions(html, needles)).toBe(html);
  });

  test("is known by its parts where people answer her", () => {
    expect(withoutMentions("<p>Liebe Quendolina, ja</p>", needlesNearHer(values()))).toBe(
      "<p>Liebe […], ja</p>",
    );
  });

  test("of one word leads to nobody by itself, one with a number does", () => {
    expect(distinctiveNeedles(values({ names: ["Anna"], addresses: [], externalIds: ["u"] }))).toEqual([]);
    expect(distinctiveNeedles(values({ names: ["anna1987"], addresses: [], externalIds: [] }))).toEqual([
      ["anna1987"],
    ]);
  });

  test("is found in scripts without spaces", () => {
    const han = distinctiveNeedles(values({ names: ["山田花子太郎丸"], addresses: [], externalIds: [] }));
    expect(withoutMentions("<p>昨日山田花子太郎丸さんと</p>", han)).toBe("<p>昨日[…]さんと</p>");
  });
});

describe("a quotation of a text that goes", () => {
  const text = "<p>Mein Kanarienvogel heisst Hansi und singt am Morgen.</p>";
  test.each([
    ["<p>&gt; Mein Kanarienvogel heißt Hansi und singt</p><p>Schön!</p>", "<p>&gt; […]</p><p>Schön!</p>"],
    ["<p>Dass er <em>Hansi und singt am Morgen</em>, gut</p>", "<p>Dass er <em>[…]</em>, gut</p>"],
    ["<p>heisst Hansi und singt am?</p>", "<p>[…]?</p>"],
    ["<p>Mein Kanarienvogel auch</p>", "<p>Mein Kanarienvogel auch</p>"],
  ])("goes, a turn of the language stays: %s", (html, expected) => {
    expect(withoutQuotations(html, passagesOf(text))).toBe(expected);
  });

  test("of few words is known as a whole or not at all", () => {
    expect(withoutQuotations("<p>Kanarienvogel Hansi? Ja</p>", passagesOf("Kanarienvogel Hansi!"))).toBe(
      "<p>[…]? Ja</p>",
    );
    expect(passagesOf("<p>Ja!</p>").size).toBe(0);
  });

  test("can be looked for by passages from its beginning, middle and end", () => {
    expect(excerptsOf(text)).toEqual([
      "mein kanarienvogel heisst hansi und",
      "heisst hansi und singt am",
      "hansi und singt am morgen",
    ]);
    expect(excerptsOf("<p>Ja!</p>")).toEqual([]);
  });
});
