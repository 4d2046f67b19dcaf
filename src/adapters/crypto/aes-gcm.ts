import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM under a random 96-bit nonce: one key is good for 2^32 values (NIST SP 800-38D, 8.3). Answers nonce,
 * ciphertext and tag. `context` is bound to it, not kept in it.
 */
export const encrypted = (key: Buffer, plaintext: string, context: string): Buffer => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
};

/** Null when it was not encrypted under this key for this context, or was changed. */
export const decrypted = (key: Buffer, bytes: Buffer, context: string): string | null => {
  const end = bytes.length - TAG_BYTES;
  if (end < NONCE_BYTES) return null;
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(end));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]).toString(
      "utf8",
    );
  } catch {
    // The tag is of something else.
    return null;
  }
};
