import * as fc from "fast-check";
import type { Schema } from "./document.ts";

/** In every value that must not come back in a refusal. */
export const MARKER = "hostilezq";
/** The same for numbers. */
export const MARKED_NUMBER = 918_273_645;

/** A value of the service's own making, chosen when the request is sent: only then is it known what there is. */
export interface Wanted {
  readonly wanted: string;
  readonly pick: number;
  /** Where there is none. */
  readonly otherwise: unknown;
}

export const isWanted = (value: unknown): value is Wanted =>
  typeof value === "object" &&
  value !== null &&
  Object.hasOwn(value, "wanted") &&
  Object.hasOwn(value, "pick");

const wanted = (name: string, otherwise: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.record({ wanted: fc.constant(name), pick: fc.nat(9_999), otherwise });

/** What people write: words, markup, other scripts, emoji. Longer than `maxLength` of the schema never. */
const humanText = ({ minLength = 0, maxLength = 1_000 }: Schema): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .string({ unit: "grapheme-composite", minLength, maxLength: Math.min(maxLength, 60) })
      .filter((text) => text.trim() !== "" && [...text].length <= maxLength),
    fc
      .constantFrom("x", "<p>One <strong>more</strong> word</p>", "Grüße 👋🏽 aus Köln", "تعليق", "二つ")
      .filter((text) => [...text].length <= maxLength),
    fc.constant("y".repeat(maxLength)),
  );

const address = fc.nat(60).map((n) => `fuzz${n}@example.org`);

const stringOf = (schema: Schema, name: string, examples: readonly unknown[]): fc.Arbitrary<unknown> => {
  const { format, pattern, maxLength } = schema;
  const known = examples.length === 0 ? [] : [fc.constantFrom(...examples)];
  if (examples.some((each) => String(each).includes("@"))) return fc.oneof(address, ...known);
  if (format === "uuid") return wanted(name, fc.uuid({ version: 7 }));
  if (format === "date-time") return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  if (pattern !== undefined) return fc.oneof(fc.stringMatching(new RegExp(pattern)), ...known);
  if (name === "url")
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...examples) }, humanText(schema));
  const word = fc.stringMatching(/^[a-z]{1,3}$/);
  if (maxLength !== undefined) return fc.oneof(humanText(schema), word, ...known);
  // A text without a length is no person's, but something the service gave out, or a name.
  return wanted(name, fc.oneof(word, ...known, ...known));
};

const DETAILS: Readonly<Record<string, object>> = {
  erasure: { comments: "keep_text" },
  objection: { purpose: "marketing" },
  restriction: { ground: "needed_for_claims" },
  rectification: { statement: "It is not so", rectification: { name: "Erika" } },
};

/** A request by right with the detail of its type and no other. */
const fitting = (value: object): object => {
  const { type, email } = value as { readonly type?: string; readonly email?: string };
  const { rectification, ...plain } = { rectification: null, ...DETAILS[type ?? ""] };
  const own = rectification === null ? {} : { rectification };
  // What came by letter has no values, and mostly comes from somebody nobody knows.
  if (email === undefined) return { type, ...plain, ...own };
  return { type, email: email.replace(/^fuzz(?=\d*[02468]@)/, "letter"), ...plain };
};

/** A breach: what hangs on its dates, the document says only in words. */
const dated = (value: object): object => {
  const facts = { ...value } as Record<string, unknown>;
  if ("aware_at" in facts) facts["aware_at"] = "2025-03-01T00:00:00Z";
  for (const name of ["notified_at", "persons_told_at"])
    if (name in facts) facts[name] = "2025-03-09T00:00:00Z";
  if (facts["phase"] !== undefined) facts["phase"] = { at: "2025-03-03T00:00:00Z", told: "More" };
  return facts;
};

const objectOf = (schema: Schema): fc.Arbitrary<unknown> => {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, each]) => [name, valuesOf(each, name)]),
  );
  const known = fc.record(fields, { requiredKeys: [...required] });
  // The document says only in words which detail belongs to which right.
  if ("ground" in properties && "purpose" in properties) return known.map(fitting);
  if ("persons_told_at" in properties) return known.map(dated);
  if (additionalProperties === false) return known;
  const more =
    additionalProperties === true ? fc.jsonValue({ maxDepth: 3 }) : valuesOf(additionalProperties, "");
  return fc
    .tuple(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), more, { maxKeys: 4 }), known)
    .map(([extra, own]) => ({ ...extra, ...(own as object) }));
};

/** A text in some languages: English always, and none twice. */
const textsOf = (items: Schema, maxItems: number): fc.Arbitrary<unknown> =>
  fc
    .uniqueArray(valuesOf(items, "") as fc.Arbitrary<{ readonly language: string }>, {
      minLength: 1,
      maxLength: Math.min(maxItems, 3),
    })
    .map(([first, ...others]) => [
      { ...first, language: "en" },
      ...others.map((each, at) => ({ ...each, language: ["de", "de-AT"][at] })),
    ]);

const listOf = ({ items = {}, minItems = 0, maxItems = 4, uniqueItems }: Schema, name: string) => {
  if ("language" in (items.properties ?? {})) return textsOf(items, maxItems);
  const limits = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, 8)) };
  return uniqueItems === true
    ? fc.uniqueArray(valuesOf(items, name), limits)
    : fc.array(valuesOf(items, name), limits);
};

/** What the document asks for in words only, or what much else hangs on. */
const mostly = (value: boolean): fc.Arbitrary<boolean> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constant(!value) });

const ofType = (type: string, schema: Schema, name: string, examples: readonly unknown[]) => {
  const { minimum = -1_000, maximum = 1_000_000 } = schema;
  switch (type) {
    case "string":
      return stringOf(schema, name, examples);
    case "integer":
      return fc.integer({ min: minimum, max: maximum });
    case "number":
      return fc.double({ min: minimum, max: maximum, noNaN: true });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return listOf(schema, name);
    case "object":
      return objectOf(schema);
    default:
      throw new Error(`a type the fuzzer does not know: ${type}`);
  }
};

/** Values the schema takes. `name` is that of the field or parameter. */
export const valuesOf = (
  schema: Schema,
  name: string,
  outer: readonly unknown[] = [],
): fc.Arbitrary<unknown> => {
  const examples = schema.examples ?? outer;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if ("allOf" in schema || "not" in schema || "patternProperties" in schema) {
    throw new Error(`a schema the fuzzer does not know: ${Object.keys(schema)}`);
  }
  // What is not asked cannot rest on consent.
  if (name === "essential" && schema.enum !== undefined) return fc.constant("contract");
  if (name === "version") return wanted(name, fc.integer({ min: 1, max: 9 }));
  if (name === "gdpr_consent" || name === "enabled") return mostly(true);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (alternatives !== undefined) {
    const weighted = alternatives.map((each) => ({
      weight: each.type === "null" ? 1 : 4,
      arbitrary: valuesOf(each, name, examples),
    }));
    return fc.oneof(...weighted);
  }
  if (schema.type === undefined) return fc.jsonValue({ maxDepth: 3 });
  const types = typeof schema.type === "string" ? [schema.type] : schema.type;
  return fc.oneof(...types.map((type) => ofType(type, schema, name, examples)));
};
