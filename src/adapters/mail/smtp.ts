import { createTransport } from "nodemailer";
import { type Mailer, MailFailure } from "../../ports/mailer.ts";
import { messageOf } from "./message.ts";

export interface SmtpSettings {
  /** `smtp://` or `smtps://` with user, password, host and port; `?requireTLS=true` insists on STARTTLS. */
  readonly url: string;
  readonly from: string;
  /** Longest wait for the connection, the greeting and any answer. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** Steps at which a refusal is about this very mail. Before them the server refuses us, which may be mended. */
const ABOUT_THE_MAIL = ["MAIL FROM", "RCPT TO", "DATA"];

interface SmtpError {
  readonly responseCode?: unknown;
  readonly command?: unknown;
  readonly code?: unknown;
}

/** The other side's words quote addresses, so only its number is passed on. */
const failureOf = (error: SmtpError): MailFailure => {
  const code = typeof error.responseCode === "number" ? error.responseCode : null;
  const aboutTheMail = typeof error.command === "string" && ABOUT_THE_MAIL.includes(error.command);
  // RFC 5321, 4.2.1: 5yz is permanent; 503 speaks of the order of commands, not of the mail.
  const refused = code !== null && code >= 500 && code !== 503 && aboutTheMail;
  // No sender or recipient that could be written into the envelope: it never will.
  const unaddressable = code === null && error.code === "EENVELOPE";
  return new MailFailure(!refused && !unaddressable, code);
};

/** One connection a mail: sign-in mails are few, and a kept connection would be dead when the next one comes. */
export const makeSmtpMailer = ({ url, from, timeoutMs = TIMEOUT_MS }: SmtpSettings): Mailer => {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
  });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail(messageOf(mail, from));
      } catch (error) {
        throw failureOf(error as SmtpError);
      }
    },
  };
};
