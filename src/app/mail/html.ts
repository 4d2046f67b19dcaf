export const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

const decoded = (html: string): string =>
  html.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : "";
  });

/** The text of HTML that has been reduced to the allow-list, on one line. */
export const textOf = (html: string): string =>
  decoded(html.replaceAll(/<\/?(?:p|br|ul|ol|li)\b[^>]*>/gi, " ").replaceAll(/<[^>]*>/g, ""))
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();

// Overrides and isolates of direction: what follows a quotation must not be turned by it.
const DIRECTION = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const LINK = /\b(?:[a-z][a-z0-9+.-]*:\/\/|www\.)\S+/giu;
const ADDRESS = /[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+/gu;

/**
 * The beginning of what somebody wrote, as text for a mail to somebody else: at most `max` code points, without links,
 * which a mail program would make live in our name, and without e-mail addresses.
 */
export const quotationOf = (html: string, max: number): string => {
  const text = textOf(html)
    .replaceAll(DIRECTION, "")
    .replaceAll(LINK, "[link]")
    .replaceAll(ADDRESS, "[address]");
  const characters = [...text];
  return characters.length <= max
    ? text
    : `${characters
        .slice(0, max - 1)
        .join("")
        .trimEnd()}…`;
};
