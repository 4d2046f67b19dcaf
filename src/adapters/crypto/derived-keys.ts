import { hkdfSync } from "node:crypto";

/** SECRET_KEY, and the one before it while the values it protected are still about. */
export interface SecretKeys {
  readonly current: string;
  readonly previous: string | null;
}

export const SECRET_KEY_BYTES_MIN = 32;

/** HKDF-SHA-256: an independent 256-bit key for each label. Throws RangeError when the secret is too short. */
export const deriveKey = (secret: string, label: string): Buffer => {
  if (Buffer.byteLength(secret) < SECRET_KEY_BYTES_MIN) {
    throw new RangeError(`SECRET_KEY has fewer than ${SECRET_KEY_BYTES_MIN} bytes`);
  }
  return Buffer.from(hkdfSync("sha256", secret, "gonogo", label, 32));
};
