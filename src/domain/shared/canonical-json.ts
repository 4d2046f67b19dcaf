import type { CanonicalJson } from "./ids.ts";

/** What may be written as canonical JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const write = (value: Json): string => {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError("canonical JSON holds finite numbers only");
    return JSON.stringify(value);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`);
  return `{${members.join(",")}}`;
};

/**
 * JSON Canonicalization Scheme (RFC 8785): keys sorted by UTF-16 unit, numbers as ECMAScript writes them, no space.
 * Whatever is hashed or signed is stored as this text. Throws TypeError on NaN and infinities (a bug of the caller).
 */
export const canonicalJson = (value: Json): CanonicalJson => write(value) as CanonicalJson;
