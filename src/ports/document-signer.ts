import type { Json } from "../domain/shared/canonical-json.ts";
import type { Instant } from "../domain/shared/instant.ts";

/** What a signed document is: one kind never passes for another. */
export type DocumentKind = "receipt" | "report";

/** How long others may keep the list of public keys. A new key signs only when it has been on the list for longer. */
export const JWKS_MAX_AGE_SECONDS = 300;

/** A public key as RFC 7517 writes it (Ed25519, RFC 8037). */
export interface PublicKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly use: "sig";
}

/** A key that leaked, as OpenID Federation 1.0 lists former keys (8.7): nothing it signed is proved by its signature. */
export interface RevokedKey extends PublicKey {
  readonly revoked: {
    /** Seconds since 1970. */
    readonly revoked_at: number;
    readonly reason: "compromised";
  };
}

export interface RevokedDocument {
  readonly payload: Json;
  readonly revoked_at: Instant;
}

export interface PublishedKeys {
  /** Those that what they sign, or signed, is checked with, the newest first. Never empty. */
  readonly keys: readonly PublicKey[];
  /** A member that others ignore (RFC 7517, 5): for them these keys are not there. */
  readonly revoked: readonly RevokedKey[];
}

/**
 * Signs what others must be able to check without asking us: compact JWS (RFC 7515, EdDSA) whose `kid` names a key of
 * `jwks`. Keys that were replaced stay there, so that whatever they signed can still be checked. Rejects with
 * StorageFailure when the key cannot be read or made.
 */
export interface DocumentSigner {
  sign(kind: DocumentKind, payload: Json): Promise<string>;
  /**
   * The payload, or null when the text was not signed here as a document of this kind, or with a key that was revoked, be it
   * a moment ago by another instance. Never throws for what it was given.
   */
  verify(kind: DocumentKind, jws: string): Promise<Json | null>;
  /** What a key signed that was revoked; else null. Anybody may have written it: only the log can tell. */
  verifyRevoked(kind: DocumentKind, jws: string): Promise<RevokedDocument | null>;
  jwks(): Promise<PublishedKeys>;
}

export interface NewDocumentKey {
  readonly kid: string;
  /** From when on it signs: it is published before, so that nobody meets a key that he cannot find. */
  readonly signs_from: Instant;
  /** When the private halves of the keys before it are destroyed. */
  readonly older_destroyed_at: Instant;
}

export type Revocation =
  /** `created`: a new key, where there was no other to sign with. */
  | { readonly outcome: "revoked"; readonly created: string | null }
  | { readonly outcome: "already-revoked" }
  /** These are the ones there are. */
  | { readonly outcome: "unknown"; readonly kids: readonly string[] }
  /** Somebody else changed the keys at this moment. */
  | { readonly outcome: "conflict" };

/** The keys that documents are signed with. */
export interface DocumentKeys {
  /**
   * Ends a key that leaked, in one commit: its private half is gone, no instance signs with it or believes it from then on,
   * and there is one to sign with. Rejects with StorageFailure.
   */
  revoke(kid: string): Promise<Revocation>;
  /** Makes a new one; null when another rotation came first. Rejects with StorageFailure. */
  rotate(): Promise<NewDocumentKey | null>;
}
