import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of a repeated field the last one. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** One HTTP/1.1 connection whose end can be seen, which `fetch` does not show. */
export interface HttpConnection {
  /** Sends bytes as they are. */
  send(bytes: string): void;
  /** The next whole answer; null when the connection ends without one. */
  answer(): Promise<RawAnswer | null>;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly ended: Promise<void>;
  close(): void;
}

export interface RawRequest {
  readonly token?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
}

export const requestBytes = (method: string, path: string, { token, json }: RawRequest = {}): string => {
  const body = json === undefined ? "" : JSON.stringify(json);
  return [
    `${method} ${path} HTTP/1.1`,
    "Host: localhost",
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ...(json === undefined
      ? []
      : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`]),
    "",
    body,
  ].join("\r\n");
};

/** Takes one answer with a Content-Length off the front of what has come; null while it is not whole. */
const takeAnswer = (come: Buffer): { readonly answer: RawAnswer; readonly rest: Buffer } | null => {
  const end = come.indexOf("\r\n\r\n");
  if (end === -1) return null;
  const [first = "", ...lines] = come.subarray(0, end).toString("latin1").split("\r\n");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const from = end + 4;
  const to = from + Number(headers.get("content-length") ?? 0);
  if (come.length < to) return null;
  const answer = {
    status: Number(first.split(" ")[1]),
    headers,
    body: come.subarray(from, to).toString(),
  };
  return { answer, rest: come.subarray(to) };
};

/** Rejects when nobody listens there. */
export const openConnection = async (url: string): Promise<HttpConnection> => {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  await once(socket, "connect");
  let come: Buffer = Buffer.alloc(0);
  let open = true;
  let wake: () => void = () => undefined;
  socket.on("data", (chunk: Buffer) => {
    come = Buffer.concat([come, chunk]);
    wake();
  });
  // A connection that is reset has ended, and says no more than that.
  socket.on("error", () => socket.destroy());
  const ended = new Promise<void>((resolve) => {
    socket.on("close", () => {
      open = false;
      wake();
      resolve();
    });
  });
  return {
    send: (bytes) => void socket.write(bytes),
    answer: async () => {
      for (;;) {
        const taken = takeAnswer(come);
        if (taken !== null) {
          come = Buffer.from(taken.rest);
          return taken.answer;
        }
        if (!open) return null;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    ended,
    close: () => void socket.destroy(),
  };
};
