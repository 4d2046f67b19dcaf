import { createTransport } from "nodemailer";
import { type Mailer, MailFailure } from "../../ports/mailer.ts";
import { messageOf } from "./message.ts";

export interface SmtpSettings {
  /** `smtp://` or `smtps://` with user, password, host and port; `?requireTLS=true` insists on STARTTLS. */
  readonly url: string;
  readonly from: string;
  /** Longest wait for the name, the connection and the greeting. */
  readonly timeoutMs?: number;
  /** Longest silence afterwards. A server that has the mail may take its time, and giving up then is sending it twice. */
  readonly silenceMs?: number;
  /** Longest time for a mail as a whole, for a server that says a little now and then. */
  readonly attemptMs?: number;
}

const TIMEOUT_MS = 10_000;
const SILENCE_MS = 60_000;
const ATTEMPT_MS = 90_000;

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
export const makeSmtpMailer = ({
  url,
  from,
  timeoutMs = TIMEOUT_MS,
  silenceMs = SILENCE_MS,
  attemptMs = ATTEMPT_MS,
}: SmtpSettings): Mailer => {
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: silenceMs,
    dnsTimeout: timeoutMs,
  });
  return {
    send: async (mail, signal) => {
      const limit = AbortSignal.timeout(attemptMs);
      try {
        await transport.sendMail({
          ...messageOf(mail, from),
          signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        });
      } catch (error) {
        throw failureOf(error as SmtpError);
      }
    },
  };
};
