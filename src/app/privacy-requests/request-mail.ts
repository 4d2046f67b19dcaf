import type { Identity } from "../../domain/personal-data/identity.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import {
  CONFIRMATION_DAYS,
  type PrivacyRequest,
  type RequestType,
} from "../../domain/privacy-requests/privacy-request.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import { type Instant, plusDays } from "../../domain/shared/instant.ts";
import type { Deps } from "../deps.ts";
import { escaped } from "../mail/html.ts";
import { outgoingMail } from "../mail/outgoing-mail.ts";

/** A letter that the law asks for is tried for longer than news are. */
const USEFUL_DAYS = 30;

/** GDPR Art. 12(4): said with every refusal. */
export const REMEDIES =
  "You may complain to a supervisory authority, in particular in the country where you live or work or where the matter happened (GDPR Art. 77), and you may go to court (GDPR Art. 79).";

const NAMES: Readonly<Record<RequestType, string>> = {
  access: "access to your data (GDPR Art. 15)",
  portability: "your data for use elsewhere (GDPR Art. 20)",
  rectification: "correction of your data (GDPR Art. 16)",
  erasure: "erasure of your data (GDPR Art. 17)",
  restriction: "restriction of processing (GDPR Art. 18)",
  objection: "an end to the processing that you object to (GDPR Art. 21)",
};

/** What a person, or an operator, is told of a request. */
export type RequestNews =
  | { readonly kind: "received" }
  | { readonly kind: "confirm"; readonly link: string }
  | { readonly kind: "identity" }
  | { readonly kind: "extended"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "completed"; readonly answer: string | null }
  | { readonly kind: "address_changed" }
  | { readonly kind: "cancelled" }
  | { readonly kind: "lift_announced"; readonly reason: string }
  | { readonly kind: "lifted" }
  | { readonly kind: "reminder"; readonly late: boolean };

const dateText = (at: Instant): string => new Date(at).toISOString().slice(0, 10);

const SUBJECTS: Readonly<Record<RequestNews["kind"], string>> = {
  received: "We received your request",
  confirm: "Please confirm your request",
  identity: "Please tell us who asks",
  extended: "Your request takes longer",
  refused: "Your request was refused",
  completed: "Your request was carried out",
  address_changed: "Your address was changed",
  cancelled: "Your request was cancelled",
  lift_announced: "The restriction of your data will end",
  lifted: "The restriction of your data has ended",
  reminder: "A privacy request needs an answer",
};

const received = (request: PrivacyRequest): readonly string[] => [
  `You asked for ${NAMES[request.type]}. We answer by ${dateText(request.due_at)} at the latest.`,
  ...(request.effective_at === null
    ? []
    : [`Your data are erased on ${dateText(request.effective_at)}. Until then you can cancel the request.`]),
];

/** Plain sentences; nothing of the person but what she was told to expect. */
const paragraphs = (request: PrivacyRequest, news: RequestNews): readonly string[] => {
  const asked = NAMES[request.type];
  switch (news.kind) {
    case "received":
      return received(request);
    case "confirm":
      return [
        `Somebody, probably you, asked for ${asked}.`,
        `Open this link within ${CONFIRMATION_DAYS} days and confirm with the button there:`,
        news.link,
        "If it was not you, delete this mail: nothing happens without the link.",
      ];
    case "identity":
      return [
        `You asked for ${asked}. We cannot tell yet that the data are yours, and the time to answer stands still until we can (GDPR Art. 12(6)).`,
        "Reply to the site with what shows it, such as a mail from the address you used there. Send no copy of an identity document.",
      ];
    case "extended":
      return [
        `You asked for ${asked}. It takes longer than a month; we answer by ${dateText(request.due_at)} at the latest (GDPR Art. 12(3)).`,
        `The reason: ${news.reason}`,
      ];
    case "refused":
      return [`You asked for ${asked}. We do not do it.`, `The reason: ${news.reason}`, REMEDIES];
    case "completed":
      return [`What you asked for is done: ${asked}.`, ...(news.answer === null ? [] : [news.answer])];
    case "address_changed":
      return [
        "Another e-mail address has taken the place of this one, because somebody who was signed in as you asked for it and confirmed it from the new mailbox. What we have to tell you goes there from now on.",
        "If it was not you, write to the site at once. This address is no longer kept.",
      ];
    case "cancelled":
      return [`Your request for ${asked} was cancelled. Nothing of it is carried out.`];
    case "lift_announced":
      return [
        `From ${dateText(request.lift_at ?? request.due_at)} on your data are no longer restricted, and are used again as before (GDPR Art. 18(3)).`,
        `The reason: ${news.reason}`,
        REMEDIES,
      ];
    case "lifted":
      return ["Your data are no longer restricted: they are used again as before."];
    case "reminder":
      return [
        news.late
          ? `A privacy request (${request.type}) was due on ${dateText(request.due_at)} and is not answered.`
          : `A privacy request (${request.type}) is due on ${dateText(request.due_at)} and is not answered yet.`,
        `Its number is ${request.id}. The inbox is at /v1/admin/privacy-requests.`,
      ];
  }
};

/**
 * A mail about a request. It is owed by law, not news: neither the flag `enable_email_notifications` nor unsubscribing
 * keeps it back, and a restriction does not either (GDPR Art. 12(3), (4), 18(3)).
 */
export const requestMail = (
  deps: Pick<Deps, "ids" | "sealer" | "policies">,
  to: { readonly address: string; readonly subject: SubjectId | null },
  request: PrivacyRequest,
  news: RequestNews,
  now: Instant,
): OutgoingMail => {
  const all = paragraphs(request, news);
  const site = new URL(deps.policies.allowedOrigins[0] ?? deps.policies.publicUrl).host;
  const html = all.map((text) => {
    const safe = escaped(text).replaceAll("\n", "<br>");
    return news.kind === "confirm" && text === news.link
      ? `<p><a href="${safe}">${safe}</a></p>`
      : `<p>${safe}</p>`;
  });
  return outgoingMail(
    deps,
    { kind: "privacy_request", subject_id: to.subject, now, until: plusDays(now, USEFUL_DAYS) },
    {
      to: to.address,
      subject: `${SUBJECTS[news.kind]} (${site})`,
      text: `${all.join("\n\n")}\n`,
      html: `${html.join("\n")}\n`,
    },
  );
};

/** The address she has shown to be hers; null: none. */
export const provenEmail = (identities: readonly Identity[]): Identity | null =>
  identities.find(({ kind, blind_index }) => kind === "email" && blind_index !== null) ?? null;
