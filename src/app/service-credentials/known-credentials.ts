import type { ServiceCredential } from "../../domain/roles/service-credential.ts";
import type { TokenHash } from "../../domain/shared/ids.ts";
import { type Instant, SECOND } from "../../domain/shared/instant.ts";
import type { Deps } from "../deps.ts";

/**
 * A credential that was found live is taken for live for so long. Programs ask thousands of times a second with the same
 * one, and of what they ask nothing is kept; only who asks is.
 */
export const CREDENTIAL_TRUSTED_MS = SECOND;

/** Service credentials as this instance has found them. Revoked here: gone at once; revoked elsewhere: within the second. */
export interface KnownCredentials {
  /** Null: unknown or revoked. Rejects with StorageFailure. */
  find(hash: TokenHash): Promise<ServiceCredential | null>;
  /** It was live when it was last looked up here: whoever shows it is not guessing. */
  isKnown(hash: TokenHash): boolean;
  forget(hash: TokenHash): void;
}

interface Looked {
  /** When looking began, so that a revocation in between counts from then. */
  readonly since: Instant;
  readonly found: Promise<ServiceCredential | null>;
}

export const knownCredentials = ({ readers, clock }: Pick<Deps, "readers" | "clock">): KnownCredentials => {
  const looked = new Map<TokenHash, Looked>();
  const live = new Set<TokenHash>();

  const isFresh = ({ since }: Looked, now: Instant): boolean =>
    now >= since && now - since < CREDENTIAL_TRUSTED_MS;

  const look = (hash: TokenHash, since: Instant): Looked => {
    const found = readers.serviceCredentials
      .byTokenHash(hash)
      .then((credential) => (credential === null || credential.revoked_at !== null ? null : credential));
    const looking = { since, found };
    looked.set(hash, looking);
    // What was forgotten meanwhile stays so; what was not found, or not read, is not kept.
    found.then(
      (credential) => {
        if (looked.get(hash) !== looking) return;
        if (credential !== null) live.add(hash);
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
    isKnown: (hash) => live.has(hash),
    forget: (hash) => {
      looked.delete(hash);
      live.delete(hash);
    },
  };
};
