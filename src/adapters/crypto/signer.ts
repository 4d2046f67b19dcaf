import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Signer } from "../../ports/secrets.ts";
import { decrypted, encrypted } from "./aes-gcm.ts";
import type { KeyVault } from "./key-vault.ts";

const SIGNED = /^([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{43})$/;

/** HMAC-SHA-256 under `signing:<purpose>`, AES-256-GCM under `concealing:<purpose>`: keys that live as long as the store. */
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
    conceal: async (purpose, payload) =>
      encrypted(await concealing(purpose), payload, purpose).toString("base64url"),
    reveal: async (purpose, concealed) => {
      const bytes = Buffer.from(concealed, "base64url");
      // One text for the same bytes, as above.
      if (bytes.toString("base64url") !== concealed) return null;
      return decrypted(await concealing(purpose), bytes, purpose);
    },
    digest: (text) => createHash("sha256").update(text).digest("hex"),
  };
};
