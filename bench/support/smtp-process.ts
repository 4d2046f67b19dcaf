// An SMTP server as a process of its own, so that it can be stopped and killed: `smtp-process.ts PORT FILE`. Each mail is
// a line of the file before it is acknowledged. A number on standard input is the delay of every answer from then on.
import { appendFileSync } from "node:fs";
import { startSmtpServer } from "../../tests/support/smtp-server.ts";

const [port, file = ""] = process.argv.slice(2);
const server = await startSmtpServer(Number(port));
let delayMs = 0;
const late = async (): Promise<undefined> => {
  if (delayMs > 0) await Bun.sleep(delayMs);
  return undefined;
};
server.behave({
  onConnect: late,
  onMail: late,
  onRecipient: late,
  onMessage: async ({ to, headers }) => {
    await late();
    appendFileSync(file, `${JSON.stringify([to, headers.get("message-id")])}\n`);
    return undefined;
  },
});
console.log("ready");
for await (const line of console) delayMs = Number(line);
