import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** What becomes of a piece that a client sends. */
export type Fate =
  | "pass"
  /** It arrives, and then the client's side breaks: the answer is lost. */
  | "pass and break"
  /** It never arrives. */
  | "break"
  /** It never arrives, and nobody says so. */
  | "swallow"
  /** It arrives late, after the client's side broke. */
  | "break and pass later";

export interface TcpProxy {
  readonly port: number;
  /** Decides on every piece from now on. */
  decide(rule: (piece: Buffer) => Fate): void;
  stop(): Promise<void>;
}

const LATE_MS = 150;

/** Stands between a client and a server on the loopback. */
export const startTcpProxy = async (target: number): Promise<TcpProxy> => {
  let rule: (piece: Buffer) => Fate = () => "pass";
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(target, "127.0.0.1");
    let broken = false;
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // Ends of connections are what this is for.
      socket.on("error", () => socket.destroy());
    }
    const breakClient = () => {
      broken = true;
      client.destroy();
    };
    client.on("data", (piece: Buffer) => {
      const fate = rule(piece);
      if (fate === "pass" || fate === "pass and break") server.write(piece);
      if (fate === "break") server.destroy();
      if (fate === "pass and break" || fate === "break" || fate === "break and pass later") breakClient();
      // The server's side stays open for a while, as it does when a network fails.
      if (fate === "pass and break") setTimeout(() => server.destroy(), LATE_MS);
      if (fate === "break and pass later") {
        setTimeout(() => server.end(piece), LATE_MS);
      }
    });
    server.on("data", (piece) => client.destroyed || client.write(piece));
    server.on("close", () => client.destroy());
    client.on("close", () => broken || server.destroy());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: (proxy.address() as AddressInfo).port,
    decide: (next) => {
      rule = next;
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
};
