import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { makeTokens } from "../../src/adapters/crypto/tokens.ts";
import { PLAIN } from "../../src/adapters/pino/patterns.ts";
import { scrub } from "../../src/adapters/pino/scrub.ts";
import { LOOK_ALIKES } from "./scrub-look-alikes.ts";

/** What is written, and what may stand in a log instead. */
const REPLACED: readonly (readonly [text: string, clean: string])[] = [
  ["mail to joe.o'neil+news@example.org failed", "mail to [email] failed"],
  ["joe@example.org.", "[email]."],
  ["<joe@example.org>", "<[email]>"],
  ["mailto:joe@example.org?subject=x", "mailto:[email]?subject=x"],
  ["email=joe@example.org&page=2", "email=[email]&page=2"],
  ["https://example.org/u?mail=joe%40example.org&x=1", "https://example.org/u?mail=[email]&x=1"],
  ["joe%2540example.org", "[email]"],
  ["мария@почта.рф", "[email]"],
  ['"joe doe"@example.org', "[email]"],
  ["joe@[192.0.2.1]", "[email]"],
  ["root@localhost", "[email]"],
  ["a@b@c.com", "a@[email]"],
  ["joe@2x.example.org", "[email]"],

  ["10.0.0.1", "[ip]"],
  ["10.0.0.1:8080", "[ip]:8080"],
  ["10.0.0.1-10.0.0.9", "[ip]-[ip]"],
  ["10.0.0.1.443", "[ip].443"],
  ["localhost/127.0.0.1", "localhost/[ip]"],
  ["x%2010.0.0.1", "x%20[ip]"],
  ["line\\n10.0.0.1", "line\\n[ip]"],
  ["2001:db8::1", "[ip]"],
  ["[2001:db8::1]:443", "[ip]:443"],
  ["fe80::1%eth0", "[ip]"],
  ["http://[fe80::1%25eth0]/", "http://[ip]/"],
  ["::ffff:192.0.2.1", "[ip]"],
  ["0:0:0:0:0:ffff:192.0.2.1", "[ip]"],
  ["peer:2001:db8::1.", "peer:[ip]."],
  ["2001:0db8:0000:0000:0000:0000:0000:0001:443", "[ip]"],

  ["+49 (0)30 1234567", "[phone]"],
  ["+44 20 7946 0018", "[phone]"],
  ["tel:+33123456789", "tel:[phone]"],
  ["00420 601 123 456", "[phone]"],
  ["01 23 45 67 89", "[phone]"],
  ["(0331) 1234567 today", "[phone] today"],
  ["(555) 123-4567", "[phone]"],
  ["mobile: 612345678", "mobile: [phone]"],
  ['{"phone":"612345678"}', '{"phone":"[phone]"}'],
  ["%2B49301234567", "[phone]"],

  ["DE89 3704 0044 0532 0130 00 and more", "[iban] and more"],
  ["de89370400440532013000", "[iban]"],
  ["GB82-WEST-1234-5698-7654-32", "[iban]"],
  ["AB12 DE89370400440532013000", "AB12 [iban]"],
  ["FR76 30006 00001 12345678901 89", "[iban]"],

  ["4111 1111 1111 1111", "[card]"],
  ["status 200 4111-1111-1111-1111", "status 200 [card]"],
  ["pan=378282246310005,", "pan=[card],"],

  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "[jwt]"],
  ["eyewitness.eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyewitness.[jwt]"],
  ["Bearer abcdefgh12345678", "Bearer [token]"],
  ["Authorization: Bearer abc", "Authorization: Bearer [token]"],
  ['"authorization":"Basic am9lOnB3"', '"authorization":"Basic [token]"'],
  ['Authorization: Digest username="joe", response="6629fae4"', "Authorization: Digest [token]"],
  ["Authorization: Custom-v1 abcdef123456 from", "Authorization: [token] from"],
  ["authorization=abcdef123456", "authorization=[token]"],
  [
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260131, Signature=5d67",
    "Authorization: AWS4-HMAC-SHA256 [token]",
  ],
  ["api_key=k", "api_key=[secret]"],
  ["xoxb-123456789012-abcdefGHIJKL", "[token]"],
  ["AKIAIOSFODNN7EXAMPLE", "[token]"],
  ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "[token]"],

  ["postgres://joe:p@ss/w0rd@db:5432/x", "postgres://[credentials]@db:5432/x"],
  ["redis://:pw@cache", "redis://[credentials]@cache"],
  ["https://joe@example.org/", "https://[credentials]@example.org/"],
  ["SMTP_PASSWORD=hunter2", "SMTP_PASSWORD=[secret]"],
  ['{"password":"hun ter2","x":1}', '{"password":"[secret]","x":1}'],
  ['{\\"password\\":\\"hun ter2\\"}', '{\\"password\\":\\"[secret]\\"}'],

  ["Cookie: sid=abc; theme=dark\nHost: x", "Cookie: [cookie]\nHost: x"],
  ["Set-Cookie: __Host-s=1; Path=/", "Set-Cookie: [cookie]"],
  ['{"cookie":"a=b; c=d","x":1}', '{"cookie":"[cookie]","x":1}'],
  ["JSESSIONID=1A530637289A03B07199A44E8D531427", "JSESSIONID=[cookie]"],

  [
    "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIA==\n-----END EC PRIVATE KEY-----",
    "[private key]-----END EC PRIVATE KEY-----",
  ],
];

describe("free text", () => {
  test.each(REPLACED)("%j is cleaned", (text, clean) => {
    expect(scrub(text)).toBe(clean);
    expect(scrub(clean)).toBe(clean);
  });

  test("of every kind that this service issues tokens of is cleaned", () => {
    const tokens = makeTokens();
    for (const kind of ["gns", "gnk", "gne", "gnl"] as const) {
      for (let count = 0; count < 500; count += 1) {
        expect(scrub(`with ${tokens.issue(kind).token}.`)).toMatch(/^with \[token\]\.?$/);
      }
    }
  });

  test("that only looks alike stays", () => {
    expect(new Set(LOOK_ALIKES).size).toBeGreaterThanOrEqual(120);
    const places: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => `(${text})`,
      (text) => `"${text}", done`,
      (text) => `refused ${text} in the end`,
      (text) => JSON.stringify({ value: text, count: 1 }),
      (text) => `first\n${text}\nlast`,
    ];
    const touched = LOOK_ALIKES.flatMap((text) => places.map((place) => place(text))).filter(
      (text) => scrub(text) !== text,
    );
    expect(touched).toEqual([]);
  });

  test("of random ids, hashes, times and counters stays", () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
    const harmless = fc.oneof(
      fc.uuid(),
      hex(32).filter((text) => /[a-f]/.test(text)),
      hex(40),
      hex(64),
      hex(128),
      fc
        .date({ noInvalidDate: true })
        .filter((date) => date.getUTCFullYear() >= 1900 && date.getUTCFullYear() < 2100)
        .map((date) => date.toISOString()),
      fc.integer({ min: 1_000_000_000_000, max: 1_999_999_999_999 }).map(String),
      fc.nat(1_999_999_999).map(String),
      fc.tuple(fc.nat(99), fc.nat(999), fc.nat(9999)).map((parts) => parts.join(".")),
      fc.double({ min: 0, max: 100_000, noNaN: true }).map((value) => value.toFixed(2)),
    );
    fc.assert(
      fc.property(harmless, (text) => {
        expect(scrub(text)).toBe(text);
        expect(scrub(`took ${text}, then`)).toBe(`took ${text}, then`);
      }),
      { numRuns: 5_000, seed: 7 },
    );
  });

  test("that is plain enough to be passed through at once would come through the long way too", () => {
    const plain = fc.stringMatching(PLAIN);
    fc.assert(
      fc.property(plain, (text) => {
        // A blank at the end sends it the long way.
        expect(scrub(`${text} `)).toBe(`${text} `);
      }),
      { numRuns: 3_000, seed: 7 },
    );
  });
});
