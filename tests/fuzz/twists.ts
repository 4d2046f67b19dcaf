import * as fc from "fast-check";
import type { Operation } from "./document.ts";
import { type Draft, encoded, type Twist } from "./draft.ts";
import { ODD_HEADERS, ODD_NAMES, ODD_TYPES, oddText, oddValue } from "./odd.ts";
import { MARKER } from "./values.ts";

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every field of a body, those of objects in it too. */
const fieldsOf = (body: unknown): readonly (readonly [Fields, string])[] =>
  isFields(body)
    ? Object.entries(body).flatMap(([name, value]) => [[body, name] as const, ...fieldsOf(value)])
    : [];

const nth = <T>(list: readonly T[], n: number): T | undefined => list[n % Math.max(1, list.length)];

const define = (fields: Fields, name: string, value: unknown): void =>
  // An own field even where the name is __proto__.
  void Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });

const missing = fc.nat(20).map(
  (n): Twist =>
    ({ body }) => {
      const field = nth(fieldsOf(body), n);
      if (field !== undefined) delete field[0][field[1]];
    },
);

const extra = fc.tuple(fc.nat(20), fc.constantFrom(...ODD_NAMES), oddValue).map(
  ([n, name, value]): Twist =>
    ({ body }) => {
      const fields = nth(fieldsOf(body), n)?.[0] ?? body;
      if (isFields(fields)) define(fields, name, value);
    },
);

const wrong = fc.tuple(fc.nat(20), oddValue).map(
  ([n, value]): Twist =>
    ({ body }) => {
      const field = nth(fieldsOf(body), n);
      if (field !== undefined) define(...field, value);
    },
);

/** Lengths around the limits that the schemas name, and powers of two. */
const LENGTHS = [
  0, 1, 99, 100, 101, 200, 201, 254, 255, 256, 500, 501, 1_000, 1_001, 2_000, 2_001, 4_096, 20_000,
];

const boundary = fc
  .tuple(fc.nat(20), fc.constantFrom(...LENGTHS), fc.constantFrom("a", "é", "😀", "<p>", "&", "\u0301"))
  .map(
    ([n, length, unit]): Twist =>
      ({ body }) => {
        const texts = fieldsOf(body).filter(([fields, name]) => typeof fields[name] === "string");
        const field = nth(texts, n);
        if (field !== undefined)
          define(...field, unit.repeat(Math.min(length, Math.floor(60_000 / unit.length))));
      },
  );

const top = oddValue.map(
  (value): Twist =>
    (draft) => {
      draft.body = value;
    },
);

const deep = fc.tuple(fc.nat(20), fc.constantFrom(5, 20, 100, 4_000, 30_000), fc.boolean()).map(
  ([n, depth, list]): Twist =>
    (draft) => {
      const [open, close] = list ? ["[", "]"] : ['{"a":', "}"];
      const levels = Math.min(depth, Math.floor(64_000 / (open.length + close.length)));
      const nested = `${open.repeat(levels)}${list ? "" : "1"}${close.repeat(levels)}`;
      const name = nth(fieldsOf(draft.body), n)?.[1];
      draft.bytes = Buffer.from(name === undefined ? nested : `{${JSON.stringify(name)}:${nested}}`);
    },
);

const big = fc.constantFrom(65_535, 65_536, 65_537, 70_000, 300_000).map(
  (size): Twist =>
    (draft) => {
      const text = JSON.stringify(draft.body ?? {});
      draft.bytes = Buffer.from(text + " ".repeat(Math.max(0, size - text.length)));
    },
);

const BROKEN: readonly ((text: string) => string | Uint8Array)[] = [
  () => "",
  (text) => text.slice(0, -1),
  (text) => text.slice(0, Math.floor(text.length / 2)),
  (text) => `${text}${text}`,
  (text) => `${text}, ${MARKER}`,
  (text) => text.replace(/\}$/, ",}"),
  (text) => text.replaceAll('"', "'"),
  (text) => `\ufeff${text}`,
  (text) => text.replace("{", `{"${MARKER}": NaN,`),
  (text) => text.replace("{", `{"${MARKER}": 1e99999,`),
  (text) => text.replace("{", `{"${MARKER}": -${"9".repeat(400)},`),
  (text) => text.replace("{", `{"\\ud800": "\\udfff",`),
  (text) => text.replace("{", `{"a": "\u0000${MARKER}",`),
  (text) => text.replace(/"([a-z_]+)":/, '"$1":1,"$1":'),
  (text) => Buffer.from(text, "utf16le"),
  (text) =>
    Buffer.concat([
      Buffer.from(text.slice(0, -2)),
      Buffer.from([0xc3, 0x28, 0xff]),
      Buffer.from(text.slice(-2)),
    ]),
  () => Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00]),
];

const broken = fc.constantFrom(...BROKEN).map(
  (how): Twist =>
    (draft) => {
      draft.bytes = Buffer.from(how(JSON.stringify(draft.body ?? { [MARKER]: 1 })));
    },
);

const ofType = fc.constantFrom(...ODD_TYPES).map(
  (type): Twist =>
    (draft) => {
      draft.headers = [...draft.headers.filter(([name]) => name !== "Content-Type"), ["Content-Type", type]];
    },
);

const ODD_QUERY_VALUES = [
  "0",
  "-1",
  "1",
  "101",
  "1e2",
  "0x10",
  "1.5",
  " 5",
  "",
  "%00",
  "%FF%FE",
  "%",
  "%zz",
  "%F0%9F%98%80",
  "true",
  "null",
  `${MARKER}`,
  "2147483648",
  "999999999999",
  Buffer.from(`{"${MARKER}":1}`).toString("base64url"),
  Buffer.from("[1,2]").toString("base64url"),
  "A".repeat(3_000),
];

const oddQueryValue = fc.oneof(fc.constantFrom(...ODD_QUERY_VALUES), oddText.map(encoded));

const queryNames = ({ operation }: Draft): readonly string[] => operation.query.map(({ name }) => name);

const oddQuery = fc.tuple(fc.nat(9), oddQueryValue).map(
  ([n, value]): Twist =>
    (draft) => {
      const name = nth(queryNames(draft), n);
      if (name === undefined) return;
      draft.query = [...draft.query.filter(([each]) => each !== name), [name, value]];
    },
);

const twice = fc.tuple(fc.nat(9), oddQueryValue).map(
  ([n, value]): Twist =>
    (draft) => {
      const name = nth(queryNames(draft), n) ?? MARKER;
      draft.query = [...draft.query, [name, value], [name, value]];
    },
);

/** A cursor of the service's own with one character changed, cut or doubled. */
const badCursor = fc.tuple(fc.nat(400), fc.constantFrom("A", "_", "", "%00", "==", ".")).map(
  ([at, by]): Twist =>
    (draft) => {
      draft.query = draft.query.map(([name, value]) => {
        const cut = at % Math.max(1, value.length);
        return name === "cursor" ? [name, value.slice(0, cut) + by + value.slice(cut + 1)] : [name, value];
      });
    },
);

const unknownQuery = fc
  .tuple(fc.constantFrom(...ODD_NAMES, "cursor[]", "limit.x", "%", "&&", "=;="), oddQueryValue)
  .map(
    ([name, value]): Twist =>
      (draft) => {
        draft.query = [...draft.query, [name === "%" ? name : encoded(name), value]];
      },
  );

const oddHeader = fc
  .oneof(
    ...Object.entries(ODD_HEADERS).map(([name, values]) =>
      fc.tuple(fc.constant(name), fc.constantFrom(...values), fc.nat(3)),
    ),
  )
  .map(
    ([name, value, mode]): Twist =>
      (draft) => {
        const kept =
          mode === 0 && name !== "Host"
            ? draft.headers
            : draft.headers.filter(([each]) => each.toLowerCase() !== name.toLowerCase());
        draft.headers = [...kept, [name, value]];
      },
  );

const oddParam = fc.tuple(fc.nat(5), oddText).map(
  ([n, value]): Twist =>
    (draft) => {
      const name = nth(Object.keys(draft.params), n);
      if (name !== undefined) draft.params = { ...draft.params, [name]: value.toWellFormed() };
    },
);

const withoutHeader = fc.nat(9).map(
  (n): Twist =>
    (draft) => {
      const gone = nth(draft.headers.slice(1), n);
      draft.headers = draft.headers.filter((each) => each !== gone);
    },
);

/** The twists that an operation has a place for. */
export const twistsOf = ({ body, query, params }: Operation): fc.Arbitrary<Twist> =>
  fc.oneof(
    { weight: 4, arbitrary: oddHeader },
    { weight: 1, arbitrary: withoutHeader },
    { weight: 1, arbitrary: unknownQuery },
    ...(query.length === 0
      ? []
      : [oddQuery, twice, badCursor].map((arbitrary) => ({ weight: 2, arbitrary }))),
    ...(params.length === 0 ? [] : [{ weight: 2, arbitrary: oddParam }]),
    // A body where none is asked for is one, too.
    ...(body === null
      ? [{ weight: 1, arbitrary: broken }]
      : [missing, extra, wrong, boundary, top, deep, big, broken, ofType].map((arbitrary) => ({
          weight: 1,
          arbitrary,
        }))),
  );
