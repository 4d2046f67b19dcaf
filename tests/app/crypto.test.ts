import { describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { SecretKeys } from "../../src/adapters/crypto/derived-keys.ts";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { makeKeyVault } from "../../src/adapters/crypto/key-vault.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { makeSigner } from "../../src/adapters/crypto/signer.ts";
import { makeTokens } from "../../src/adapters/crypto/tokens.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import type { Sealed } from "../../src/domain/shared/ids.ts";
import type { Instant } from "../../src/domain/shared/instant.ts";
import { SealBroken, type Signer } from "../../src/ports/secrets.ts";
import { fakeClock, stage } from "./stage.ts";

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
  const TODAY = 1_772_452_800_000 as Instant;
  /** A signer of an instance that was started with these secrets, on a store of its own if not told. */
  const signerWith = (secrets: SecretKeys, { readers, unitOfWork } = stage()): Signer => {
    const clock = fakeClock(TODAY);
    return makeSigner(
      makeKeyVault({
        keys: readers.keys,
        unitOfWork,
        sealer: makeSealer(secrets),
        clock,
        ids: makeIdGenerator(clock),
        retention: DEFAULT_RETENTION,
      }),
    );
  };

  test("verifies what was signed, for every payload", async () => {
    const signer = signerWith(before);
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.constantFrom("notice", "subject"),
        async (payload, purpose) => {
          const signed = await signer.sign(purpose, payload);
          expect(signed).toMatch(/^[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{43}$/);
          expect(await signer.verify(purpose, signed)).toBe(payload);
        },
      ),
      { numRuns: 200 },
    );
  });

  test("keeps purposes apart and refuses every change", async () => {
    const signer = signerWith(before);
    const signed = await signer.sign("notice", '{"policy_version":1}');
    expect(await signer.verify("subject", signed)).toBeNull();
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
    expect(await Promise.all(wrong.map((text) => signer.verify("notice", text)))).toEqual(
      wrong.map(() => null),
    );
  });

  test("goes by keys in the store: another instance verifies it, another installation does not", async () => {
    const own = stage();
    const signed = await signerWith(before, own).sign("subject", "s");
    expect(await signerWith(before, own).verify("subject", signed)).toBe("s");
    expect(await signerWith(before, stage()).verify("subject", signed)).toBeNull();
    expect(own.keys().map(({ id }) => id)).toEqual(["signing:subject"]);
  });

  test("outlives the secret key it was made under, whose only trace is how its own key is wrapped", async () => {
    const store = stage();
    const signed = await signerWith(before, store).sign("subject", "s");
    expect(await signerWith(rotated, store).verify("subject", signed)).toBe("s");
    for (const row of store.keys()) {
      const context = `keys:${row.id}`;
      const wrapped = makeSealer(rotated).seal(makeSealer(rotated).open(row.wrapped, context), context);
      store.putKey({ ...row, wrapped });
    }
    expect(await signerWith(later, store).verify("subject", signed)).toBe("s");
    await expect(signerWith(before, store).verify("subject", signed)).rejects.toBeInstanceOf(SealBroken);
  });

  test("conceals so that only the same installation reveals it, and the text shows nothing", async () => {
    const own = stage();
    const signer = signerWith(before, own);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (payload) => {
        const concealed = await signer.conceal("unsubscribe", payload);
        expect(concealed).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(await signer.reveal("unsubscribe", concealed)).toBe(payload);
        expect(await signer.conceal("unsubscribe", payload)).not.toBe(concealed);
      }),
      { numRuns: 100 },
    );
    const payload = "8f3c2f1e-0000-4000-8000-000000000001";
    const concealed = await signer.conceal("unsubscribe", payload);
    expect(Buffer.from(concealed, "base64url").toString("latin1")).not.toContain(payload.slice(0, 8));
    expect(await signerWith(rotated, own).reveal("unsubscribe", concealed)).toBe(payload);
    expect(await signerWith(before, stage()).reveal("unsubscribe", concealed)).toBeNull();
    const wrong = [...spoiled(concealed), "", "x", "A".repeat(37), `${concealed}=`, `x${concealed}`];
    expect(await Promise.all(wrong.map((text) => signer.reveal("unsubscribe", text)))).toEqual(
      wrong.map(() => null),
    );
  });

  test("digest is SHA-256 in lower-case hexadecimal", () => {
    expect(signerWith(before).digest("abc")).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });
});
