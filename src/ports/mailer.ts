/** A mail in the clear. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Without angle brackets; the same at every attempt. */
  readonly message_id: string;
}

/** Hands mails on. Resolves when the other side has taken the mail; rejects with MailFailure otherwise. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
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
