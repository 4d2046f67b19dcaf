import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { type NoteKey, type VerifyEd25519, writeNote } from "../../domain/audit/signed-note.ts";
import type { AuditSeals } from "../../ports/audit-seal.ts";
import type { KeyReader } from "../../ports/key-reader.ts";
import type { LogSigner } from "../../ports/log-signer.ts";
import type { KeyVault } from "./key-vault.ts";

/** Followed by a number, so that the newest is the last by id. */
const KEY = "audit-log:";
const KEYS_MAX = 1_000;
const SIGNING = 2;
/** Another instance's new key signs beside the old one: it is enough to hear of it within a minute. */
const KNOWN_MS = 60_000;

/** What DER puts before the 32 bytes (RFC 8410). */
const PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC = Buffer.from("302a300506032b6570032100", "hex");

interface Signing {
  readonly key: KeyObject;
  readonly publicKey: Uint8Array;
}

const signingKey = (seed: Buffer): Signing => {
  const key = createPrivateKey({ key: Buffer.concat([PRIVATE, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return { key, publicKey: new Uint8Array(spki.subarray(PUBLIC.length)) };
};

export const verifyEd25519: VerifyEd25519 = (publicKey, data, signature) => {
  const key = createPublicKey({ key: Buffer.concat([PUBLIC, publicKey]), format: "der", type: "spki" });
  return verify(null, data, key, signature);
};

/** The trail names each key with its public half, so that the log itself tells of the next one. */
const publicOf = (seed: Buffer): string => signingKey(seed).publicKey.toBase64();

const idOf = (number: number): string => `${KEY}${String(number).padStart(4, "0")}`;

/** Each key is made from 32 random bytes of the vault, which are its seed (RFC 8032). */
export const makeLogSigner = (keys: KeyReader, vault: KeyVault, { sha256 }: AuditSeals): LogSigner => {
  let known: { readonly at: number; readonly keys: Promise<readonly Signing[]> } | null = null;

  const load = async (): Promise<readonly Signing[]> => {
    const stored = await keys.startingWith(KEY, KEYS_MAX);
    const ids = stored.length === 0 ? [idOf(1)] : stored.map(({ id }) => id);
    return Promise.all(ids.map(async (id) => signingKey(await vault.key(id, null, publicOf))));
  };
  const all = (): Promise<readonly Signing[]> => {
    if (known === null || performance.now() - known.at > KNOWN_MS) {
      const loading = load();
      known = { at: performance.now(), keys: loading };
      loading.catch(() => {
        known = null;
      });
    }
    return known.keys;
  };
  const named = (name: string, { publicKey }: Signing): NoteKey => ({ name, publicKey });
  return {
    keys: async (name) => (await all()).map((each) => named(name, each)),
    sign: async (name, text) => {
      const signers = (await all()).slice(-SIGNING).map((each) => ({
        key: named(name, each),
        signature: new Uint8Array(sign(null, Buffer.from(text), each.key)),
      }));
      return writeNote(sha256, text, signers);
    },
    verify: verifyEd25519,
    rotate: async () => {
      await vault.key(idOf((await all()).length + 1), null, publicOf);
      known = null;
    },
  };
};
