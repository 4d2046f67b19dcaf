import type { Socket } from "node:net";
import { SMTPServer } from "smtp-server";

/** A mail as it arrived. */
export interface TakenMail {
  readonly to: string;
  /** Header fields by their names in lower case, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  /** As sent. */
  readonly raw: string;
}

/** What the server does at a step: undefined or a promise of it takes it, a number refuses it with this reply code. */
type Reply = number | undefined | Promise<number | undefined>;

export interface SmtpBehaviour {
  readonly onConnect?: () => Reply;
  readonly onMail?: () => Reply;
  readonly onRecipient?: (address: string) => Reply;
  /** Asked when all of a mail is here. A mail counts as taken once 250 is on its way. */
  readonly onMessage?: (mail: TakenMail) => Reply;
}

export interface TestSmtpServer {
  readonly url: string;
  readonly taken: readonly TakenMail[];
  /** From now on it behaves like this. */
  behave(behaviour: SmtpBehaviour): void;
  /** Ends as a killed process does: every connection breaks, and nobody listens. */
  kill(): Promise<void>;
  /** Listens again, on the same port. */
  restart(): Promise<void>;
}

export const HANGS = (): Promise<never> => new Promise(() => undefined);

const headersOf = (raw: string): ReadonlyMap<string, string> =>
  new Map(
    raw
      .slice(0, raw.indexOf("\r\n\r\n"))
      .replaceAll(/\r\n[ \t]+/g, " ")
      .split("\r\n")
      .map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), line.slice(line.indexOf(":") + 2)]),
  );

/** Quoted-printable undone, as far as ASCII goes. */
export const readable = (raw: string): string =>
  raw
    .replaceAll("=\r\n", "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** The package `smtp-server` on this port of the loopback, or any that is free, without TLS. */
export const startSmtpServer = async (at = 0): Promise<TestSmtpServer> => {
  const taken: TakenMail[] = [];
  const sockets = new Set<Socket>();
  let behaviour: SmtpBehaviour = {};
  let server: SMTPServer;
  let port = at;

  const decide = async (reply: Reply, callback: (error?: Error | null) => void): Promise<boolean> => {
    const code = await reply;
    const error = code === undefined ? null : Object.assign(new Error("no"), { responseCode: code });
    callback(error);
    return error === null;
  };

  const listen = (): Promise<void> => {
    server = new SMTPServer({
      logger: false,
      authOptional: true,
      disabledCommands: ["AUTH", "STARTTLS"],
      onConnect: (_, callback) => void decide(behaviour.onConnect?.(), callback),
      onMailFrom: (_, __, callback) => void decide(behaviour.onMail?.(), callback),
      onRcptTo: ({ address }, _, callback) => void decide(behaviour.onRecipient?.(address), callback),
      onData: (stream, { envelope }, callback) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          const raw = Buffer.concat(chunks).toString("utf8");
          const to = envelope.rcptTo[0]?.address ?? "";
          const mail: TakenMail = { to, headers: headersOf(raw), raw };
          void decide(behaviour.onMessage?.(mail), callback).then((took) => took && taken.push(mail));
        });
      },
    });
    // A connection that breaks is what these tests are about.
    server.on("error", () => undefined);
    server.server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    });
    return new Promise((resolve) => {
      const listening = server.listen(port, "127.0.0.1", () => {
        const address = listening.address();
        if (address === null || typeof address === "string") throw new Error("the server has no port");
        port = address.port;
        resolve();
      });
    });
  };

  await listen();
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    behave: (next) => {
      behaviour = next;
    },
    kill: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
    restart: listen,
  };
};
