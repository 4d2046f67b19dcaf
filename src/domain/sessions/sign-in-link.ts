import { type GdprRecord, newGdprRecord } from "../shared/gdpr-record.ts";
import type { KeyedHash, Sealed, SignInLinkId, TokenHash } from "../shared/ids.ts";
import { type Instant, MINUTE, plus } from "../shared/instant.ts";
import { err, ok, type Result } from "../shared/result.ts";

export const SIGN_IN_LINK_MINUTES = 15;

/** A one-time way in, sent by e-mail. Whether the address is known is only looked up when the link is used. */
export interface SignInLink extends GdprRecord<SignInLinkId> {
  readonly token_hash: TokenHash;
  readonly email_index: KeyedHash;
  readonly email_ciphertext: Sealed;
  readonly return_to: string | null;
  readonly expires_at: Instant;
  readonly used_at: Instant | null;
}

export const newSignInLink = (
  id: SignInLinkId,
  address: { readonly email_index: KeyedHash; readonly email_ciphertext: Sealed },
  token_hash: TokenHash,
  return_to: string | null,
  now: Instant,
): SignInLink => {
  const expires_at = plus(now, SIGN_IN_LINK_MINUTES * MINUTE);
  return {
    ...newGdprRecord(id, now, expires_at),
    token_hash,
    ...address,
    return_to,
    expires_at,
    used_at: null,
  };
};

export type SignInLinkRefusal = { readonly type: "sign-in-link-invalid" };

/** Usable once, before it expires. Used, expired and unknown are one answer to whoever tries. */
export const checkSignInLink = (
  link: SignInLink | null,
  now: Instant,
): Result<SignInLink, SignInLinkRefusal> =>
  link === null || link.used_at !== null || link.expires_at <= now
    ? err({ type: "sign-in-link-invalid" })
    : ok(link);
