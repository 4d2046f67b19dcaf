// A recipient's server that answers as it is told and remembers what it got.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly host: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answer = (response: ServerResponse, request: Received) => void;

export interface Receiver {
  readonly port: number;
  readonly received: Received[];
  answer: Answer;
  close(): Promise<void>;
}

/** Answers with this status and these headers, and nothing else. */
export const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(code, headers).end();

export const openReceiver = async (
  answer: Answer = status(204),
  tls?: { readonly key: string; readonly cert: string },
): Promise<Receiver> => {
  const received: Received[] = [];
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => void chunks.push(chunk));
    request.on("end", () => {
      const { headers, url } = request;
      const got = { host: headers.host, path: url, headers, body: Buffer.concat(chunks).toString() };
      received.push(got);
      receiver.answer(response, got);
    });
  };
  const server: Server = tls === undefined ? createServer(take) : createTlsServer(tls, take);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    port: (server.address() as AddressInfo).port,
    received,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
};
