import { describe, expect, test } from "bun:test";
import { parseEmail } from "../../src/domain/shared/email.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import { isUuid, parseId } from "../../src/domain/shared/ids.ts";
import {
  DAY,
  earliest,
  HOUR,
  type Instant,
  MINUTE,
  parseInstant,
  plus,
  plusDays,
  SECOND,
} from "../../src/domain/shared/instant.ts";
import { err, ok } from "../../src/domain/shared/result.ts";
import { codePoints, parseText, storableText, type TextRefusal } from "../../src/domain/shared/text.ts";
import { days, T0 } from "./given.ts";

describe("text", () => {
  test.each([
    ["abc", 3],
    ["", 0],
    ["äöü", 3],
    ["😀", 1],
    ["👨‍👩‍👧", 5],
    ["e\u0301", 2],
  ] as const)("%j has %p code points", (text, count) => {
    expect(codePoints(text)).toBe(count);
  });

  test.each([
    ["abc", null],
    ["😀", null],
    ["a\u0001", null],
    ["a\0b", "nul"],
    ["\ud800", "lone-surrogate"],
    ["a\udc00", "lone-surrogate"],
    ["\udc00\ud800", "lone-surrogate"],
    ["\ud83d\ude00\ud83d", "lone-surrogate"],
  ] as const)("%j can be stored in both databases: refused as %p", (text, refusal) => {
    expect(storableText(text)).toBe(refusal);
  });

  test.each([
    ["abc", 3, ok("abc")],
    ["  abc\n", 3, ok("abc")],
    ["a\tb\r\nc", 10, ok("a\tb\r\nc")],
    ["😀😀😀", 3, ok("😀😀😀")],
    ["abcd", 3, err("too-long")],
    ["😀😀😀😀", 3, err("too-long")],
    ["", 3, err("empty")],
    [" \n\t ", 3, err("empty")],
    ["a\0", 3, err("nul")],
    ["\ud800", 3, err("lone-surrogate")],
    ["a\u0007", 3, err("control-character")],
    ["a\u001bb", 3, err("control-character")],
    ["a\u007f", 3, err("control-character")],
    [" ".repeat(100_000), 3, err("too-long")],
  ] as readonly (readonly [
    string,
    number,
    { ok: true; value: string } | { ok: false; error: TextRefusal },
  ])[])("%j within %p", (text, max, expected) => {
    expect(parseText(text, max)).toEqual(expected);
  });
});

describe("an e-mail address", () => {
  test.each([
    ["ada@example.org", "ada@example.org"],
    ["  Ada@Example.ORG ", "ada@example.org"],
    ["ada+news@example.co.uk", "ada+news@example.co.uk"],
    ["a.d.a@x.y", "a.d.a@x.y"],
    ["o'hara_{1}@example.org", "o'hara_{1}@example.org"],
    ["jörg@müller.example", "jörg@müller.example"],
    ["jo\u0308rg@example.org", "jörg@example.org"],
    [`${"a".repeat(64)}@example.org`, `${"a".repeat(64)}@example.org`],
    [`a@${"b".repeat(63)}.example`, `a@${"b".repeat(63)}.example`],
  ])("%j is %j", (text, address) => {
    expect(parseEmail(text)).toBe(address as never);
  });

  test.each([
    "",
    "ada",
    "@example.org",
    "ada@",
    "ada@localhost",
    "ada@@example.org",
    "ada@example..org",
    "ada@-example.org",
    "ada@example-.org",
    ".ada@example.org",
    "ada.@example.org",
    "a..da@example.org",
    "ada@example.org.",
    "a da@example.org",
    "ada@exam ple.org",
    "ada@example.org\nbcc: eve@example.org",
    "ada@example.org,eve@example.org",
    "Ada <ada@example.org>",
    '"ada"@example.org',
    "ada@[127.0.0.1]",
    "ada\0@example.org",
    "ada@example_.org",
    `${"a".repeat(65)}@example.org`,
    `a@${"b".repeat(64)}.example`,
    `a@${"b.".repeat(130)}example`,
  ])("%j is none", (text) => {
    expect(parseEmail(text)).toBeNull();
  });
});

describe("an id", () => {
  test.each([
    ["019a204b-42f2-72b2-ae1b-c940659ca799", true],
    ["00000000-0000-4000-8000-000000000000", true],
    ["019A204B-42F2-72B2-AE1B-C940659CA799", false],
    ["019a204b42f272b2ae1bc940659ca799", false],
    ["{019a204b-42f2-72b2-ae1b-c940659ca799}", false],
    ["019a204b-42f2-02b2-ae1b-c940659ca799", false],
    ["019a204b-42f2-92b2-ae1b-c940659ca799", false],
    ["019a204b-42f2-72b2-ce1b-c940659ca799", false],
    ["00000000-0000-0000-0000-000000000000", false],
    ["019a204b-42f2-72b2-ae1b-c940659ca799\n", false],
    ["", false],
  ])("%j is one: %p", (text, expected) => {
    expect(isUuid(text)).toBe(expected);
    expect(parseId(text)).toBe((expected ? text : null) as never);
  });
});

describe("an instant", () => {
  test.each([
    [0, true],
    [-62_135_596_800_000, true],
    [-62_135_596_800_001, false],
    [253_402_300_799_999, true],
    [253_402_300_800_000, false],
    [0.5, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ])("%p is one: %p", (milliseconds, expected) => {
    expect(parseInstant(milliseconds)).toBe((expected ? milliseconds : null) as never);
  });

  test("reaches from the year 1 to the year 9999, as RFC 3339 writes them", () => {
    expect([SECOND, MINUTE, HOUR, DAY]).toEqual([1_000, 60_000, 3_600_000, 86_400_000]);
    expect(plus(T0, 5)).toBe((T0 + 5) as Instant);
    expect(plusDays(T0, -1)).toBe((T0 - 86_400_000) as Instant);
  });

  test("that comes first wins; never loses", () => {
    expect(earliest(T0, days(1))).toBe(T0);
    expect(earliest(days(1), T0)).toBe(T0);
    expect(earliest(null, T0)).toBe(T0);
    expect(earliest(T0, null)).toBe(T0);
    expect(earliest(null, null)).toBeNull();
  });
});

test("a new personal record has the specification's base fields and defaults", () => {
  expect(newGdprRecord("x", T0, null)).toEqual({
    id: "x",
    created_at: T0,
    updated_at: T0,
    version: 1,
    consent_given: false,
    consent_timestamp: null,
    retention_until: null,
    anonymized: false,
  });
});
