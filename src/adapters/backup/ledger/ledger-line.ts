import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { OPTIONAL_CONSENT_TYPES } from "../../../domain/consent/consent-type.ts";
import { RESTRICTION_GROUNDS } from "../../../domain/privacy-requests/privacy-request.ts";
import { canonicalJson, type Json } from "../../../domain/shared/canonical-json.ts";
import type { LedgerKeys } from "./ledger-keys.ts";

const base = { n: Type.Integer({ minimum: 1 }), at: Type.Integer(), who: Type.String() };
const kind = <K extends string>(name: K) => Type.Literal(name);
const strict = { additionalProperties: false } as const;
const purposes = Type.Array(Type.Enum([...OPTIONAL_CONSENT_TYPES]));

const TOLD = Type.Union([
  Type.Object({ ...base, kind: kind("erasure"), comments: Type.Enum(["keep_text", "remove_text"]) }, strict),
  Type.Object({ ...base, kind: kind("withdrawal"), purposes }, strict),
  Type.Object({ ...base, kind: kind("objection"), purposes }, strict),
  Type.Object(
    { ...base, kind: kind("restriction"), ground: Type.Optional(Type.Enum([...RESTRICTION_GROUNDS])) },
    strict,
  ),
  Type.Object({ ...base, kind: kind("unrestriction") }, strict),
  // Values lie in a file of their own, so that they can be destroyed and the chain holds: it is over their hash.
  Type.Object(
    { ...base, kind: kind("rectification"), values: Type.String(), values_hash: Type.String() },
    strict,
  ),
]);

const CHECKED = Compile(TOLD);

/** What a line tells, without its link. */
export type ToldLine = Static<typeof TOLD>;

/** Where the chain of a file begins. */
export const firstLink = (keys: LedgerKeys, file: string): string => keys.chain(`${keys.id} ${file}`);

/** A line ends with its link: a MAC over the link before it and what it tells. */
export const encodeLine = (
  keys: LedgerKeys,
  before: string,
  told: ToldLine,
): { readonly line: string; readonly link: string } => {
  const text = canonicalJson(told as unknown as Json);
  const link = keys.chain(`${before} ${text}`);
  return { line: `${text} ${link}\n`, link };
};

/** What the line tells, as text, when it is the one that follows `before`; null when it is not. */
export const decodeLine = (
  keys: LedgerKeys,
  before: string,
  line: string,
): { readonly text: string; readonly link: string } | null => {
  const end = line.lastIndexOf(" ");
  const [text, link] = [line.slice(0, end), line.slice(end + 1)];
  if (end < 0 || keys.chain(`${before} ${text}`) !== link) return null;
  return { text, link };
};

/** Of a text that its link proves: nobody else has the key, so that it was written here. */
export const toldIn = (text: string): ToldLine => CHECKED.Parse(JSON.parse(text));

const MOMENT = /^\{"at":(-?\d+),/;

/** When it was, without reading the rest: for the many lines that nothing else is wanted of. */
export const momentIn = (text: string): number => {
  const moment = MOMENT.exec(text)?.[1];
  return moment === undefined ? toldIn(text).at : Number(moment);
};
