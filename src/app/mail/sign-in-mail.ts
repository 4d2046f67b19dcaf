import { SIGN_IN_LINK_MINUTES } from "../../domain/sessions/sign-in-link.ts";
import type { Mail } from "../../ports/mailer.ts";
import { escaped } from "./html.ts";

/** The mail that carries a sign-in link. It names the site and nothing of the person. */
export const signInMail = (link: string): Pick<Mail, "subject" | "text" | "html"> => {
  const site = new URL(link).host;
  const asked = `Somebody, probably you, asked to sign in to ${site} with this e-mail address.`;
  const how = `Open this link and confirm with the button there. It works once, for ${SIGN_IN_LINK_MINUTES} minutes:`;
  const otherwise = "If it was not you, delete this mail: nothing happens without the link.";
  const href = escaped(link);
  return {
    subject: `Sign in to ${site}`,
    text: `${asked}\n\n${how}\n\n${link}\n\n${otherwise}\n`,
    html: `<p>${escaped(asked)}</p>\n<p>${how}</p>\n<p><a href="${href}">${href}</a></p>\n<p>${otherwise}</p>\n`,
  };
};
