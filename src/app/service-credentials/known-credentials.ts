import { credentialScopes } from "../../domain/roles/service-credential.ts";
import type { TokenHash } from "../../domain/shared/ids.ts";
import { type Instant, SECOND } from "../../domain/shared/instant.ts";
import type { Principal } from "../caller.ts";
import type { Deps } from "../deps.ts";

/**
 * A credential that was found live is taken for live for so long. Programs ask thousands of times a second with the same
 * one, and of what they ask nothing is kept; only who asks is.
 */
export const CREDENTIAL_TRUSTED_MS = SECOND;

/** Service credentials as this instance has found them. Revoked here: gone at once; revoked elsewhere: within the second. */
export interface KnownCredentials {
  /** Null: unknown or revoked. Rejects with StorageFailure. */
  find(hash: TokenHash): Promise<Principal | null>;
  /**
   * Without asking the store: whose it is, while that is trusted; then `known`, which was live when it was last looked up,
   * so that whoever shows it is not guessing; null otherwise.
   */
  recall(hash: TokenHash): Principal | "known" | null;
  forget(hash: TokenHash): void;
}

interface Looking {
  /** When looking began, so that a revocation in between counts from then. */
  readonly since: Instant;
  readonly found: Promise<Principal | null>;
}

interface Live {
  readonly since: Instant;
  readonly principal: Principal;
}

export const knownCredentials = ({ readers, clock }: Pick<Deps, "readers" | "clock">): KnownCredentials => {
  const looked = new Map<TokenHash, Looking>();
  const live = new Map<TokenHash, Live>();

  const isFresh = ({ since }: Looking | Live, now: Instant): boolean =>
    now >= since && now - since < CREDENTIAL_TRUSTED_MS;

  const read = async (hash: TokenHash): Promise<Principal | null> => {
    const credential = await readers.serviceCredentials.byTokenHash(hash);
    return credential === null || credential.revoked_at !== null
      ? null
      : { kind: "service", credential: credential.id, scopes: credentialScopes(credential) };
  };

  const look = (hash: TokenHash, since: Instant): Looking => {
    const looking = { since, found: read(hash) };
    looked.set(hash, looking);
    // What was forgotten meanwhile stays so; what was not found, or not read, is not kept.
    looking.found.then(
      (principal) => {
        if (looked.get(hash) !== looking) return;
        if (principal !== null) live.set(hash, { since, principal });
        else {
          looked.delete(hash);
          live.delete(hash);
        }
      },
      () => {
        if (looked.get(hash) === looking) looked.delete(hash);
      },
    );
    return looking;
  };

  return {
    find: (hash) => {
      const now = clock.now();
      const known = looked.get(hash);
      return (known !== undefined && isFresh(known, now) ? known : look(hash, now)).found;
    },
    recall: (hash) => {
      const known = live.get(hash);
      if (known === undefined) return null;
      return isFresh(known, clock.now()) ? known.principal : "known";
    },
    forget: (hash) => {
      looked.delete(hash);
      live.delete(hash);
    },
  };
};
