import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import type { Signer } from "../../ports/secrets.ts";
import type { KeyVault } from "./key-vault.ts";

const SIGNED = /^([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{43})$/;

const CONCEALED = /^[A-Za-z0-9_-]+$/;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * HMAC-SHA-256 under `signing:<purpose>`, AES-256-GCM with random nonces under `concealing:<purpose>`: keys that live as
 * long as the store.
 */
export const makeSigner = (vault: KeyVault): Signer => {
  const mac = async (purpose: string, body: string): Promise<Buffer> =>
    createHmac("sha256", await vault.key(`signing:${purpose}`, null))
      .update(body)
      .digest();
  const concealing = (purpose: string): Promise<Buffer> => vault.key(`concealing:${purpose}`, null);
  return {
    sign: async (purpose, payload) => {
      const body = Buffer.from(payload).toString("base64url");
      return `${body}.${(await mac(purpose, body)).toString("base64url")}`;
    },
    verify: async (purpose, signed) => {
      const [, body, signature] = SIGNED.exec(signed) ?? [];
      if (body === undefined || signature === undefined) return null;
      const given = Buffer.from(signature, "base64url");
      const payload = Buffer.from(body, "base64url");
      // One text for one payload: other spellings of the same bytes are not what was signed.
      if (given.toString("base64url") !== signature || payload.toString("base64url") !== body) return null;
      return timingSafeEqual(await mac(purpose, body), given) ? payload.toString("utf8") : null;
    },
    conceal: async (purpose, payload) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", await concealing(purpose), nonce);
      const sealed = [cipher.update(payload, "utf8"), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat([nonce, ...sealed]).toString("base64url");
    },
    reveal: async (purpose, concealed) => {
      if (!CONCEALED.test(concealed)) return null;
      const bytes = Buffer.from(concealed, "base64url");
      const end = bytes.length - TAG_BYTES;
      if (end < NONCE_BYTES || bytes.toString("base64url") !== concealed) return null;
      const key = await concealing(purpose);
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES)).setAuthTag(
        bytes.subarray(end),
      );
      const payload = decipher.update(bytes.subarray(NONCE_BYTES, end));
      try {
        return Buffer.concat([payload, decipher.final()]).toString("utf8");
      } catch {
        // The tag is of another text.
        return null;
      }
    },
    digest: (text) => createHash("sha256").update(text).digest("hex"),
  };
};
