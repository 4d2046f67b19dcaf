import { scrubAddresses6, scrubEmails, scrubIbans } from "./addresses.ts";
import { scrubNumbers } from "./numbers.ts";
import { PLAIN } from "./patterns.ts";
import { scrubSecrets } from "./secrets.ts";

/**
 * Replaces what may lead to a person or open a door by marks: `[email]`, `[ip]`, `[phone]`, `[iban]`, `[card]`, `[jwt]`,
 * `[token]`, `[cookie]`, `[credentials]`, `[secret]`, `[private key]`. Takes time in proportion to the text. In doubt it
 * replaces; what only looks alike (UUIDs, versions, times, hashes, counters) stays. It is the second net: which fields a
 * line has at all is decided before.
 */
export const scrub = (text: string): string =>
  PLAIN.test(text) ? text : scrubNumbers(scrubIbans(scrubAddresses6(scrubEmails(scrubSecrets(text)))));
