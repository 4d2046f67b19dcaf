import type { Sealed } from "../../domain/shared/ids.ts";
import { SealBroken, type Sealer } from "../../ports/secrets.ts";
import { decrypted, encrypted } from "./aes-gcm.ts";
import { deriveKey, type SecretKeys } from "./derived-keys.ts";

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
 * and the previous one.
 */
export const makeSealer = (secrets: SecretKeys): Sealer => {
  const current = sealingKey(secrets.current);
  const previous = secrets.previous === null ? null : sealingKey(secrets.previous);
  const keys = previous === null ? [current] : [current, previous];
  return {
    keyIds: { current: current.id, previous: previous?.id ?? null },
    keyIdOf: (sealed) => SEALED.exec(sealed)?.[1] ?? null,
    seal: (plaintext, context) =>
      `v1.${current.id}.${encrypted(current.key, plaintext, context).toString("base64url")}` as Sealed,
    open: (sealed, context) => {
      const [, id, body] = SEALED.exec(sealed) ?? [];
      const key = keys.find((each) => each.id === id)?.key;
      if (key === undefined || body === undefined) throw new SealBroken();
      const bytes = Buffer.from(body, "base64url");
      const plaintext = bytes.toString("base64url") === body ? decrypted(key, bytes, context) : null;
      if (plaintext === null) throw new SealBroken();
      return plaintext;
    },
  };
};
