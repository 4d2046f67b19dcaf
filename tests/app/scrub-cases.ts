// Generated values of people in ten countries, by kind, and the sentences, keys and errors that they stand in.
import {
  type Faker,
  fakerCS_CZ,
  fakerDE,
  fakerEN_GB,
  fakerES,
  fakerFR,
  fakerIT,
  fakerNL,
  fakerPL,
  fakerPT_PT,
  fakerSV,
} from "@faker-js/faker";

export const LOCALES: Readonly<Record<string, Faker>> = {
  de: fakerDE,
  fr: fakerFR,
  es: fakerES,
  it: fakerIT,
  nl: fakerNL,
  pl: fakerPL,
  pt: fakerPT_PT,
  sv: fakerSV,
  cs: fakerCS_CZ,
  en: fakerEN_GB,
};

/** What is generated: the text, the part of it that is personal or secret, and the mark that must stand there instead. */
export interface Personal {
  readonly text: string;
  readonly secret: string;
  readonly mark: string;
}

const alone = (text: string, mark: string): Personal => ({ text, secret: text, mark });
const within = (before: string, secret: string, after: string, mark: string): Personal => ({
  text: before + secret + after,
  secret,
  mark,
});

const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const letters = (faker: Faker, alphabet: string, length: number): string =>
  faker.string.fromCharacters(alphabet, length);

const email = (faker: Faker): Personal => {
  const plain = faker.internet.email();
  const [local = "", domain = ""] = plain.split("@");
  const written = faker.helpers.arrayElement([
    plain,
    plain.toLowerCase(),
    plain.toUpperCase(),
    faker.internet.email({ allowSpecialCharacters: true }),
    `${local}+${faker.string.alpha(6)}@${domain}`,
    `${local}@mail.${domain}`,
    `${local}@xn--bcher-kva.example`,
    `${faker.person.firstName()}.${faker.person.lastName()}@bücher.example`.replace(/\s/g, "-"),
    `${local}@[${faker.internet.ipv4()}]`,
    plain.replace("@", "%40"),
  ]);
  return alone(written, "[email]");
};

const group = (faker: Faker): string => faker.number.hex({ min: 0, max: 0xffff });

const ip = (faker: Faker): Personal => {
  const four = faker.internet.ipv4();
  const six = faker.internet.ipv6();
  const short = new URL(`http://[${group(faker)}:${group(faker)}::${group(faker)}]`).hostname;
  const port = faker.internet.port();
  return faker.helpers.arrayElement([
    alone(four, "[ip]"),
    within("", four, `:${port}`, "[ip]"),
    within("", four, "/24", "[ip]"),
    within("http://", four, "/health", "[ip]"),
    within("ip=", four, "", "[ip]"),
    alone(six, "[ip]"),
    alone(six.toUpperCase(), "[ip]"),
    within("", `[${six}]`, `:${port}`, "[ip]"),
    alone(`${six}%eth0`, "[ip]"),
    alone(short, "[ip]"),
    alone(short.slice(1, -1), "[ip]"),
    alone(`::ffff:${four}`, "[ip]"),
    within("peer:", `fe80::${group(faker)}`, "", "[ip]"),
    within("", six, "/64", "[ip]"),
  ]);
};

const iban = (faker: Faker): Personal => {
  const plain = faker.finance.iban();
  const groups = faker.finance.iban({ formatted: true });
  return alone(
    faker.helpers.arrayElement([
      plain,
      plain.toLowerCase(),
      groups,
      groups.replaceAll(" ", "-"),
      groups.replaceAll(" ", "\u00A0"),
    ]),
    "[iban]",
  );
};

const card = (faker: Faker): Personal => {
  const written = faker.finance.creditCardNumber();
  return alone(
    faker.helpers.arrayElement([written, written.replaceAll("-", ""), written.replaceAll("-", " ")]),
    "[card]",
  );
};

const jwt = (faker: Faker): Personal => {
  const whole = faker.internet.jwt();
  const [header = "", payload = ""] = whole.split(".");
  return alone(faker.helpers.arrayElement([whole, `${header}.${payload}.`, `${header}.${payload}`]), "[jwt]");
};

const token = (faker: Faker): Personal =>
  faker.helpers.arrayElement([
    alone(
      `${faker.helpers.arrayElement(["gns", "gnk", "gne", "gnl"])}_${letters(faker, BASE64URL, 43)}`,
      "[token]",
    ),
    alone(
      `gh${faker.helpers.arrayElement(["p", "o", "u", "s", "r"])}_${faker.string.alphanumeric(36)}`,
      "[token]",
    ),
    alone(`github_pat_${faker.string.alphanumeric(22)}_${faker.string.alphanumeric(59)}`, "[token]"),
    alone(`${faker.helpers.arrayElement(["sk", "rk"])}_live_${faker.string.alphanumeric(24)}`, "[token]"),
    alone(
      `xoxb-${faker.string.numeric(12)}-${faker.string.numeric(12)}-${faker.string.alphanumeric(24)}`,
      "[token]",
    ),
    alone(`AKIA${letters(faker, UPPER, 16)}`, "[token]"),
    alone(`whsec_${Buffer.from(faker.string.alphanumeric(24)).toString("base64")}`, "[token]"),
    alone(`glpat-${faker.string.alphanumeric(20)}`, "[token]"),
    within("Bearer ", faker.string.alphanumeric({ length: { min: 24, max: 64 } }), "", "[token]"),
    within("Authorization: Bearer ", letters(faker, BASE64URL, 32), "", "[token]"),
    within(
      "Authorization: Basic ",
      Buffer.from(`${faker.person.firstName()}:${faker.string.alphanumeric(8)}`).toString("base64"),
      "",
      "[token]",
    ),
  ]);

const urlPassword = (faker: Faker): Personal => {
  const user = faker.internet.username();
  const password = faker.internet.password({ length: 14, pattern: /[\w!$*+.~@:-]/ });
  return within(
    `${faker.helpers.arrayElement(["postgres", "redis", "smtps", "https"])}://`,
    `${user}:${password}`,
    `@${faker.internet.domainName()}:${faker.internet.port()}/x`,
    "[credentials]",
  );
};

const cookie = (faker: Faker): Personal => {
  const value = faker.string.alphanumeric(32);
  return faker.helpers.arrayElement([
    within("__Host-gonogo_session=", value, "", "[cookie]"),
    within("JSESSIONID=", value, "", "[cookie]"),
    within("connect.sid=", value, "; rest", "[cookie]"),
    within("session_id=", faker.string.uuid(), "", "[cookie]"),
  ]);
};

const phone = (faker: Faker): Personal =>
  alone(
    faker.helpers.arrayElement([
      faker.phone.number({ style: "human" }),
      faker.phone.number({ style: "national" }),
      faker.phone.number({ style: "international" }),
    ]),
    "[phone]",
  );

export const KINDS = { email, ip, iban, card, jwt, token, urlPassword, cookie, phone };

export const POSITIONS = ["message", "key", "nested", "error", "stack"] as const;

const SENTENCES: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => `could not reach ${value} after 3 attempts`,
  (value) => `refused (${value}), status 422`,
  (value) => `value "${value}" was sent at 2026-03-01T10:00:00.000Z`,
  (value) => `first line\nsecond line with ${value}\nthird line`,
  (value) => `550e8400-e29b-41d4-a716-446655440000 ${value} took 12.5 ms`,
];

/** The same words with a value in them and with its mark: what scrubbing the one must give is the other. */
export const placed = (faker: Faker, position: (typeof POSITIONS)[number]): ((value: string) => string) => {
  const sentence = faker.helpers.arrayElement(SENTENCES);
  if (position === "message") return sentence;
  if (position === "key") return (value) => `cannot read ${JSON.stringify({ [value]: 1 })}`;
  if (position === "nested")
    return (value) => JSON.stringify({ rows: [{ field: { text: sentence(value) } }], count: 12 });
  if (position === "error") return (value) => String(new RangeError(sentence(value)));
  const frames = [1, 2, 3]
    .map((depth) => `    at step (/app/src/app/part-${depth}.ts:${depth}0:17)`)
    .join("\n");
  return (value) => `PostgresError: ${sentence(value)}\n${frames}\n    at async <anonymous>`;
};
