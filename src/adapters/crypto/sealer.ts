import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Sealed } from "../../domain/shared/ids.ts";
import { SealBroken, type Sealer } from "../../ports/secrets.ts";
import { deriveKey, type SecretKeys } from "./derived-keys.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v1\.([0-9a-f]{16})\.([A-Za-z0-9_-]+)$/;

interface SealingKey {
  /** Eight bytes derived from the secret under a label of their own: they tell which key it was and nothing of it. */
  readonly id: string;
  readonly key: Buffer;
}

const sealingKey = (secret: string): SealingKey => ({
  id: deriveKey(secret, "seal key id v1").toString("hex", 0, 8),
  key: deriveKey(secret, "seal key v1"),
});

/**
 * Text form: `v1.<key id>.<base64url of nonce, ciphertext, tag>`. Seals under the current key, opens under the current
 * and the previous one. Random 96-bit nonces: one key is good for 2^32 values (NIST SP 800-38D, 8.3).
 */
export const makeSealer = (secrets: SecretKeys): Sealer => {
  const current = sealingKey(secrets.current);
  const previous = secrets.previous === null ? null : sealingKey(secrets.previous);
  const keys = previous === null ? [current] : [current, previous];
  return {
    keyIds: { current: current.id, previous: previous?.id ?? null },
    keyIdOf: (sealed) => SEALED.exec(sealed)?.[1] ?? null,
    seal: (plaintext, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", current.key, nonce).setAAD(Buffer.from(context));
      const parts = [nonce, cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()];
      return `v1.${current.id}.${Buffer.concat(parts).toString("base64url")}` as Sealed;
    },
    open: (sealed, context) => {
      const [, id, body] = SEALED.exec(sealed) ?? [];
      const key = keys.find((each) => each.id === id)?.key;
      if (key === undefined || body === undefined) throw new SealBroken();
      const bytes = Buffer.from(body, "base64url");
      const end = bytes.length - TAG_BYTES;
      if (end < NONCE_BYTES || bytes.toString("base64url") !== body) throw new SealBroken();
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(end));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]).toString(
          "utf8",
        );
      } catch {
        throw new SealBroken();
      }
    },
  };
};
