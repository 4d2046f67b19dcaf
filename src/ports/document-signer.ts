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

/**
 * Signs what others must be able to check without asking us: compact JWS (RFC 7515, EdDSA) whose `kid` names a key of
 * `jwks`. Keys that were replaced stay there, so that whatever they signed can still be checked. Rejects with
 * StorageFailure when the key cannot be read or made.
 */
export interface DocumentSigner {
  sign(kind: DocumentKind, payload: Json): Promise<string>;
  /** The payload, or null when the text was not signed here as a document of this kind. Never throws for what it was given. */
  verify(kind: DocumentKind, jws: string): Promise<Json | null>;
  /** Every public key there ever was, the newest first. Never empty. */
  jwks(): Promise<{ readonly keys: readonly PublicKey[] }>;
}

export interface NewDocumentKey {
  readonly kid: string;
  /** From when on it signs: it is published before, so that nobody meets a key that he cannot find. */
  readonly signs_from: Instant;
  /** When the private halves of the keys before it are destroyed. */
  readonly older_destroyed_at: Instant;
}

/** The keys that documents are signed with. */
export interface DocumentKeys {
  /** Makes a new one; null when another rotation came first. Rejects with StorageFailure. */
  rotate(): Promise<NewDocumentKey | null>;
}
