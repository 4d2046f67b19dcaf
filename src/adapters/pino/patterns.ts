// What secrets and addresses look like. Every pattern takes time in proportion to the text, whatever the text is: a
// repetition without a bound is over one class of characters, and is either guarded by a lookbehind, so that it is
// begun once a run, or has all that it passed over consumed by the match.

/** A line break written out (`\n`) and a percent-encoded character end in letters, after which a value may begin. */
const BEGIN = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]|%[\dA-Fa-f]{2}))`;

const QUOTED = String.raw`"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'|\\{1,3}"[^"\r\n]*"`;

export const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:(?!-----END )[\s\S])*/g;

/** The name of a header or key and the first name in its value; the value ends with its quotes or with the line. */
export const COOKIE_HEADER =
  /cookie\d?\\{0,3}["']?\s{0,3}[:=]\s{0,3}(\\{0,3}["']?)(?=[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}=)/gi;

export const AUTHORIZATION_HEADER =
  /authorization\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?((?:[\w-]{1,32}(?:\s{1,3}|%20|\+))?)([^\s"'\\]+)/gi;

/** After `Bearer` or `Basic`, outside a header. */
export const SCHEME_CREDENTIAL = /\b(bearer|basic|negotiate)(\s{1,3}|%20|\+|:\s?)([\w.~+/%-]+=*)/gi;

/** What follows `://`, to the end of the word. */
export const URL_REST = /:\/\/([^\s"<>]+)/g;

/** A port after a host: what else follows a colon before the `@` is a password. */
export const PORT = /^\d{1,5}(?:[/?#]|$)/;

/** Values that are secret whatever they look like. */
export const SECRET_PAIR = new RegExp(
  "(passw(?:or)?d|passphrase|passwort|pwd|secret|(?:api|access|private|secret)[_-]?key)" +
    String.raw`(\\{0,3}["']?\s{0,2}[:=]\s{0,2})(${QUOTED}|[^\s"'\\&;,<>]+)`,
  "gi",
);

/** Names of sessions, tokens and signatures: what looks like a word behind them (`session=expired`) is one. */
export const SESSION_PAIR = new RegExp(
  String.raw`(__(?:host|secure)-[\w.-]{1,64}|(?:sess(?:ion)?|sid|auth|tokens?|jwt|csrf|xsrf|otp|sig(?:nature)?|hmac)` +
    String.raw`(?:[_.-]?(?:id|token|key|value|cookie))?)(\\{0,3}["']?\s{0,2}[:=]\s{0,2})(${QUOTED}|[^\s"'\\&;,<>]+)`,
  "gi",
);

/** Tokens that say by their first letters whose they are: ours, then those of well-known providers. */
export const PREFIXED_TOKEN = new RegExp(
  `${BEGIN}(?:${[
    "gn[sekl]_[\\w-]{16,}",
    "gh[pousr]_[A-Za-z0-9]{16,}",
    "github_pat_\\w{16,}",
    "gl(?:pat|dt|rt|cbt|ptt|soat)-[\\w.-]{16,}",
    "[spr]k_(?:live|test)_[A-Za-z0-9]{8,}",
    "sk-[\\w-]{16,}",
    "xox[a-z]-[\\w.-]{10,}",
    "xapp-[\\w-]{10,}",
    "(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    "AIza[\\w-]{30,}",
    "ya29\\.[\\w-]{16,}",
    "whsec_[\\w+/=-]{16,}",
    "npm_[A-Za-z0-9]{30,}",
    "pypi-[\\w-]{16,}",
    "SG\\.[\\w-]{16,}(?:\\.[\\w-]{1,80})?",
    "hf_[A-Za-z0-9]{30,}",
    "dop_v1_[a-f0-9]{32,}",
    "shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{24,}",
    "sq0[a-z]{3}-[\\w-]{16,}",
    "key-[a-f0-9]{32}(?![A-Za-z0-9])",
    "AGE-SECRET-KEY-1[A-Z0-9]{16,}",
  ].join("|")})`,
  "g",
);

/** A compact JWS or JWE (RFC 7515, RFC 7516), whole or cut off; `checks.ts` opens its header. */
export const JOSE = /(?:(?<![\w-])|(?<=\\[nrtbf]|%[\dA-Fa-f]{2}))(e[wy][\w-]{8,})((?:\.[\w-]*){0,4})/g;

const AT = "(?:@|＠|﹫|%(?:25){0,3}40)";
const LOCAL = '[^\\s"(),:;<>@＠﹫[\\]\\\\“”„«»‹›]';

/** The characters of RFC 5322 and, by RFC 6531, those of every script; `checks.ts` judges the domain. */
export const EMAIL = new RegExp(
  `(?<!${LOCAL})(${LOCAL}+)(${AT})(\\[(?:IPv6:)?[\\da-f:.]{2,45}\\]|[\\p{L}\\p{M}\\p{N}.-]+)`,
  "giu",
);
export const ESCAPED_AT = /%(?:25){0,3}40/;

export const QUOTED_EMAIL = /"(?:[^"\\\r\n]|\\.){1,64}"@([\p{L}\p{N}.\-[\]:]{3,255})/gu;

/** What may stand before an address with `=` between and is not part of it, although an address may hold `=`. */
export const EMAIL_FIELD =
  /^(?:e?-?mail|user|user_?name|login|to|from|cc|bcc|sender|recipient|address|account|subscriber)=(?=[^=]+$)/i;

/** A run of hexadecimal and dots with two colons or more. */
export const HEX_WITH_COLONS = /(?<![\da-f.:])[\da-f.]*:[\da-f.:]*:[\da-f.:]*/gi;
export const ZONE = /%(?:25)?[\w.-]{1,32}/y;

const UUID = "[\\da-f]{8}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{4}-[\\da-f]{12}(?![\\da-f])";

const GAP = "[ \\u00A0\\u202F.-]?";
/** Or a UUID, of which every few hundredth holds something that checks out. */
export const IBAN = new RegExp(
  `(?<uuid>(?<![\\da-z])${UUID})|${BEGIN}[a-z]{2}${GAP}\\d${GAP}\\d(?:${GAP}[a-z\\d]){11,30}`,
  "gi",
);

const DATE = String.raw`(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)`;
const DATE_REVERSED = String.raw`(?:0?[1-9]|[12]\d|3[01])(?<mark>[./-])(?:0?[1-9]|1[0-2])\k<mark>(?:19|20)\d\d(?!\d)`;
const TIME = String.raw`[0-2]?\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,9})?)?(?:\s?Z|[+-](?:0\d|1[0-4]):?[0-5]\d|\s[+-](?:0\d|1[0-4])[0-5]\d(?!\s?\d))?(?![\d:])`;

/** Something that only looks like a number of a person, a percent-encoded character, or the first digit of what may be one. */
export const NUMBER_START = new RegExp(
  `(?<safe>(?<![\\da-z])(?:${UUID}|${DATE}(?:[T ]${TIME})?|${DATE_REVERSED}|${TIME}))|(?<escape>%(?!2B)[\\da-f]{2})|(?:\\((?=(?:\\+|%2B)?\\d{1,6}\\))|%2B|\\+){0,2}\\d`,
  "gi",
);

/** Texts that hold nothing to look for: words, templates of paths, UUIDs, SHA-256. */
export const PLAIN = new RegExp(
  `^(?:\\w{1,8}|[a-z_]{1,60}|[A-Za-z]{1,19}|(?:/[:{]?[a-z_-]{0,30}\\d?\\}?)+|${UUID.replace(/\(.*$/, "")}|[\\da-f]{64})$`,
);
