import { isIPv6 } from "node:net";

/** The check digit of payment cards (ISO/IEC 7812-1, annex B). */
export const passesLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

/** First digits and lengths that networks issue: Luhn alone would take every tenth number for a card. */
const CARD_NETWORKS: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d+$(?<=^\d{16})/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(?:0[0-5]|095|[689])\d+$(?<=^\d{14,19})/, // Diners Club
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/, // JCB
  /^(?:6\d{15,18}|(?:5[06-8])\d{14,17})$/, // Discover, UnionPay, Maestro, RuPay
  /^220[0-4]\d{12,15}$/, // Mir
];

export const isCardNumber = (digits: string): boolean =>
  CARD_NETWORKS.some((network) => network.test(digits)) && passesLuhn(digits);

/** Characters of an IBAN by country, from the registry of ISO 13616, and Iran's, which is issued but not in it. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 " +
    "ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IR26 IS26 IT27 JO30 KW30 " +
    "KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 " +
    "PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 " +
    "XK20 YE30"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** How many characters the IBAN of a country has; null where none are issued. */
export const ibanLength = (country: string): number | null => IBAN_LENGTHS.get(country.toUpperCase()) ?? null;

/** The check of ISO 7064 MOD 97-10: first four characters to the end, letters as 10 to 35, remainder 1. */
export const passesMod97 = (iban: string): boolean => {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
};

/** Whether a part of a compact JWS or JWE is its header: base64url of a JSON object. */
export const isJoseHeader = (part: string): boolean =>
  /^\{\s*"/.test(Buffer.from(part.slice(0, 64), "base64url").toString("latin1"));

/** A secret and not a word of prose: a digit or a change of case inside it, or more letters than words have. */
export const looksSecret = (value: string): boolean =>
  value.length >= 20 || (value.length >= 8 && /\d|[a-z][A-Z]/.test(value));

/** Without such characters at the end. A loop, because `[.]+$` begins anew at each of them. */
export const withoutTail = (text: string, characters: string): string => {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1] ?? "")) end -= 1;
  return text.slice(0, end);
};

const ALPHABETIC = /^(?:\p{L}[\p{L}\p{M}]{1,62}|xn--[a-z\d-]{1,59})$/iu;
/** `pino@10.4.0-beta.one`, `logo@2x.png`. */
const NO_DOMAIN = /^v?\d+\.\d+\.\d+(?:-|$)|^[1-4]x\.[a-z]{3,4}$/;

/** Whether mail can go there: dotted, with a name at the end and not a version (`pino@10.4.0`) or size; or an address in brackets. */
export const isMailDomain = (text: string): boolean => {
  if (text.startsWith("[")) return true;
  const labels = withoutTail(text, ".-").split(".");
  const last = labels.at(-1) ?? "";
  return (
    text.startsWith("localhost") || (labels.length > 1 && ALPHABETIC.test(last) && !NO_DOMAIN.test(text))
  );
};

/** Addresses written as text, except `::`, which is nobody's. */
export const isAddress6 = (text: string): boolean => text.length > 2 && text.length <= 45 && isIPv6(text);
