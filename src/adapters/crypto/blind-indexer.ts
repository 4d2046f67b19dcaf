import { createHmac } from "node:crypto";
import type { KeyedHash } from "../../domain/shared/ids.ts";
import type { BlindIndexer } from "../../ports/secrets.ts";
import type { KeyVault } from "./key-vault.ts";

/** HMAC-SHA-256 under `blind-index:<kind>`, which lives as long as the store. */
export const makeBlindIndexer = (vault: KeyVault): BlindIndexer => ({
  index: async (kind, value) =>
    createHmac("sha256", await vault.key(`blind-index:${kind}`, null))
      .update(value)
      .digest("hex") as KeyedHash,
});
