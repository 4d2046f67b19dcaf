// The few words of SMTP that a sender needs, over a real socket.
import { createServer, type Server, type Socket } from "node:net";

export interface FakeSmtp {
  readonly url: string;
  /** What was sent after DATA, one entry a mail, and the recipients named for it. */
  readonly taken: { readonly to: string; readonly data: string }[];
  close(): Promise<void>;
}

/** Replies by command; a reply of `"hang"` says nothing, `"drop"` closes the connection. */
export type Replies = Partial<Record<"greeting" | "MAIL" | "RCPT" | "DATA" | "end", string>>;

export const fakeSmtp = async (replies: Replies = {}): Promise<FakeSmtp> => {
  const taken: { to: string; data: string }[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    let buffer = "";
    let to = "";
    let data: string | null = null;
    const say = (step: keyof Replies, otherwise: string): boolean => {
      const reply = replies[step] ?? otherwise;
      if (reply === "drop") socket.destroy();
      else if (reply !== "hang") socket.write(`${reply}\r\n`);
      return /^[23]/.test(reply);
    };
    const take = (line: string): void => {
      if (data !== null) {
        if (line !== ".") {
          data += `${line.startsWith("..") ? line.slice(1) : line}\r\n`;
          return;
        }
        if (say("end", "250 taken")) taken.push({ to, data });
        data = null;
        return;
      }
      const command = line.slice(0, 4).toUpperCase();
      if (command === "EHLO" || command === "HELO") socket.write("250 fake\r\n");
      else if (command === "MAIL") say("MAIL", "250 ok");
      else if (command === "RCPT") {
        to = /<([^>]*)>/.exec(line)?.[1] ?? "";
        say("RCPT", "250 ok");
      } else if (command === "DATA") data = say("DATA", "354 go on") ? "" : null;
      else if (command === "QUIT") socket.end("221 bye\r\n");
      else socket.write("250 ok\r\n");
    };
    socket.on("data", (bytes) => {
      buffer += bytes.toString("utf8");
      for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        take(line);
      }
    });
    say("greeting", "220 fake");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the fake SMTP server has no port");
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    taken,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
};
