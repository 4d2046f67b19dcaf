import { randomFillSync } from "node:crypto";
import type { AuditEntry } from "../../domain/audit/audit-entry.ts";
import { sealText, unlinkedText } from "../../domain/audit/log-leaf.ts";
import type { StoredKey } from "../../domain/personal-data/records.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import type { AuditSeal, AuditSeals } from "../../ports/audit-seal.ts";
import type { UnitOfWork } from "../../ports/unit-of-work.ts";
import { type KeyVaultDeps, makeKeyVault } from "./key-vault.ts";

/** Lives as long as the store: without it nobody can tell any more what the service wrote and what somebody else did. */
const KEY_ID = "audit-seal";

const SALT_BYTES = 16;

/** Randomness is asked for in large pieces: asking for each salt costs more than sealing. */
const makeSalts = (): (() => string) => {
  const pool = Buffer.alloc(2 * SALT_BYTES * 256);
  let at = pool.length;
  const salt = (): string => {
    at += SALT_BYTES;
    return pool.toString("base64url", at - SALT_BYTES, at);
  };
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    return `${salt()}.${salt()}`;
  };
};

/** In a time that tells nothing of where they differ; each entry is compared, and making buffers of both takes ten times as long. */
const equal = (a: string | null, b: string): boolean => {
  if (a?.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < b.length; i += 1) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
};

/** HMAC-SHA-256. A keyed hasher is copied for each entry: making one anew costs as much again. */
export const auditSealOf = (key: Buffer): AuditSeal => {
  const keyed = new Bun.CryptoHasher("sha256", key);
  const mac = (text: string): string => keyed.copy().update(text).digest("base64url");
  const salts = makeSalts();
  const reseal = (entry: AuditEntry): AuditEntry => ({ ...entry, seal: mac(sealText(entry)) });
  return {
    seal: (entry) => reseal({ ...entry, salts: salts() }),
    reseal,
    isSealed: (entry) => equal(entry.seal, mac(sealText(entry))),
    mark: (entry) => ({ ...entry, unlinked_mark: mac(unlinkedText(entry)) }),
    isMarked: (entry) => equal(entry.unlinked_mark, mac(unlinkedText(entry))),
  };
};

export const sealed = (changes: Changes, seal: AuditSeal): Changes => {
  const [first, ...others] = changes.audit;
  return { ...changes, audit: [seal.seal(first), ...others.map(seal.seal)] };
};

/** The entry that tells of the key's making is sealed with that very key. */
const sealedByItsOwnKey = (deps: KeyVaultDeps): UnitOfWork => ({
  ...deps.unitOfWork,
  commit: (changes) => {
    const made = changes.writes.flatMap((write) =>
      write.op === "insert" && write.into === "keys" ? [write.row as StoredKey] : [],
    );
    const [row] = made;
    if (row === undefined) throw new Error("a key's making makes a key");
    const key = deps.sealer.open(row.wrapped, SEAL_CONTEXTS.keys.wrapped(row));
    return deps.unitOfWork.commit(sealed(changes, auditSealOf(Buffer.from(key, "base64url"))));
  },
});

/** `deps.unitOfWork` is the one that does not seal. */
export const makeAuditSeals = (deps: KeyVaultDeps): AuditSeals => {
  const vault = makeKeyVault({ ...deps, unitOfWork: sealedByItsOwnKey(deps) });
  let opened: AuditSeal | null = null;
  return {
    sha256: (data) => Bun.CryptoHasher.hash("sha256", data),
    open: async () => {
      opened ??= auditSealOf(await vault.key(KEY_ID, null));
      return opened;
    },
  };
};

/** Seals every entry before it waits for its commit, so that none can be changed unseen, from the first moment on. */
export const sealedCommits = (unitOfWork: UnitOfWork, seals: AuditSeals): UnitOfWork => {
  let seal: AuditSeal | null = null;
  return {
    commit: async (changes) => {
      seal ??= await seals.open();
      return unitOfWork.commit(sealed(changes, seal));
    },
    close: () => unitOfWork.close(),
  };
};
