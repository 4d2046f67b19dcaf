import type { Comment } from "../../domain/comments/comment.ts";
import type { CommentTurn } from "../../domain/notifications/comment-notifications.ts";
import type { Mail } from "../../ports/mailer.ts";
import type { Policies } from "../deps.ts";
import { escaped, quotationOf } from "./html.ts";

/** Code points quoted of a comment. */
const QUOTED_MAX = 200;

/** The page of a thread, where its name is a path on the site; null where nobody can know where it is. */
export const pageOf = (
  thread: string,
  { allowedOrigins }: Pick<Policies, "allowedOrigins">,
): string | null => {
  const [origin] = allowedOrigins;
  if (origin === undefined || !thread.startsWith("/") || !URL.canParse(thread, origin)) return null;
  const url = new URL(thread, origin);
  // A thread is named by whoever posts: `//elsewhere.example` must lead nowhere.
  return url.origin === new URL(origin).origin ? url.href : null;
};

interface Part {
  readonly kind: "words" | "quotation" | "link";
  readonly text: string;
}

const words = (text: string): Part => ({ kind: "words", text });
const quoted = (html: string): Part => ({ kind: "quotation", text: quotationOf(html, QUOTED_MAX) });
const link = (text: string | null): readonly Part[] => (text === null ? [] : [{ kind: "link", text }]);

const asText = ({ kind, text }: Part): string => (kind === "quotation" ? `> ${text}` : text);

const asHtml = ({ kind, text }: Part): string => {
  const safe = escaped(text);
  if (kind === "link") return `<p><a href="${safe}">${safe}</a></p>`;
  return kind === "quotation"
    ? `<blockquote>${safe}</blockquote>`
    : `<p>${safe.replaceAll("\n", "<br>")}</p>`;
};

type Written = Pick<Mail, "subject" | "text" | "html" | "unsubscribe_url">;

const written = (subject: string, parts: readonly Part[], unsubscribe_url: string): Written => {
  const end: readonly Part[] = [
    words("You need not get such mails. Stop them here:"),
    ...link(unsubscribe_url),
  ];
  const all = [...parts, ...end];
  return {
    subject,
    text: `${all.map(asText).join("\n\n")}\n`,
    html: `${all.map(asHtml).join("\n")}\n`,
    unsubscribe_url,
  };
};

const siteOf = (policies: Pick<Policies, "allowedOrigins" | "publicUrl">): string =>
  new URL(policies.allowedOrigins[0] ?? policies.publicUrl).host;

type Told = Pick<CommentTurn, "after" | "reason">;
type Site = Pick<Policies, "allowedOrigins" | "publicUrl">;

/** Tells an author of a reply. Who replied is not said: the page says it as long as that person wants it said. */
export const replyMail = ({ after: reply }: Told, site: Site, unsubscribeUrl: string): Written => {
  const page = pageOf(reply.thread, site);
  return written(
    `New reply to your comment on ${siteOf(site)}`,
    [
      words(`Somebody replied to your comment on ${siteOf(site)}:`),
      quoted(reply.content),
      ...(page === null ? [] : [words("Read it in its place:"), ...link(page)]),
      words("You asked to be told of replies when you posted your comment."),
    ],
    unsubscribeUrl,
  );
};

const DECIDED: Readonly<Record<Exclude<Comment["status"], "pending">, string>> = {
  approved: "is published now",
  rejected: "was not accepted",
  removed: "was removed",
};

/** Tells an author what a moderator decided on her comment, and why, where the moderator said so. */
export const moderationMail = (
  { after: comment, reason }: Told,
  site: Site,
  unsubscribeUrl: string,
): Written => {
  if (comment.status === "pending") throw new Error("a comment that waits has not been decided on");
  const page = comment.status === "approved" ? pageOf(comment.thread, site) : null;
  return written(
    `Your comment on ${siteOf(site)} ${DECIDED[comment.status]}`,
    [
      words(`A moderator decided on your comment on ${siteOf(site)}: it ${DECIDED[comment.status]}.`),
      quoted(comment.content),
      ...(reason === null ? [] : [words(`The reason given:\n${reason}`)]),
      ...(page === null ? [] : [words("Read it in its place:"), ...link(page)]),
    ],
    unsubscribeUrl,
  );
};
