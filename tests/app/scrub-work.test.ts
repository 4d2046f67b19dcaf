import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { scrub } from "../../src/adapters/pino/scrub.ts";
import { countSteps } from "./scrub-steps.ts";

/** Beginnings, middles and ends of everything that is looked for, none of which may be dear to repeat. */
const FRAGMENTS = [
  "a",
  "Z",
  "1",
  "12",
  "0",
  "f",
  " ",
  "-",
  ".",
  ":",
  "::",
  "@",
  "%40",
  "%2540",
  "%3A",
  "+",
  "(",
  ")",
  "[",
  "]",
  "/",
  "//",
  '"',
  "'",
  "\\",
  '\\"',
  "\n",
  "=",
  "_",
  "é",
  "＠",
  "joe@",
  "@x.",
  "joe@x",
  "://",
  "://a:",
  "://a:b@",
  "http://",
  "1.2.3.",
  "1.2.3.4",
  "fe80:",
  "0:",
  "aa:",
  "12:30:",
  "2026-01-",
  "2026-01-31T",
  "+49 ",
  "+49-",
  "0170 ",
  "(0",
  "01 ",
  "1 ",
  "123 ",
  "DE89 ",
  "AB12",
  "de89-",
  "4111 ",
  "4111-",
  "eyJ",
  "eyJ.",
  "eyJhbGciOi.",
  "Bearer ",
  "bearer bearer ",
  "authorization:",
  "authorization: a ",
  "cookie: a=",
  '"cookie":"a=',
  "cookie=",
  "password=",
  'password="',
  "password='",
  "secret:",
  "sid=",
  "session=a ",
  "auth=auth=",
  "__Host-",
  "gns_",
  "ghp_",
  "sk-",
  "xoxb-",
  "SG.",
  "AKIA",
  "whsec_",
  "github_pat_",
  "-----BEGIN ",
  "-----BEGIN RSA PRIVATE KEY-----",
  "-----END ",
  "tel ",
  "tel: 1",
  "phone.",
  "version ",
  "v1.2",
  "x@y.z-",
  "a@b@",
  "%20",
  "\\n",
  "550e8400-e29b-",
  "mail=",
  "a@....",
  "a@-.-",
  ")))",
  "...",
  "a.b.c.",
  "::ffff:",
  "[::",
  "fe80::1%",
] as const;

const LENGTH = 240;
const filled = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);

/** Steps a character, at most: a run of groups of digits costs the most, because each may begin a number. */
const MOST = 2_500;

const stepsPerCharacter = (text: string): number => countSteps(() => void scrub(text)) / text.length;

describe("the work of cleaning a text", () => {
  test.each([...FRAGMENTS])("grows with its length only, full of %j", (fragment) => {
    const short = stepsPerCharacter(filled(fragment, LENGTH));
    const long = stepsPerCharacter(filled(fragment, 3 * LENGTH));
    expect(long).toBeLessThan(MOST);
    // Work in the square of the length would treble this.
    expect(long).toBeLessThan(short * 1.3 + 20);
  });

  test("grows with its length only, whatever hostile pieces it is made of", () => {
    const piece = fc
      .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(piece, piece, (unit, tail) => {
        const short = stepsPerCharacter(filled(unit, LENGTH) + tail);
        const long = stepsPerCharacter(filled(unit, 3 * LENGTH) + tail);
        expect(long).toBeLessThan(MOST);
        expect(long).toBeLessThan(short * 1.3 + 20);
      }),
      { numRuns: 20, seed: 3 },
    );
  });

  test("is counted by an interpreter that finds what the engine finds, and would notice a square", () => {
    const square = /[a-z]+!/g;
    const steps = (length: number): number => countSteps(() => void square.exec("a".repeat(length)));
    square.lastIndex = 0;
    const short = steps(200);
    square.lastIndex = 0;
    expect(steps(600)).toBeGreaterThan(short * 6);
  });
});
