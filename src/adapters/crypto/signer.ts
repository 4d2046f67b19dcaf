import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Signer } from "../../ports/secrets.ts";
import { deriveKeys, type SecretKeys } from "./derived-keys.ts";

type Purpose = Parameters<Signer["sign"]>[0];

const SIGNED = /^([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{43})$/;

/** HMAC-SHA-256 under a key of its own for each purpose; what the previous SECRET_KEY signed still verifies. */
export const makeSigner = (secrets: SecretKeys): Signer => {
  const keys: Readonly<Record<Purpose, readonly [Buffer, ...Buffer[]]>> = {
    notice: deriveKeys(secrets, "sign notice v1"),
    subject: deriveKeys(secrets, "sign subject v1"),
  };
  const mac = (key: Buffer, body: string): Buffer => createHmac("sha256", key).update(body).digest();
  return {
    sign: (purpose, payload) => {
      const body = Buffer.from(payload).toString("base64url");
      return `${body}.${mac(keys[purpose][0], body).toString("base64url")}`;
    },
    verify: (purpose, signed) => {
      const [, body, signature] = SIGNED.exec(signed) ?? [];
      if (body === undefined || signature === undefined) return null;
      const given = Buffer.from(signature, "base64url");
      const payload = Buffer.from(body, "base64url");
      // One text for one payload: other spellings of the same bytes are not what was signed.
      if (given.toString("base64url") !== signature || payload.toString("base64url") !== body) return null;
      // Every key is tried, so that the time does not tell which one signed.
      const matches = keys[purpose].map((key) => timingSafeEqual(mac(key, body), given));
      return matches.includes(true) ? payload.toString("utf8") : null;
    },
    digest: (text) => createHash("sha256").update(text).digest("hex"),
  };
};
