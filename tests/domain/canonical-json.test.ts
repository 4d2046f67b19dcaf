import { describe, expect, test } from "bun:test";
import { canonicalJson, type Json } from "../../src/domain/shared/canonical-json.ts";

describe("canonical JSON (RFC 8785)", () => {
  test("of the sample of section 3.2.2", () => {
    const sample = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(sample)).toBe(
      `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA'B\\"\\\\\\\\\\"/"}` as never,
    );
  });

  test("sorts by UTF-16 units, as in the sample of section 3.2.3", () => {
    const sample = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    const text: string = canonicalJson(sample);
    expect([...text.matchAll(/:"([^"]+)"/g)].map(([, value]) => value)).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
  });

  test.each([
    [0, "0"],
    [-0, "0"],
    [Number.MIN_VALUE, "5e-324"],
    [-Number.MIN_VALUE, "-5e-324"],
    [Number.MAX_VALUE, "1.7976931348623157e+308"],
    [9007199254740992, "9007199254740992"],
    [295147905179352830000, "295147905179352830000"],
    [9.999999999999997e22, "9.999999999999997e+22"],
    [1e23, "1e+23"],
    [1.0000000000000001e23, "1.0000000000000001e+23"],
    [999999999999999700000, "999999999999999700000"],
    [1e21, "1e+21"],
    [9.999999999999997e-7, "9.999999999999997e-7"],
    [0.000001, "0.000001"],
    [333333333.3333332, "333333333.3333332"],
    [-0.0000033333333333333333, "-0.0000033333333333333333"],
  ])("writes %p as %s (appendix B)", (number, text) => {
    expect(canonicalJson(number)).toBe(text as never);
  });

  test.each([
    [null, "null"],
    [true, "true"],
    ["", '""'],
    ["\u2028\u2029\u007f", '"\u2028\u2029\u007f"'],
    ["\b\t\n\f\r\u0000", '"\\b\\t\\n\\f\\r\\u0000"'],
    [[], "[]"],
    [{}, "{}"],
    [[[], {}], "[[],{}]"],
    [{ b: 1, a: { d: 2, c: 3 } }, '{"a":{"c":3,"d":2},"b":1}'],
    [{ aa: 1, a: 2, A: 3, "": 4, "10": 5, "9": 6 }, '{"":4,"10":5,"9":6,"A":3,"a":2,"aa":1}'],
  ] as readonly (readonly [Json, string])[])("writes %j as %s", (value, text) => {
    expect(canonicalJson(value)).toBe(text as never);
  });

  test("leaves out what is not there", () => {
    expect(canonicalJson({ a: undefined, b: 1 } as unknown as Json)).toBe('{"b":1}' as never);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("cannot write %p", (number) => {
    expect(() => canonicalJson(number)).toThrow(TypeError);
    expect(() => canonicalJson({ a: [number] })).toThrow(TypeError);
  });
});
