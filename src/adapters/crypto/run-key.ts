import { createHmac, randomBytes } from "node:crypto";
import type { RunKey } from "../../ports/staging-copy.ts";

/** HMAC-SHA-256 under 256 random bits that are kept in memory only. `key` is for tests. */
export const makeRunKey = (key: Uint8Array = randomBytes(32)): RunKey => {
  const secret = Buffer.from(key);
  let destroyed = false;
  return {
    derive: (purpose, text) => {
      if (destroyed) throw new Error("the key of this run was destroyed");
      return createHmac("sha256", secret).update(`${purpose}\0${text}`).digest();
    },
    destroy: () => {
      secret.fill(0);
      destroyed = true;
    },
  };
};
