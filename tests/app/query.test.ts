import { expect, test } from "bun:test";
import { t } from "elysia";
import fc from "fast-check";
import { readQuery } from "../../src/adapters/http/query.ts";
import { integer } from "../../src/adapters/http/schemas/kinds.ts";

const SCHEMA = t.Object({ subject: t.String(), limit: integer({}) });

/** As the URL standard reads it. */
const byStandard = (query: string): Record<string, unknown> => {
  const parameters = new URLSearchParams(`?${query}`);
  const found: Record<string, unknown> = {};
  for (const name of Object.keys(SCHEMA.properties)) {
    const [first, ...more] = parameters.getAll(name);
    if (first === undefined) continue;
    found[name] =
      more.length > 0 ? "several" : name === "limit" && /^-?[0-9]{1,9}$/.test(first) ? Number(first) : first;
  }
  return found;
};

const read = (query: string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(readQuery(`http://localhost/v1?${query}`, SCHEMA)).map(([name, value]) => [
      name,
      Array.isArray(value) ? "several" : value,
    ]),
  );

const piece = fc.constantFrom(
  "subject",
  "limit",
  "=",
  "&",
  "%41",
  "%",
  "+",
  "5",
  "-7",
  "x",
  "?",
  "__proto__",
  "é",
);

test("a query string is read as the URL standard reads it, encoded or plain", () => {
  expect(read("limit=5&subject=x")).toEqual({ limit: 5, subject: "x" });
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const query = pieces.join("");
      expect(read(query)).toEqual(byStandard(query));
    }),
    { numRuns: 2_000 },
  );
});

test("names of an object's own making are no parameters", () => {
  expect(readQuery("http://localhost/?__proto__=x&constructor=y&toString=z", SCHEMA)).toEqual({});
});
