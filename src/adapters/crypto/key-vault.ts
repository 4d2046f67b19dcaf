import { randomBytes } from "node:crypto";
import { auditEntry, type Occasion, SYSTEM } from "../../domain/audit/audit-entry.ts";
import type { StoredKey } from "../../domain/personal-data/records.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import type { RetentionPeriods } from "../../domain/retention/retention-period.ts";
import type { Sealed } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { Clock } from "../../ports/clock.ts";
import type { IdGenerator } from "../../ports/id-generator.ts";
import type { KeyReader } from "../../ports/key-reader.ts";
import type { Sealer } from "../../ports/secrets.ts";
import { StorageFailure, type UnitOfWork } from "../../ports/unit-of-work.ts";

export interface KeyVaultDeps {
  readonly keys: KeyReader;
  readonly unitOfWork: UnitOfWork;
  readonly sealer: Sealer;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly retention: RetentionPeriods;
}

/**
 * Random 256-bit keys in the store, wrapped under SECRET_KEY, made on first use. Several instances may ask first at the
 * same moment: one key is stored and all of them use that one.
 */
export interface KeyVault {
  /**
   * The key of this id; `destroyAt` speaks for one that has yet to be made. Rejects with StorageFailure when it cannot
   * be read or made, with SealBroken when SECRET_KEY does not open it. `publicOf`: what the trail says of a new one besides.
   */
  key(id: string, destroyAt: Instant | null, publicOf?: (bytes: Buffer) => string): Promise<Buffer>;
}

interface CachedKey {
  readonly bytes: Promise<Buffer>;
  readonly destroyAt: Instant | null;
}

/** A lost race is settled by reading again; keys that vanish between are somebody's cleaning up. */
const ATTEMPTS = 3;

const placeOf = SEAL_CONTEXTS.keys.wrapped;

export const makeKeyVault = (deps: KeyVaultDeps): KeyVault => {
  const cache = new Map<string, CachedKey>();

  const unwrap = (stored: StoredKey): Buffer =>
    Buffer.from(deps.sealer.open(stored.wrapped, placeOf(stored)), "base64url");

  const create = async (
    id: string,
    destroyAt: Instant | null,
    publicOf: ((bytes: Buffer) => string) | undefined,
  ): Promise<Buffer | null> => {
    const bytes = randomBytes(32);
    const wrapped: Sealed = deps.sealer.seal(bytes.toString("base64url"), placeOf({ id }));
    const now = deps.clock.now();
    const row: StoredKey = {
      id,
      wrapped,
      destroy_at: destroyAt,
      created_at: now,
      updated_at: now,
      version: 1,
    };
    const occasion: Occasion = {
      now,
      actor: SYSTEM,
      audit_id: deps.ids.next(),
      retention: deps.retention,
    };
    const committed = await deps.unitOfWork.commit({
      expects: [],
      writes: [{ op: "insert", into: "keys", row }],
      audit: [
        auditEntry(
          "key.created",
          null,
          { purpose: id, ...(publicOf === undefined ? {} : { public_key: publicOf(bytes) }) },
          occasion,
        ),
      ],
    });
    return committed.ok ? bytes : null;
  };

  const load = async (
    id: string,
    destroyAt: Instant | null,
    publicOf: ((bytes: Buffer) => string) | undefined,
  ): Promise<Buffer> => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const stored = await deps.keys.byId(id);
      if (stored !== null) return unwrap(stored);
      const created = await create(id, destroyAt, publicOf);
      if (created !== null) return created;
    }
    throw new StorageFailure("lost", "no", "make a key");
  };

  /** What must be destroyed in the store must not live on in memory. */
  const forgetExpired = (): void => {
    const now = deps.clock.now();
    for (const [id, { destroyAt }] of cache) {
      if (destroyAt !== null && destroyAt <= now) cache.delete(id);
    }
  };

  return {
    key: (id, destroyAt, publicOf) => {
      const cached = cache.get(id);
      if (cached !== undefined) return cached.bytes;
      forgetExpired();
      const bytes = load(id, destroyAt, publicOf);
      cache.set(id, { bytes, destroyAt });
      bytes.catch(() => cache.delete(id));
      return bytes;
    },
  };
};
