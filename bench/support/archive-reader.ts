// Reads one answer as a process of its own: `archive-reader.ts PORT PATH TOKEN fast|slow`. Fast takes all there is and prints
// how much and how long. Slow takes a megabyte and stops, goes on for a megabyte at each line on standard input, and goes
// away with its end.
import { connect } from "node:net";

const [port = "", path = "", token = "", pace = ""] = process.argv.slice(2);
const STEP = 1_000_000;

if (pace === "fast") {
  const from = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`the export was answered ${response.status}`);
  let bytes = 0;
  let end: Uint8Array = new Uint8Array(22);
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    end = Buffer.concat([end, chunk]).subarray(-22);
  }
  // A ZIP file ends with the record that says where its list is.
  const whole = Buffer.from(end).readUInt32LE(0) === 0x06054b50;
  console.log(JSON.stringify({ bytes, whole, seconds: (performance.now() - from) / 1_000 }));
} else {
  const socket = connect(Number(port), "127.0.0.1", () =>
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`),
  );
  let left = STEP;
  socket.on("data", (chunk) => {
    left -= chunk.length;
    if (left > 0) return;
    socket.pause();
    console.log("stopped");
  });
  socket.on("close", () => process.exit());
  for await (const _ of console) {
    left = STEP;
    socket.resume();
  }
  socket.destroy();
}
