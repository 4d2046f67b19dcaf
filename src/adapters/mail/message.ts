import type { SendMailOptions } from "nodemailer";
import type { Mail } from "../../ports/mailer.ts";

/**
 * A mail as nodemailer wants it. RFC 3834: nobody's holiday notice should answer it. RFC 8058: one click in the reader's
 * mail program stops what she did not ask for.
 */
export const messageOf = (mail: Mail, from: string): SendMailOptions => ({
  from,
  to: { name: "", address: mail.to },
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  messageId: `<${mail.message_id}>`,
  headers: {
    "Auto-Submitted": "auto-generated",
    ...(mail.unsubscribe_url === undefined
      ? {}
      : {
          "List-Unsubscribe": `<${mail.unsubscribe_url}>`,
          "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }),
  },
  xMailer: false,
  // What stands in a mail is text, never the name of something to fetch.
  disableFileAccess: true,
  disableUrlAccess: true,
});
