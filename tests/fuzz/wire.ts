import { connect, type Socket } from "node:net";

/** A request as its bytes are sent: nothing is normalised, nothing is added but the length of the body. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  /** Characters are bytes (Latin-1). */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | null;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export type Outcome =
  | { readonly kind: "answered"; readonly answer: WireAnswer }
  /** The other side closed without a word. */
  | { readonly kind: "closed" }
  /** Nothing, or not all, within the deadline; `before` was asked on the same connection. */
  | { readonly kind: "hung"; readonly before: WireRequest | null }
  /** What came is no HTTP/1.1, or more than one answer. */
  | { readonly kind: "garbled" };

export const DEADLINE_MS = 10_000;

const framesItself = (headers: WireRequest["headers"]): boolean =>
  headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));

const bytesOf = ({ method, target, headers, body }: WireRequest): Buffer => {
  const lines = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  if (body !== null && !framesItself(headers)) {
    lines.push(`Content-Length: ${body.byteLength}`);
  }
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body ?? new Uint8Array()]);
};

interface Parsed {
  readonly answer: WireAnswer;
  readonly length: number;
}

/** The chunks of a chunked body and where it ends; null while more is to come. */
const dechunked = (bytes: Buffer, from: number): { body: Buffer; end: number } | null => {
  const chunks: Buffer[] = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line === -1) return null;
    const size = Number.parseInt(bytes.toString("latin1", at, line), 16);
    const end = line + 2 + size + 2;
    if (bytes.length < end) return null;
    if (size === 0) return { body: Buffer.concat(chunks), end };
    chunks.push(bytes.subarray(line + 2, line + 2 + size));
    at = end;
  }
};

/** The first answer of the bytes; null while more is to come, "garbled" when it is none. */
const parse = (bytes: Buffer, method: string): Parsed | null | "garbled" => {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd === -1) return bytes.length > 65_536 ? "garbled" : null;
  const [start = "", ...lines] = bytes.toString("latin1", 0, headEnd).split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(start)?.[1] ?? 0);
  if (status === 0) return "garbled";
  if (status < 200) {
    const final = parse(bytes.subarray(headEnd + 4), method);
    if (final === null || final === "garbled") return final;
    return { ...final, length: final.length + headEnd + 4 };
  }
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon < 1) return "garbled";
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const from = headEnd + 4;
  const done = (body: Uint8Array, length: number): Parsed => ({ answer: { status, headers, body }, length });
  if (method === "HEAD" || status === 204 || status === 304) return done(new Uint8Array(), from);
  if (headers.get("transfer-encoding") === "chunked") {
    const found = dechunked(bytes, from);
    return found === null ? null : done(found.body, found.end);
  }
  const length = Number(headers.get("content-length") ?? 0);
  return bytes.length < from + length ? null : done(bytes.subarray(from, from + length), from + length);
};

export interface Connection {
  send(request: WireRequest): Promise<Outcome>;
  close(): void;
}

/** One kept connection at a time, and one request at a time on it. */
export const openConnection = (port: number): Connection => {
  let socket: Socket | null = null;
  let before: WireRequest | null = null;
  const drop = (): void => {
    socket?.destroy();
    socket = null;
  };

  const exchange = (request: WireRequest): Promise<Outcome & { readonly fresh: boolean }> =>
    new Promise((done) => {
      const fresh = socket === null;
      const current = socket ?? connect({ port, host: "127.0.0.1", noDelay: true });
      socket = current;
      let received = Buffer.alloc(0);
      const settle = (outcome: Outcome, keep: boolean): void => {
        clearTimeout(timer);
        current.removeAllListeners();
        // A connection that ends while nobody waits for it is nobody's error.
        current.on("error", () => undefined);
        current.on("close", () => {
          if (socket === current) socket = null;
        });
        if (!keep) drop();
        done({ ...outcome, fresh });
      };
      const timer = setTimeout(
        () => settle({ kind: "hung", before: fresh ? null : before }, false),
        DEADLINE_MS,
      );
      const ended = (): void => settle({ kind: received.length === 0 ? "closed" : "garbled" }, false);
      current.on("data", (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        const parsed = parse(received, request.method);
        if (parsed === null) return;
        if (parsed === "garbled" || parsed.length < received.length)
          return settle({ kind: "garbled" }, false);
        // After such a request the two sides may differ on where the next one begins.
        const keep =
          parsed.answer.headers.get("connection")?.toLowerCase() !== "close" &&
          !framesItself(request.headers) &&
          !request.headers.some(([name]) => name.toLowerCase() === "upgrade");
        settle({ kind: "answered", answer: parsed.answer }, keep);
      });
      current.on("close", ended);
      current.on("error", ended);
      current.write(bytesOf(request));
    });

  return {
    send: async (request) => {
      const first = await exchange(request);
      // A kept connection may be closed by the other side just as it is used again: that says nothing of this request.
      const outcome = first.kind === "closed" && !first.fresh ? await exchange(request) : first;
      before = request;
      return outcome;
    },
    close: drop,
  };
};

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The request as a line for a shell. */
export const curlOf = (url: string, { method, target, headers, body }: WireRequest): string => {
  const latin = (text: string): string =>
    [...text].every((each) => each >= " " && each <= "~")
      ? quoted(text)
      : `$'${[...text].map((each) => (/[\w /:;=.,-]/.test(each) ? each : `\\x${(each.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`)).join("")}'`;
  const line = [
    `curl -i --path-as-is -X ${latin(method)} --request-target ${latin(target)}`,
    ...headers.map(([name, value]) => `-H ${latin(value === "" ? `${name};` : `${name}: ${value}`)}`),
    ...(body === null ? [] : ["--data-binary @-"]),
    url,
  ].join(" ");
  return body === null ? line : `echo ${Buffer.from(body).toString("base64")} | base64 -d | ${line}`;
};
