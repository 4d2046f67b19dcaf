// A link that can be slow, as a process of its own: `slow-link.ts PORT TARGET`. A number on standard input is the delay of
// every answer from then on.
import { connect, createServer } from "node:net";

const [port, target] = process.argv.slice(2).map(Number);
let delayMs = 0;
createServer((client) => {
  const server = connect(target ?? 0, "127.0.0.1");
  client.setNoDelay(true);
  server.setNoDelay(true);
  client.pipe(server);
  server.on("data", (piece) => {
    if (delayMs === 0) client.write(piece);
    else setTimeout(() => client.destroyed || client.write(piece), delayMs);
  });
  // What ends on one side ends on the other.
  for (const socket of [client, server]) {
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      client.destroy();
      server.destroy();
    });
  }
}).listen(port, "127.0.0.1", () => console.log("ready"));
for await (const line of console) delayMs = Number(line);
