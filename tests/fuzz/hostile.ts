import * as fc from "fast-check";
import { type Draft, type Twist, targetOf } from "./draft.ts";
import { MARKER } from "./values.ts";

const PATH_PARTS = [
  "%2F",
  "%2f..%2f..%2f",
  "%2e%2e",
  "%2e",
  "..",
  ".",
  "//",
  "%5c",
  "\\",
  "%00",
  "%0d%0aSet-Cookie:x=1",
  "%ff",
  "%c0%ae%c0%ae",
  "%",
  "%u002e",
  ";a=b",
  ":id",
  "*",
  "{id}",
  "%3F",
  "%23",
  "#",
  "?",
  "?a?b",
  "@",
  "+",
  "\xc3\xa9",
  "\xff",
  "\x80%80",
  MARKER,
  "__proto__",
  "%F0%9F%98%80",
  "~",
  "x".repeat(300),
];

const spliced = fc
  .tuple(fc.nat(200), fc.array(fc.constantFrom(...PATH_PARTS), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(
    ([at, parts, replace]): Twist =>
      (draft) => {
        const target = targetOf(draft);
        const from = at % (target.length + 1);
        draft.target = `/${(target.slice(0, from) + parts.join("") + target.slice(replace ? from + 1 : from)).replace(/^\//, "")}`;
      },
  );

const segmentSwapped = fc.tuple(fc.nat(9), fc.constantFrom(...PATH_PARTS)).map(
  ([n, part]): Twist =>
    (draft) => {
      const segments = targetOf(draft).split("/");
      segments[1 + (n % (segments.length - 1))] = part;
      draft.target = segments.join("/");
    },
);

const TARGETS: readonly ((target: string) => string)[] = [
  (target) => `${target}/`,
  (target) => `/${target}`,
  (target) => `//${MARKER}.example.org${target}`,
  (target) => `/.${target}`,
  (target) => `/docs/..${target}`,
  (target) => `/docs/%2e%2e${target}`,
  (target) => target.toUpperCase(),
  (target) => target.replaceAll("/", "%2F").replace("%2F", "/"),
  (target) => target.replaceAll("/", "\\").replace("\\", "/"),
  (target) => `http://${MARKER}.example.org${target}`,
  (target) => `https://${MARKER}.example.org${target}`,
  (target) => `http://${target}`,
  (target) => `ftp:${target}`,
  (target) => target.slice(1),
  (target) => `${target}#${MARKER}`,
  (target) => `${target}?${MARKER}`,
  (target) => `${target}%`,
  (target) => `${target}${"/x".repeat(2_000)}`,
  (target) => `${target}${"/../".repeat(2_000)}`,
  (target) => `${target}?${`${MARKER}=1&`.repeat(700)}`,
  (target) => `${target}${MARKER.repeat(1_600)}`,
  (target) => `${target}${"x".repeat(17_000)}`,
  (target) => `${target}?q=${"x".repeat(40_000)}`,
  () => "*",
  () => "/",
  () => "",
  () => `/${MARKER}`,
  () => "/.env",
  () => "/.git/config",
  () => "/%2e%2e/%2e%2e/etc/passwd",
  () => "localhost:443",
];

const target = fc.constantFrom(...TARGETS).map(
  (change): Twist =>
    (draft) => {
      draft.target = change(targetOf(draft));
    },
);

const METHODS = [
  "HEAD",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "PROPFIND",
  "PURGE",
  "BREW",
  "QUERY",
  "get",
  "Post",
  "__proto__",
  "M".repeat(300),
  "G\xcbT",
  "",
];

const method = fc.constantFrom(...METHODS).map(
  (name): Twist =>
    (draft) => {
      draft.method = name;
    },
);

const add =
  (...headers: Draft["headers"]): Twist =>
  (draft) => {
    draft.headers = [...draft.headers, ...headers];
  };

const HEADS: readonly Twist[] = [
  add(["X-Long", "x".repeat(20_000)]),
  add(["X-Long", "x".repeat(120_000)]),
  add(["X-Almost", MARKER.repeat(1_300)]),
  add(...Array.from({ length: 95 }, (_, n) => [`X-Many-${n}`, MARKER] as const)),
  add(...Array.from({ length: 400 }, (_, n) => [`X-Many-${n}`, MARKER] as const)),
  add(["X-Nul", `${MARKER}\0`]),
  add(["X-Control", `${MARKER}\x01\x7f`]),
  add(["X-Folded", `${MARKER}\r\n more`]),
  add(["X-Bare", `${MARKER}\nX-Other: 1`]),
  add(["X Spaced", MARKER]),
  add(["", MARKER]),
  add(["__proto__", MARKER]),
  add(["X".repeat(5_000), MARKER]),
  add(["Authorization", `Bearer ${MARKER}`], ["Authorization", `Bearer ${MARKER}`]),
  add(["Content-Type", "application/json"], ["Content-Type", "text/plain"]),
  add(["If-Match", '"1"'], ["If-Match", `"${MARKER}"`]),
  add(["Idempotency-Key", MARKER], ["Idempotency-Key", `${MARKER}2`]),
  add(["Host", `${MARKER}.example.org`]),
  add(["Content-Length", "-1"]),
  add(["Content-Length", "99999999999999999999"]),
  add(["Content-Length", "0"], ["Content-Length", "5"]),
  add(["Transfer-Encoding", "chunked"], ["Content-Length", "5"]),
  add(["Transfer-Encoding", MARKER]),
  add(
    ["Connection", "Upgrade"],
    ["Upgrade", "websocket"],
    ["Sec-WebSocket-Version", "13"],
    ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="],
  ),
  add(["Connection", "Upgrade, HTTP2-Settings"], ["Upgrade", "h2c"], ["HTTP2-Settings", MARKER]),
  add(["Connection", "close"]),
  add(["Expect", "100-continue"]),
  add(
    ["Access-Control-Request-Method", MARKER],
    ["Access-Control-Request-Headers", MARKER],
    ["Origin", "https://www.example.org"],
  ),
  (draft) => {
    draft.headers = draft.headers.filter(([name]) => name !== "Host");
  },
];

const head = fc.constantFrom(...HEADS);

/** The body in chunks, with an end. */
const chunked = fc.constantFrom("", ";x=y", `;${MARKER}="1"`).map(
  (extension): Twist =>
    (draft) => {
      const body = draft.bytes ?? Buffer.from(JSON.stringify(draft.body ?? {}));
      const half = Math.floor(body.byteLength / 2);
      const chunks = [body.subarray(0, half), body.subarray(half)].filter(({ byteLength }) => byteLength > 0);
      draft.bytes = Buffer.concat([
        ...chunks.flatMap((chunk) => [
          Buffer.from(`${chunk.byteLength.toString(16)}${extension}\r\n`),
          chunk,
          Buffer.from("\r\n"),
        ]),
        Buffer.from("0\r\n\r\n"),
      ]);
      draft.headers = [...draft.headers, ["Transfer-Encoding", "chunked"]];
    },
);

/** What no client sends by mistake. */
export const hostile: fc.Arbitrary<Twist> = fc.oneof(
  { weight: 4, arbitrary: spliced },
  { weight: 2, arbitrary: segmentSwapped },
  { weight: 3, arbitrary: target },
  { weight: 3, arbitrary: method },
  { weight: 3, arbitrary: head },
  { weight: 1, arbitrary: chunked },
);
