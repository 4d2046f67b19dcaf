import { readdir } from "node:fs/promises";
import { join } from "node:path";

const DEADLINE_MS = 20_000;

/** Soft line breaks and escaped signs of a quoted-printable mail. */
const unquoted = (mail: string): string =>
  mail
    .replaceAll(/=\r?\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

export interface Mailbox {
  /** The next mail to this address that has this in it. Rejects where none comes. */
  next(address: string, wanted: RegExp): Promise<string>;
  /** What came since the last time and nobody waited for. */
  others(): Promise<readonly string[]>;
}

/** Reads the folder that a service without SMTP writes its mails to. */
export const openMailbox = (folder: string): Mailbox => {
  const seen = new Set<string>();
  const awaited = new Map<string, { readonly wanted: RegExp; readonly take: (mail: string) => void }>();
  let others: string[] = [];

  const read = async (): Promise<void> => {
    const names = await readdir(folder).catch(() => []);
    const fresh = names.filter((name) => name.endsWith(".eml") && !seen.has(name));
    for (const name of fresh) seen.add(name);
    const mails = fresh.map(async (name) => unquoted(await Bun.file(join(folder, name)).text()));
    for (const mail of await Promise.all(mails)) {
      const to = /^To: (\S+)/m.exec(mail)?.[1] ?? "";
      const waiting = awaited.get(to);
      if (waiting?.wanted.test(mail) !== true) others.push(mail);
      else {
        awaited.delete(to);
        waiting.take(mail);
      }
    }
  };

  return {
    next: async (address, wanted) => {
      const mail = new Promise<string>((take) => awaited.set(address, { wanted, take }));
      const reading = setInterval(() => void read(), 100);
      const found = await Promise.race([mail, Bun.sleep(DEADLINE_MS)]);
      clearInterval(reading);
      if (found === undefined) throw new Error("the mail that was waited for did not come");
      return found;
    },
    others: async () => {
      await read();
      const mails = others;
      others = [];
      return mails;
    },
  };
};
