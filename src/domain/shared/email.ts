import type { Branded } from "./ids.ts";

/** A deliverable-looking address, trimmed and lower-cased: the form under which one mailbox is one identity. */
export type EmailAddress = Branded<string, "EmailAddress">;

// RFC 5321 limits and the dot-atom of RFC 5322; no quoted local parts, no address literals.
const ADDRESS =
  /^(?=.{3,254}$)(?=[^@]{1,64}@)[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/** Null when the text is no e-mail address that a mail server would take. */
export const parseEmail = (text: string): EmailAddress | null => {
  const address = text.trim().normalize("NFC").toLowerCase();
  return ADDRESS.test(address) ? (address as EmailAddress) : null;
};
