import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { canonicalAddress } from "../../src/adapters/crypto/canonical-address.ts";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { makeSigner } from "../../src/adapters/crypto/signer.ts";
import { systemClock } from "../../src/adapters/crypto/system-clock.ts";
import { makeTokens } from "../../src/adapters/crypto/tokens.ts";
import { type AuditEntryId, isUuid, type Sealed } from "../../src/domain/shared/ids.ts";
import { type Instant, parseInstant } from "../../src/domain/shared/instant.ts";
import { SealBroken } from "../../src/ports/secrets.ts";
import { fakeClock } from "./fakes.ts";

const OLD = "the secret key of last year, 32 bytes and more";
const NEW = "the secret key of this year, 32 bytes and more";
const before = { current: OLD, previous: null };
const rotated = { current: NEW, previous: OLD };
const later = { current: NEW, previous: null };

/** Every text that differs from `text` in one character, for some positions of it. */
const spoiled = (text: string): readonly string[] =>
  [0, 3, 5, Math.floor(text.length / 2), text.length - 2, text.length - 1].map(
    (at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1),
  );

describe("tokens", () => {
  const tokens = makeTokens();

  test("are 256 random bits in base64url behind the prefix of their kind", () => {
    for (const kind of ["gns", "gnk", "gne", "gnl"] as const) {
      const { token, hash } = tokens.issue(kind);
      expect(token).toMatch(new RegExp(`^${kind}_[A-Za-z0-9_-]{43}$`));
      expect(Buffer.from(token.slice(4), "base64url")).toHaveLength(32);
      expect(hash).toBe(createHash("sha256").update(token).digest("hex") as typeof hash);
      expect(tokens.hash(kind, token)).toBe(hash);
    }
    expect(new Set(Array.from({ length: 1000 }, () => tokens.issue("gns").token)).size).toBe(1000);
  });

  test("are known by their kind only, and nothing else is one", () => {
    const { token } = tokens.issue("gns");
    expect(tokens.hash("gnk", token)).toBeNull();
    const body = token.slice(4);
    const wrong = [
      "",
      "gns_",
      body,
      `gns_${body}x`,
      `gns_${body.slice(1)}`,
      ` ${token}`,
      `${token}\n`,
      `GNS_${body}`,
    ];
    expect(wrong.map((text) => tokens.hash("gns", text))).toEqual(wrong.map(() => null));
  });

  test("have one spelling: the spare bits of the last character are zero", () => {
    const zero = `gns_${"A".repeat(43)}`;
    expect(tokens.hash("gns", zero)).not.toBeNull();
    expect(tokens.hash("gns", `gns_${"A".repeat(42)}B`)).toBeNull();
  });
});

describe("sealing", () => {
  test("opens what was sealed, for every text and context", () => {
    const sealer = makeSealer(before);
    const text = fc.string({ unit: "grapheme", maxLength: 200 });
    fc.assert(
      fc.property(text, text, (plaintext, context) => {
        const sealed = sealer.seal(plaintext, context);
        expect(sealed).toMatch(/^v1\.[0-9a-f]{16}\.[A-Za-z0-9_-]+$/);
        expect(sealer.open(sealed, context)).toBe(plaintext);
      }),
      { numRuns: 200 },
    );
  });

  test("never gives the same ciphertext twice, and never shows the text", () => {
    const sealer = makeSealer(before);
    const a = sealer.seal("ada@example.org", "identities:email:1");
    expect(sealer.seal("ada@example.org", "identities:email:1")).not.toBe(a);
    expect(Buffer.from(a.split(".")[2] ?? "", "base64url").includes("ada@")).toBe(false);
  });

  test("refuses another context and every changed text", () => {
    const sealer = makeSealer(before);
    const sealed = sealer.seal("ada@example.org", "identities:email:1");
    expect(() => sealer.open(sealed, "identities:email:2")).toThrow(SealBroken);
    const broken = [
      ...spoiled(sealed),
      "",
      "v1",
      "v1.0000000000000000.",
      `${sealed}=`,
      `${sealed}AAAA`,
      sealed.slice(0, 30),
    ];
    for (const text of broken) {
      expect(() => sealer.open(text as Sealed, "identities:email:1")).toThrow(SealBroken);
    }
  });

  test("after a rotation opens what the previous key sealed and seals with the new one", () => {
    const old = makeSealer(before).seal("x", "c");
    const both = makeSealer(rotated);
    expect(both.open(old, "c")).toBe("x");
    const fresh = both.seal("x", "c");
    expect(makeSealer(later).open(fresh, "c")).toBe("x");
    expect(fresh.split(".")[1]).not.toBe(old.split(".")[1]);
    expect(() => makeSealer(later).open(old, "c")).toThrow(SealBroken);
    expect(() => makeSealer(before).open(fresh, "c")).toThrow(SealBroken);
  });

  test("says nothing of what it could not open", () => {
    const sealed = makeSealer(before).seal("ada@example.org", "c");
    try {
      makeSealer(later).open(sealed, "c");
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(SealBroken);
      expect(String(error)).not.toContain("ada");
      expect((error as Error).cause).toBeUndefined();
    }
  });

  test("wants 32 bytes of secret, whatever characters they are", () => {
    expect(() => makeSealer({ current: "k".repeat(31), previous: null })).toThrow(RangeError);
    expect(() => makeSealer({ current: NEW, previous: "short" })).toThrow(RangeError);
    expect(makeSealer({ current: "ü".repeat(16), previous: null }).seal("x", "c")).toStartWith("v1.");
  });
});

describe("signing", () => {
  test("verifies what was signed, for every payload", () => {
    const signer = makeSigner(before);
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.constantFrom("notice", "subject"),
        (payload, purpose) => {
          const signed = signer.sign(purpose, payload);
          expect(signed).toMatch(/^[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{43}$/);
          expect(signer.verify(purpose, signed)).toBe(payload);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("keeps purposes apart and refuses every change", () => {
    const signer = makeSigner(before);
    const signed = signer.sign("notice", '{"policy_version":1}');
    expect(signer.verify("subject", signed)).toBeNull();
    const wrong = [
      ...spoiled(signed),
      "",
      ".",
      "a.b",
      `${signed}.`,
      `${signed}=`,
      `x${signed}`,
      signed.replace(".", ""),
    ];
    expect(wrong.map((text) => signer.verify("notice", text))).toEqual(wrong.map(() => null));
  });

  test("takes the previous key's signature during a rotation and no longer", () => {
    const old = makeSigner(before).sign("subject", "s");
    expect(makeSigner(rotated).verify("subject", old)).toBe("s");
    expect(makeSigner(later).verify("subject", old)).toBeNull();
    expect(makeSigner(later).verify("subject", makeSigner(rotated).sign("subject", "s"))).toBe("s");
  });

  test("digest is SHA-256 in lower-case hexadecimal", () => {
    expect(makeSigner(before).digest("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});

describe("ids", () => {
  const START = 1_763_800_000_000;
  const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

  test("sort in the order in which they were made, within one millisecond and through an overflow of the counter", () => {
    const ids = makeIdGenerator(fakeClock(START));
    const made = Array.from({ length: 20_000 }, () => ids.next<AuditEntryId>());
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
    expect(made.every(isUuid)).toBe(true);
    expect(made.every((id) => id[14] === "7")).toBe(true);
    expect(timeOf(made[0] ?? "")).toBe(START);
  });

  test("sort on when the clock is set back, and follow it when it is ahead again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: START - 50, max: START + 50 }), { maxLength: 100 }),
        (moments) => {
          const clock = fakeClock(START);
          const ids = makeIdGenerator(clock);
          const made = moments.map((moment) => {
            clock.set(moment);
            return ids.next<AuditEntryId>();
          });
          expect(made.toSorted()).toEqual(made);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("of another moment carry it and leave the order of the others alone", () => {
    const ids = makeIdGenerator(fakeClock(START));
    const first = ids.next<AuditEntryId>();
    const imported = ids.at<AuditEntryId>(1_000 as Instant);
    const second = ids.next<AuditEntryId>();
    expect(timeOf(imported)).toBe(1_000);
    expect(isUuid(imported)).toBe(true);
    expect(imported < first && first < second).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, () => ids.at<AuditEntryId>(1_000 as Instant))).size).toBe(
      1000,
    );
  });

  test("take 1970 for moments before it, and reach the year 9999", () => {
    const ids = makeIdGenerator(fakeClock(START));
    expect(timeOf(ids.at<AuditEntryId>(-1 as Instant))).toBe(0);
    const last = parseInstant(253_402_300_799_999);
    if (last === null) return expect.unreachable();
    expect(timeOf(ids.at<AuditEntryId>(last))).toBe(last);
  });

  test("of subjects are random and tell no time", () => {
    const ids = makeIdGenerator(fakeClock(START));
    const subjects = Array.from({ length: 1000 }, () => ids.subject());
    expect(subjects.every((id) => isUuid(id) && id[14] === "4")).toBe(true);
    expect(new Set(subjects).size).toBe(1000);
  });

  test("the system's clock is a valid instant", () => {
    expect(parseInstant(systemClock.now())).not.toBeNull();
  });
});

describe("an address in one spelling", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    [" 203.0.113.7 ", "203.0.113.7"],
    ["203.0.113.7:51234", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:CB00:7107", "203.0.113.7"],
    ["[::ffff:203.0.113.7]:443", "203.0.113.7"],
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
    ["2001:DB8::1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1]:8080", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]:80", "fe80::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["::1", "::1"],
    ["::", "::"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  test.each([
    "",
    "localhost",
    "127.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "2130706433",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    ":::",
    "2001:db8::g",
    "unknown",
    "1.2.3.4, 5.6.7.8",
  ])("%s is none", (text) => {
    expect(canonicalAddress(text)).toBeNull();
  });

  test("is the same when taken again", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const canonical = canonicalAddress(address);
        expect(canonical).not.toBeNull();
        expect(canonicalAddress(canonical ?? "")).toBe(canonical);
      }),
      { numRuns: 300 },
    );
  });
});
