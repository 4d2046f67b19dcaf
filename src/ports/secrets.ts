import type { IdentityKind } from "../domain/personal-data/identity.ts";
import type { KeyedHash, Sealed, TokenHash } from "../domain/shared/ids.ts";

/** What a bearer token opens: session, service credential, comment edit. The prefix is part of the token. */
export type TokenKind = "gns" | "gnk" | "gne" | "gnl" | "gnp";

/** Random bearer tokens of 256 bits, `gns_…` and so on, base64url. Only the hash is ever stored. */
export interface Tokens {
  issue(kind: TokenKind): { readonly token: string; readonly hash: TokenHash };
  /** The hash to look a token up by, or null when the text is no token of this kind. Never throws. */
  hash(kind: TokenKind, token: string): TokenHash | null;
}

/**
 * Encryption of values at rest: AES-256-GCM under SECRET_KEY. `context` binds a ciphertext to its place (collection,
 * field, record): opening it anywhere else fails.
 */
export interface Sealer {
  seal(plaintext: string, context: string): Sealed;
  /** Throws SealBroken when the key is not here, or the text or its context was changed. */
  open(sealed: Sealed, context: string): string;
  /** Names of the keys that are here, which tell nothing of them: `seal` uses the current one, `open` both. */
  readonly keyIds: { readonly current: string; readonly previous: string | null };
  /** Name of the key a value was encrypted with, here or not; null when the text is no such value. */
  keyIdOf(sealed: Sealed): string | null;
}

export class SealBroken extends Error {
  override readonly name = "SealBroken";
  constructor() {
    super(
      "a stored value cannot be decrypted: SECRET_KEY is not the one it was encrypted with, or it was changed",
    );
  }
}

/** Keyed hashes to find a vault line again, each kind under a random key of its own that rotating SECRET_KEY leaves as it is. */
export interface BlindIndexer {
  /** Rejects with StorageFailure when the key cannot be read or made. */
  index(kind: Exclude<IdentityKind, "name">, value: string): Promise<KeyedHash>;
}

/** What a signed text is for: proof for one is none for another. */
export type SignedPurpose = "notice" | "subject" | "unsubscribe";

/** What may only be read here, though it travels: in addresses, which mail programs and proxies keep. */
export type ConcealedPurpose = "unsubscribe";

/**
 * A text with a proof that this service wrote it: `payload.signature`, both base64url. Each purpose has a random key of
 * its own that rotating SECRET_KEY leaves as it is. Rejects with StorageFailure when the key cannot be read or made.
 */
export interface Signer {
  sign(purpose: SignedPurpose, payload: string): Promise<string>;
  /** The payload, or null when the text was not signed here for this purpose, in constant time. */
  verify(purpose: SignedPurpose, signed: string): Promise<string | null>;
  /** The payload as nobody else can read it, another text each time; base64url. */
  conceal(purpose: ConcealedPurpose, payload: string): Promise<string>;
  /** The payload, or null when the text was not concealed here for this purpose. */
  reveal(purpose: ConcealedPurpose, concealed: string): Promise<string | null>;
  /** Lower-case hexadecimal SHA-256. */
  digest(text: string): string;
}
