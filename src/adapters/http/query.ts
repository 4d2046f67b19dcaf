import type { TObject, TSchema } from "@sinclair/typebox";

const INTEGER = /^-?[0-9]{1,9}$/;

const converted = (schema: TSchema, text: string): unknown =>
  schema["type"] === "integer" && INTEGER.test(text) ? Number(text) : text;

/** The names and values of a query string. One in which nothing is encoded is only cut up. */
const pairsOf = (query: string): Iterable<readonly [string, string]> =>
  /[%+]/.test(query) ? new URLSearchParams(`?${query}`) : query.split("&").map(pairOf);

const pairOf = (text: string): readonly [string, string] => {
  const equals = text.indexOf("=");
  return equals === -1 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
};

/**
 * The parameters of the query string that the schema knows, as it wants them; a parameter that comes twice becomes a
 * list, which no schema here takes. Unknown parameters are ignored.
 */
export const readQuery = (url: string, schema: TObject): Readonly<Record<string, unknown>> => {
  // Cut out rather than parsed as a whole URL, which took longer than all else here.
  const start = url.indexOf("?");
  if (start === -1) return {};
  const { properties } = schema;
  const found: Record<string, unknown> = {};
  for (const [name, text] of pairsOf(url.slice(start + 1).replace(/#.*$/s, ""))) {
    const each = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (each === undefined) continue;
    found[name] = Object.hasOwn(found, name) ? [found[name], text] : converted(each, text);
  }
  return found;
};
