import type { CountryCode } from "./country-codes.ts";

/** Who decides why and how data are processed, as people must be told (GDPR Art. 13(1)(a) and (b), 30(1)(a)). */
export interface Controller {
  readonly name: string;
  /** An e-mail address, or the address of a page. */
  readonly contact: string;
  /** Postal; null where none was set. */
  readonly address: string | null;
  /** Where it is established: whose law and whose authority; `EU` where no country was set. */
  readonly country: CountryCode;
  /** E-mail address or page of the data protection officer; null where there is none (Art. 37). */
  readonly dpo: string | null;
  /** Where the data lie. */
  readonly dataLocation: CountryCode;
}

/** As a link: mail for an e-mail address. */
export const contactIri = (contact: string): string =>
  contact.includes("://") ? contact : `mailto:${contact}`;
