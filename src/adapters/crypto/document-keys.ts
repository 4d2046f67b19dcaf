import { generateKeyPairSync } from "node:crypto";
import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from "jose";
import { auditEntry, type Occasion, SYSTEM } from "../../domain/audit/audit-entry.ts";
import type { StoredKey } from "../../domain/personal-data/records.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import type { Write } from "../../domain/shared/changes.ts";
import { HOUR, type Instant, MINUTE, plus, SECOND } from "../../domain/shared/instant.ts";
import {
  type DocumentKeys,
  JWKS_MAX_AGE_SECONDS,
  type NewDocumentKey,
  type PublicKey,
  type PublishedKeys,
  type Revocation,
} from "../../ports/document-signer.ts";
import { StorageFailure } from "../../ports/unit-of-work.ts";
import type { KeyVaultDeps } from "./key-vault.ts";

/** Both halves are sealed: the public one not to hide it, but so that nobody can put one of his own into the store. */
const PUBLIC = "document-key:public:";
const PRIVATE = "document-key:private:";

const THUMBPRINT = /^[\w-]{43}$/;

/** What is in memory is asked for again after this time. */
const RING_MS = MINUTE;
/** A key signs only when every instance, and everybody who keeps the public keys for a while, knows it. */
const PUBLISHED_BEFORE_MS = 2 * JWKS_MAX_AGE_SECONDS * 1_000;
/** Instances that have not looked again yet still sign with the old one. */
const STILL_SIGNING_MS = HOUR;
/** One rotation a week for a century is 5,200. */
const KEYS_MAX = 10_000;

export interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
}

/** That a key was revoked is sealed with its public half: whoever writes to the store alone does not make it good again. */
type StoredHalf = JWK & { readonly revoked_at?: Instant };

interface RevokedSigner {
  readonly key: CryptoKey;
  readonly revoked_at: Instant;
}

/** The keys as they were at one moment. */
interface Ring {
  readonly loadedAt: Instant;
  readonly published: PublishedKeys;
  readonly publicKeys: ReadonlyMap<string, CryptoKey>;
  readonly revokedKeys: ReadonlyMap<string, RevokedSigner>;
  /** Those whose private half is there, oldest first. */
  readonly signing: readonly (SigningKey & { readonly createdAt: Instant })[];
}

/** What signing and verifying stand on: keys of the store, kept in memory for a minute. */
export interface DocumentKeyRing extends DocumentKeys {
  /** The key to sign with now; the first one is made when there is none. */
  current(): Promise<SigningKey>;
  /** The public key of this id; null when there never was one, or it was revoked. One that is not known is looked for at once. */
  publicKey(kid: string): Promise<CryptoKey | null>;
  /** The public key of this id that was revoked; null for any other. */
  revokedKey(kid: string): Promise<RevokedSigner | null>;
  published(): Promise<PublishedKeys>;
}

const keyOf = async (jwk: JWK): Promise<CryptoKey> => {
  const key = await importJWK(jwk, "EdDSA");
  if (key instanceof Uint8Array) throw new Error("an Ed25519 key is no symmetric one");
  return key;
};

const byAge = (a: StoredKey, b: StoredKey): number => a.created_at - b.created_at || (a.id < b.id ? -1 : 1);

export const makeDocumentKeys = (deps: KeyVaultDeps): DocumentKeyRing => {
  const { keys, unitOfWork, sealer, clock, ids, retention } = deps;
  const placeOf = SEAL_CONTEXTS.keys.wrapped;

  const opened = ({ id, wrapped }: StoredKey): StoredHalf =>
    JSON.parse(sealer.open(wrapped, placeOf({ id }))) as StoredHalf;

  const stored = (id: string, jwk: StoredHalf, now: Instant): StoredKey => ({
    id,
    wrapped: sealer.seal(JSON.stringify(jwk), placeOf({ id })),
    destroy_at: null,
    created_at: now,
    updated_at: now,
    version: 1,
  });

  const published = ({ x }: JWK, kid: string): PublicKey => ({
    kty: "OKP",
    crv: "Ed25519",
    x: x ?? "",
    kid,
    alg: "EdDSA",
    use: "sig",
  });

  const load = async (): Promise<Ring> => {
    const loadedAt = clock.now();
    const [publicRows, privateRows] = await Promise.all([
      keys.startingWith(PUBLIC, KEYS_MAX),
      keys.startingWith(PRIVATE, KEYS_MAX),
    ]);
    const all = await Promise.all(
      publicRows
        .toSorted(byAge)
        .toReversed()
        .map(async (row) => {
          const { revoked_at, ...half } = opened(row);
          const jwk = published(half, row.id.slice(PUBLIC.length));
          return { jwk, key: await keyOf({ ...jwk }), revoked_at };
        }),
    );
    const valid = all.filter(({ revoked_at }) => revoked_at === undefined);
    const revoked = all.flatMap(({ revoked_at, ...each }) =>
      revoked_at === undefined ? [] : [{ ...each, revoked_at }],
    );
    const signing = await Promise.all(
      privateRows
        .filter(({ destroy_at }) => destroy_at === null || destroy_at > loadedAt)
        .toSorted(byAge)
        .map(async (row) => ({
          kid: row.id.slice(PRIVATE.length),
          key: await keyOf(opened(row)),
          createdAt: row.created_at,
        })),
    );
    return {
      loadedAt,
      published: {
        keys: valid.map(({ jwk }) => jwk),
        revoked: revoked.map(({ jwk, revoked_at }) => ({
          ...jwk,
          revoked: { revoked_at: Math.floor(revoked_at / SECOND), reason: "compromised" },
        })),
      },
      publicKeys: new Map(valid.map(({ jwk, key }) => [jwk.kid, key])),
      revokedKeys: new Map(revoked.map(({ jwk, ...each }) => [jwk.kid, each])),
      signing,
    };
  };

  let ring: Promise<Ring> | null = null;
  const reload = (): Promise<Ring> => {
    const loading = load();
    ring = loading;
    loading.catch(() => {
      if (ring === loading) ring = null;
    });
    return loading;
  };
  /** What is in memory for a minute; many who ask at once share one answer. */
  const known = async (): Promise<Ring> => {
    const there = await ring;
    return there !== null && clock.now() - there.loadedAt < RING_MS ? there : reload();
  };

  const occasionAt = (now: Instant): Occasion => ({ now, actor: SYSTEM, audit_id: ids.next(), retention });

  const newPair = async (now: Instant) => {
    const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
    const { kty = "", crv = "", x = "", d = "" } = jwk;
    const kid = await calculateJwkThumbprint({ kty, crv, x });
    const writes: readonly Write[] = [
      { op: "insert", into: "keys", row: stored(`${PUBLIC}${kid}`, { kty, crv, x }, now) },
      { op: "insert", into: "keys", row: stored(`${PRIVATE}${kid}`, { kty, crv, x, d }, now) },
    ];
    const entry = auditEntry("key.created", null, { purpose: `${PUBLIC}${kid}` }, occasionAt(now));
    return { kid, writes, entry };
  };

  /** Stores a new key, and when the private halves of the ones before it are destroyed. */
  const add = async (older: readonly StoredKey[], now: Instant): Promise<NewDocumentKey | null> => {
    const { kid, writes, entry } = await newPair(now);
    const signs_from = plus(now, PUBLISHED_BEFORE_MS);
    const older_destroyed_at = plus(signs_from, STILL_SIGNING_MS);
    const committed = await unitOfWork.commit({
      expects: [],
      writes: [
        ...writes,
        ...older.map(
          ({ id, version }) =>
            ({
              op: "update",
              in: "keys",
              id,
              version,
              set: { destroy_at: older_destroyed_at, updated_at: now },
            }) as const,
        ),
      ],
      audit: [
        entry,
        ...older.map(({ id }) =>
          auditEntry("key.retired", null, { purpose: id, destroy_at: older_destroyed_at }, occasionAt(now)),
        ),
      ],
    });
    return committed.ok ? { kid, signs_from, older_destroyed_at } : null;
  };

  /** Everything in one commit: no moment without a key to sign with, none with a key that leaked and still does. */
  const revoke = async (kid: string): Promise<Revocation> => {
    const now = clock.now();
    const [publicRow, signing] = await Promise.all([
      keys.byId(`${PUBLIC}${kid}`),
      keys.startingWith(PRIVATE, KEYS_MAX),
    ]);
    if (publicRow === null)
      return { outcome: "unknown", kids: (await reload()).published.keys.map((key) => key.kid) };
    const half = opened(publicRow);
    if (half.revoked_at !== undefined) return { outcome: "already-revoked" };
    const leaked = signing.filter(({ id }) => id === `${PRIVATE}${kid}`);
    const isOtherThere = signing.some((row) => !leaked.includes(row) && row.destroy_at === null);
    const pair = isOtherThere ? null : await newPair(now);
    const { wrapped } = stored(publicRow.id, { ...half, revoked_at: now }, now);
    const { id, version } = publicRow;
    const committed = await unitOfWork.commit({
      expects: [],
      writes: [
        { op: "update", in: "keys", id, version, set: { wrapped, updated_at: now } },
        ...leaked.map((row) => ({ op: "delete", from: "keys", id: row.id, version: row.version }) as const),
        ...(pair?.writes ?? []),
      ],
      audit: [
        auditEntry("key.revoked", null, { purpose: id }, occasionAt(now)),
        ...leaked.map((row) => auditEntry("key.destroyed", null, { purpose: row.id }, occasionAt(now))),
        ...(pair === null ? [] : [pair.entry]),
      ],
    });
    await reload();
    return committed.ok ? { outcome: "revoked", created: pair?.kid ?? null } : { outcome: "conflict" };
  };

  let making: Promise<Ring> | null = null;
  /** The first key, for everybody who asks at once. Instances that race make one each: both are published, both hold. */
  const first = (): Promise<Ring> => {
    making ??= add([], clock.now())
      .then(reload)
      .finally(() => {
        making = null;
      });
    return making;
  };

  const toSignWith = ({ signing }: Ring): SigningKey | undefined => {
    const since = plus(clock.now(), -PUBLISHED_BEFORE_MS);
    return signing.findLast(({ createdAt }) => createdAt <= since) ?? signing[0];
  };

  /** Asked each time: another instance may have revoked it a moment ago, and what it signs would be nobody's. */
  const stillSigns = async ({ kid }: SigningKey): Promise<boolean> =>
    (await keys.byId(`${PRIVATE}${kid}`)) !== null;

  /** Or never was there. */
  const isRevoked = async (kid: string): Promise<boolean> => {
    const row = await keys.byId(`${PUBLIC}${kid}`);
    return row === null || opened(row).revoked_at !== undefined;
  };

  return {
    current: async () => {
      const ours = toSignWith(await known()) ?? toSignWith(await first());
      if (ours !== undefined && (await stillSigns(ours))) return ours;
      const found = toSignWith(await reload()) ?? toSignWith(await first());
      if (found === undefined) throw new StorageFailure("lost", "no", "make a signing key");
      return found;
    },
    publicKey: async (kid) => {
      // A stranger's invention costs the store one row that is not there, and nothing where it is no thumbprint.
      if (!THUMBPRINT.test(kid) || (await isRevoked(kid))) return null;
      const { publicKeys } = await known();
      return publicKeys.get(kid) ?? (await reload()).publicKeys.get(kid) ?? null;
    },
    revokedKey: async (kid) => {
      const { publicKeys, revokedKeys } = await known();
      if (revokedKeys.has(kid)) return revokedKeys.get(kid) ?? null;
      return publicKeys.has(kid) && (await isRevoked(kid))
        ? ((await reload()).revokedKeys.get(kid) ?? null)
        : null;
    },
    published: async () => (await known()).published,
    revoke,
    rotate: async () => {
      const current = await keys.startingWith(PRIVATE, KEYS_MAX);
      const added = await add(
        current.filter(({ destroy_at }) => destroy_at === null),
        clock.now(),
      );
      await reload();
      return added;
    },
  };
};
