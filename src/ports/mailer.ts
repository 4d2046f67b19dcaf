/** A mail in the clear. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Where one request stops such mails (RFC 8058); missing on a mail that was asked for. */
  readonly unsubscribe_url?: string;
  /** Without angle brackets; the same at every attempt. */
  readonly message_id: string;
}

/**
 * Hands mails on. Resolves when the other side has taken the mail; rejects with MailFailure otherwise, within a time of
 * its own. Once `signal` is aborted it lets go of the other side and rejects: whether the mail was taken is then not known.
 */
export interface Mailer {
  send(mail: Mail, signal?: AbortSignal): Promise<void>;
}

export class MailFailure extends Error {
  override readonly name = "MailFailure";
  constructor(
    /** False: trying again is of no use. */
    readonly transient: boolean,
    /** SMTP reply code, where there was one. */
    readonly code: number | null,
  ) {
    super(`mail was not taken${code === null ? "" : ` (SMTP ${code})`}`);
  }
}
