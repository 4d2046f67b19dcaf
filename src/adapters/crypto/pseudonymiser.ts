import { createHmac } from "node:crypto";
import { PSEUDONYM_KEYS } from "../../domain/anonymization/pseudonym.ts";
import type { KeyedHash } from "../../domain/shared/ids.ts";
import { DAY, type Instant } from "../../domain/shared/instant.ts";
import type { Pseudonymiser } from "../../ports/pseudonymiser.ts";
import { canonicalAddress } from "./canonical-address.ts";
import type { KeyVault } from "./key-vault.ts";

/**
 * HMAC-SHA-256 under `pseudonym:<kind>:<period>`, periods counted from 1970 in the kind's length. A key outlives its
 * period by the kind's `keptDays` and is destroyed then. Addresses are brought to one spelling first.
 */
export const makePseudonymiser = (vault: KeyVault): Pseudonymiser => ({
  hash: async (kind, value, now) => {
    const { periodDays, keptDays } = PSEUDONYM_KEYS[kind];
    const period = Math.floor(now / (periodDays * DAY));
    const destroyAt = ((period + 1) * periodDays * DAY + keptDays * DAY) as Instant;
    const key = await vault.key(`pseudonym:${kind}:${period}`, destroyAt);
    const canonical = kind === "ip" ? (canonicalAddress(value) ?? value) : value;
    return createHmac("sha256", key).update(canonical).digest("hex") as KeyedHash;
  },
});
