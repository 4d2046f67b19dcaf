import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { type Mail, type Mailer, MailFailure } from "../../ports/mailer.ts";
import { messageOf } from "./message.ts";

export interface EmlOutboxSettings {
  /** Made when it is not there, readable by this user only. */
  readonly directory: string;
  readonly from: string;
  /** Told of every mail once it is written. */
  readonly onMail?: (mail: Mail) => void;
}

/** The message id as a file name: whatever could be a path, or hide the file, becomes a dash. */
const fileNameOf = (messageId: string): string =>
  `${messageId
    .replace(/[^A-Za-z0-9@._-]/g, "-")
    .replace(/^\.+/, "-")
    .slice(0, 200)}.eml`;

const writeDurably = async (directory: string, name: string, bytes: Buffer): Promise<void> => {
  const partial = join(directory, `${name}.partial`);
  try {
    const file = await open(partial, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, join(directory, name));
  } catch (failure) {
    await rm(partial, { force: true });
    throw failure;
  }
  const folder = await open(directory, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/**
 * Writes each mail as `<message id>.eml` (RFC 5322), mode 0600, for a service without SMTP. A mail sent twice is one
 * file. Where the folder cannot be written, trying again later may help.
 */
export const makeEmlOutbox = ({ directory, from, onMail }: EmlOutboxSettings): Mailer => {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: "windows" });
  return {
    send: async (mail) => {
      const { message } = await composer.sendMail(messageOf(mail, from));
      if (!Buffer.isBuffer(message)) throw new TypeError("nodemailer gave a stream for `buffer: true`");
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeDurably(directory, fileNameOf(mail.message_id), message);
      } catch {
        // The cause names the file, and so the mail; the port carries neither.
        throw new MailFailure(true, null);
      }
      onMail?.(mail);
    },
  };
};
