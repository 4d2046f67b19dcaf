import { describe, expect, test } from "bun:test";
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, decodeProtectedHeader } from "jose";
import { makeDocumentKeys } from "../../src/adapters/crypto/document-keys.ts";
import { makeDocumentSigner } from "../../src/adapters/crypto/document-signer.ts";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import type { KeyVaultDeps } from "../../src/adapters/crypto/key-vault.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { destroyExpiredKeys } from "../../src/app/keys/destroy-expired-keys.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import type { Json } from "../../src/domain/shared/canonical-json.ts";
import { HOUR, MINUTE, SECOND } from "../../src/domain/shared/instant.ts";
import { SealBroken } from "../../src/ports/secrets.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { fakeClock, stage } from "./stage.ts";

const NOON = 1_772_452_800_000;
const SECRET = "a secret key of at least thirty-two bytes";
const PAYLOAD = { b: 2, a: ["é", null] } satisfies Json;

const setUp = () => {
  const store = stage();
  const clock = fakeClock(NOON);
  const deps: KeyVaultDeps = {
    keys: store.readers.keys,
    unitOfWork: store.unitOfWork,
    sealer: makeSealer({ current: SECRET, previous: null }),
    clock,
    ids: makeIdGenerator(clock),
    retention: DEFAULT_RETENTION,
  };
  /** Another process on the same store. */
  const instance = (over: Partial<KeyVaultDeps> = {}) => {
    const keys = makeDocumentKeys({ ...deps, ...over });
    return { ...makeDocumentSigner(keys), rotate: keys.rotate, revoke: keys.revoke };
  };
  const kidOf = (jws: string): string => decodeProtectedHeader(jws).kid ?? "";
  const at = (milliseconds: number) => clock.set(NOON + milliseconds);
  const destroy = () =>
    destroyExpiredKeys({
      readers: store.readers,
      unitOfWork: store.unitOfWork,
      clock,
      ids: deps.ids,
      policies: { retention: DEFAULT_RETENTION },
    });
  return { store, deps, instance, kidOf, at, destroy };
};

describe("a signed document", () => {
  test("is a JWS that others check with the public keys, over the canonical text", async () => {
    const { instance } = setUp();
    const signer = instance();
    const jws = await signer.sign("receipt", PAYLOAD);
    const { keys } = await signer.jwks();
    const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet({ keys: [...keys] }));
    expect(new TextDecoder().decode(payload)).toBe('{"a":["é",null],"b":2}');
    const [key] = keys;
    expect(protectedHeader).toEqual({ alg: "EdDSA", kid: key?.kid ?? "", typ: "consent-receipt+jws" });
    expect(keys).toEqual([
      {
        kty: "OKP",
        crv: "Ed25519",
        x: expect.any(String),
        kid: expect.any(String),
        alg: "EdDSA",
        use: "sig",
      },
    ]);
    expect(await calculateJwkThumbprint({ ...key, kty: "OKP" })).toBe(key?.kid ?? "");
  });

  test("is what it was signed as, and nothing else", async () => {
    const { instance } = setUp();
    const signer = instance();
    const receipt = await signer.sign("receipt", PAYLOAD);
    const report = await signer.sign("report", PAYLOAD);
    expect(await signer.verify("receipt", receipt)).toEqual(PAYLOAD);
    expect(await signer.verify("report", report)).toEqual(PAYLOAD);
    expect(await signer.verify("report", receipt)).toBeNull();
    expect(await signer.verify("receipt", report)).toBeNull();
    expect(await setUp().instance().verify("receipt", receipt)).toBeNull();
  });
});

describe("the first key", () => {
  test("is made once for everybody who asks at once, signs at once, and is told of", async () => {
    const { store, instance, kidOf } = setUp();
    const signer = instance();
    const signed = await Promise.all(Array.from({ length: 20 }, () => signer.sign("receipt", PAYLOAD)));
    expect(new Set(signed.map(kidOf)).size).toBe(1);
    expect(store.trail().map(({ action, details }) => [action, details])).toEqual([
      ["key.created", `{"purpose":"document-key:public:${kidOf(signed[0] ?? "")}"}`],
    ] as never);
  });

  test("is made by asking for the public keys, too: the list is never empty", async () => {
    const { instance } = setUp();
    expect((await instance().jwks()).keys).toHaveLength(1);
  });

  test("holds for every instance, also when two make one each", async () => {
    const { instance } = setUp();
    const [a, b] = [instance(), instance()];
    const [one, other] = await Promise.all([a.sign("receipt", PAYLOAD), b.sign("receipt", PAYLOAD)]);
    for (const signer of [a, b, instance()]) {
      expect(await signer.verify("receipt", one)).toEqual(PAYLOAD);
      expect(await signer.verify("receipt", other)).toEqual(PAYLOAD);
    }
  });
});

describe("rotation", () => {
  test("publishes a key at once, signs with it when everybody can know it, and destroys the old private half", async () => {
    const { store, instance, kidOf, at, destroy } = setUp();
    const signer = instance();
    const old = kidOf(await signer.sign("receipt", PAYLOAD));
    at(HOUR);
    const added = await signer.rotate();
    expect(added).toEqual({
      kid: expect.any(String),
      signs_from: NOON + HOUR + 10 * MINUTE,
      older_destroyed_at: NOON + 2 * HOUR + 10 * MINUTE,
    } as never);
    expect((await signer.jwks()).keys.map(({ kid }) => kid)).toEqual([added?.kid ?? "", old]);
    at(HOUR + 10 * MINUTE - 1);
    expect(kidOf(await signer.sign("receipt", PAYLOAD))).toBe(old);
    at(HOUR + 10 * MINUTE);
    expect(kidOf(await signer.sign("receipt", PAYLOAD))).toBe(added?.kid ?? "");

    expect(await destroy()).toEqual({ destroyed: 0 });
    at(2 * HOUR + 10 * MINUTE);
    expect(await destroy()).toEqual({ destroyed: 1 });
    expect(store.keys().map(({ id }) => id)).toEqual([
      `document-key:public:${old}`,
      `document-key:public:${added?.kid}`,
      `document-key:private:${added?.kid}`,
    ]);
    expect(store.trail().map(({ action, details }) => [action, JSON.parse(details ?? "").purpose])).toEqual([
      ["key.created", `document-key:public:${old}`],
      ["key.created", `document-key:public:${added?.kid}`],
      ["key.retired", `document-key:private:${old}`],
      ["key.destroyed", `document-key:private:${old}`],
    ]);
  });

  test("reaches other instances before the new key signs, and an unknown key is looked for at once", async () => {
    const { instance, kidOf, at } = setUp();
    const [a, b] = [instance(), instance()];
    await b.sign("receipt", PAYLOAD);
    await a.rotate();
    at(10 * MINUTE);
    const signed = await a.sign("receipt", PAYLOAD);
    expect(await b.verify("receipt", signed)).toEqual(PAYLOAD);
    expect(kidOf(await b.sign("receipt", PAYLOAD))).toBe(kidOf(signed));

    // Just looked, and meets a key that it does not know.
    at(10 * MINUTE + 2 * SECOND);
    const c = instance({ clock: { now: () => (NOON + 30 * MINUTE) as never } });
    await c.rotate();
    const d = instance({ clock: { now: () => (NOON + HOUR) as never } });
    expect(await b.verify("receipt", await d.sign("receipt", PAYLOAD))).toEqual(PAYLOAD);
  });

  test("keeps every document verifiable, however often", async () => {
    const { instance, at, destroy } = setUp();
    const signer = instance();
    const signed: string[] = [];
    for (let week = 0; week < 6; week += 1) {
      at(week * 7 * 24 * HOUR);
      signed.push(await signer.sign("receipt", { week }));
      await signer.rotate();
      await destroy();
    }
    at(7 * 7 * 24 * HOUR);
    expect(await Promise.all(signed.map((jws) => instance().verify("receipt", jws)))).toEqual(
      signed.map((_, week) => ({ week })),
    );
    expect((await signer.jwks()).keys).toHaveLength(7);
  });

  test("of two at once makes one key", async () => {
    const { instance } = setUp();
    const [a, b] = [instance(), instance()];
    await a.sign("receipt", PAYLOAD);
    const outcomes = await Promise.all([a.rotate(), b.rotate()]);
    expect(outcomes.filter((each) => each !== null)).toHaveLength(1);
    expect((await a.jwks()).keys).toHaveLength(2);
  });

  test("right after another leaves one key that signs", async () => {
    const { instance, at, destroy } = setUp();
    const signer = instance();
    await signer.sign("receipt", PAYLOAD);
    for (let n = 1; n <= 20; n += 1) {
      at(n * 5 * MINUTE);
      await signer.rotate();
      await destroy();
      const jws = await signer.sign("receipt", PAYLOAD);
      expect(await instance().verify("receipt", jws)).toEqual(PAYLOAD);
    }
  });
});

describe("revocation", () => {
  test("ends a key that leaked, at once and on every instance, in one commit", async () => {
    const { store, instance, kidOf, at } = setUp();
    const [a, b] = [instance(), instance()];
    const jws = await b.sign("receipt", PAYLOAD);
    const leaked = kidOf(jws);
    expect(await b.verifyRevoked("receipt", jws)).toBeNull();
    at(20 * SECOND + 7);
    const revoked = await a.revoke(leaked);
    // Nobody has looked again: the other instance still has both halves in memory.
    expect(await b.verify("receipt", jws)).toBeNull();
    expect(kidOf(await b.sign("receipt", PAYLOAD))).not.toBe(leaked);
    expect(kidOf(await a.sign("receipt", PAYLOAD))).toBe(kidOf(await b.sign("receipt", PAYLOAD)));
    const created = kidOf(await a.sign("receipt", PAYLOAD));
    expect(revoked).toEqual({ outcome: "revoked", created });
    for (const signer of [a, b, instance()]) {
      expect(await signer.verifyRevoked("receipt", jws)).toEqual({
        payload: PAYLOAD,
        revoked_at: NOON + 20 * SECOND + 7,
      } as never);
      expect(await signer.verifyRevoked("report", jws)).toBeNull();
      expect(await signer.verifyRevoked("receipt", await a.sign("receipt", PAYLOAD))).toBeNull();
      const { keys, revoked: former } = await signer.jwks();
      expect(keys.map(({ kid }) => kid)).toEqual([created]);
      expect(former.map(({ kid, revoked: { revoked_at } }) => [kid, revoked_at])).toEqual([
        [leaked, NOON / SECOND + 20],
      ]);
    }
    expect(store.keys().map(({ id }) => id)).toEqual([
      `document-key:public:${leaked}`,
      `document-key:public:${created}`,
      `document-key:private:${created}`,
    ]);
    expect(store.trail().map(({ action, details }) => [action, JSON.parse(details ?? "")])).toEqual([
      ["key.created", { purpose: `document-key:public:${leaked}` }],
      ["key.revoked", { purpose: `document-key:public:${leaked}` }],
      ["key.destroyed", { purpose: `document-key:private:${leaked}` }],
      ["key.created", { purpose: `document-key:public:${created}` }],
    ]);
  });

  test("makes no key where there is another one, and knows what it has done and what it does not know", async () => {
    const { instance, kidOf, at } = setUp();
    const signer = instance();
    const old = kidOf(await signer.sign("receipt", PAYLOAD));
    const added = await signer.rotate();
    const kid = added?.kid ?? "";
    at(5 * MINUTE);
    expect(await signer.revoke(old)).toEqual({ outcome: "revoked", created: null });
    expect(kidOf(await signer.sign("receipt", PAYLOAD))).toBe(kid);
    expect(await signer.revoke(old)).toEqual({ outcome: "already-revoked" });
    expect(await signer.revoke("nobody's")).toEqual({ outcome: "unknown", kids: [kid] });
  });

  test("of a retired key leaves the one that signs alone", async () => {
    const { instance, kidOf, at, destroy } = setUp();
    const signer = instance();
    const jws = await signer.sign("receipt", PAYLOAD);
    await signer.rotate();
    at(3 * HOUR);
    await destroy();
    const now = kidOf(await signer.sign("receipt", PAYLOAD));
    expect(await signer.revoke(kidOf(jws))).toEqual({ outcome: "revoked", created: null });
    expect(kidOf(await signer.sign("receipt", PAYLOAD))).toBe(now);
    expect(await signer.verify("receipt", jws)).toBeNull();
  });

  test("by two at once happens once", async () => {
    const { store, instance, kidOf } = setUp();
    const [a, b] = [instance(), instance()];
    const leaked = kidOf(await a.sign("receipt", PAYLOAD));
    const outcomes = (await Promise.all([a.revoke(leaked), b.revoke(leaked)])).map(({ outcome }) => outcome);
    expect(outcomes.filter((each) => each === "revoked")).toHaveLength(1);
    expect(store.keys()).toHaveLength(3);
  });
});

describe("the store behind the keys", () => {
  test("cannot be given a key of somebody else's making, nor one half under the name of the other", async () => {
    const { store, instance } = setUp();
    const signer = instance();
    await signer.sign("receipt", PAYLOAD);
    const row = store.keys()[0];
    if (row === undefined) return expect.unreachable();
    store.putKey({ ...row, id: "document-key:public:forged" });
    await expect(instance().sign("receipt", PAYLOAD)).rejects.toBeInstanceOf(SealBroken);
  });

  test("may be away: signing rejects, and goes on when it is back", async () => {
    const { deps, instance } = setUp();
    let away = true;
    const signer = instance({
      keys: {
        ...deps.keys,
        startingWith: async (prefix, limit) => {
          if (away) throw new StorageFailure("lost", "no", "read keys");
          return deps.keys.startingWith(prefix, limit);
        },
      },
    });
    await expect(signer.sign("receipt", PAYLOAD)).rejects.toBeInstanceOf(StorageFailure);
    away = false;
    const jws = await signer.sign("receipt", PAYLOAD);
    away = true;
    expect(await signer.verify("receipt", jws)).toEqual(PAYLOAD);
    expect(await signer.sign("receipt", PAYLOAD)).toBe(jws);
  });

  test("is asked for no list of keys where a stranger invents one, and for nothing where it can be none", async () => {
    const { deps, instance, at } = setUp();
    let asked = 0;
    let lookedUp = 0;
    const signer = instance({
      keys: {
        ...deps.keys,
        startingWith: (prefix, limit) => {
          asked += 1;
          return deps.keys.startingWith(prefix, limit);
        },
        byId: (id) => {
          lookedUp += 1;
          return deps.keys.byId(id);
        },
      },
    });
    const jws = await signer.sign("receipt", PAYLOAD);
    const [, payload, signature] = jws.split(".");
    const invented = (kid: string): string => {
      const header = { alg: "EdDSA", kid, typ: "consent-receipt+jws" };
      return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${signature}`;
    };
    at(SECOND);
    const before = [asked, lookedUp];
    for (let n = 0; n < 100; n += 1) {
      expect(await signer.verify("receipt", invented(String(n).padStart(43, "A")))).toBeNull();
    }
    expect([asked, lookedUp]).toEqual([before[0] ?? 0, (before[1] ?? 0) + 100]);
    for (const kid of ["", "\u0000".repeat(43), "A".repeat(44), `${"A".repeat(42)}/`]) {
      expect(await signer.verify("receipt", invented(kid))).toBeNull();
    }
    expect(lookedUp).toBe((before[1] ?? 0) + 100);
  });
});
