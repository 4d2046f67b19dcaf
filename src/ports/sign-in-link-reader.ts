import type { SignInLink } from "../domain/sessions/sign-in-link.ts";
import type { TokenHash } from "../domain/shared/ids.ts";

/** Sign-in links by the hash of their token: used and expired ones too, until retention takes them. */
export interface SignInLinkReader {
  byTokenHash(hash: TokenHash): Promise<SignInLink | null>;
}
