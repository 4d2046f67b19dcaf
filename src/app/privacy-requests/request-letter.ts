import {
  CONFIRMATION_DAYS,
  type PrivacyRequest,
  type RequestType,
} from "../../domain/privacy-requests/privacy-request.ts";
import type { Instant } from "../../domain/shared/instant.ts";

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
  | { readonly kind: "given_up" }
  | { readonly kind: "extended"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "completed"; readonly answer: string | null }
  | { readonly kind: "address_changed" }
  | { readonly kind: "erased"; readonly certificate: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "lift_announced"; readonly reason: string }
  | { readonly kind: "lifted" }
  | { readonly kind: "reminder"; readonly late: boolean };

const dateText = (at: Instant): string => new Date(at).toISOString().slice(0, 10);

export const SUBJECTS: Readonly<Record<RequestNews["kind"], string>> = {
  received: "We received your request",
  confirm: "Please confirm your request",
  identity: "Please tell us who asks",
  given_up: "Your request was closed",
  extended: "Your request takes longer",
  refused: "Your request was refused",
  completed: "Your request was carried out",
  address_changed: "Your address was changed",
  erased: "Your data were erased",
  cancelled: "Your request was cancelled",
  lift_announced: "The restriction of your data will end",
  lifted: "The restriction of your data has ended",
  reminder: "A privacy request needs an answer",
};

const erasureDate = ({ effective_at }: PrivacyRequest): readonly string[] =>
  effective_at === null
    ? []
    : [
        `Your data are erased on ${dateText(effective_at)}. Until then you can sign in and cancel the request.`,
      ];

/** How she gets what she asked for (GDPR Art. 12(1), (2)): by herself, as often as she likes. */
const archiveWay = ({ type, state, id, subject_id }: PrivacyRequest, publicUrl: string): readonly string[] =>
  (type === "access" || type === "portability") && state === "open" && subject_id !== null
    ? [
        "Your data are ready for you. Sign in to the site, then open this link in the same browser:",
        `${publicUrl}/v1/privacy-requests/${id}/export`,
        "You get a ZIP file with a page to read and the same data for other programs, as often as you like. If you cannot sign in, reply to the site.",
      ]
    : [];

const received = (request: PrivacyRequest, { publicUrl, now }: LetterContext): readonly string[] => [
  request.due_at < now
    ? `You asked for ${NAMES[request.type]}. It reached us on ${dateText(request.received_at)}, and we should have answered by ${dateText(request.due_at)}. We are sorry; we answer without further delay.`
    : `You asked for ${NAMES[request.type]}. We answer by ${dateText(request.due_at)} at the latest.`,
  ...archiveWay(request, publicUrl),
  ...erasureDate(request),
];

export interface LetterContext {
  readonly publicUrl: string;
  readonly now: Instant;
}

/** Plain sentences; nothing of the person but what she was told to expect. A link is a sentence of its own. */
export const paragraphs = (
  request: PrivacyRequest,
  news: RequestNews,
  context: LetterContext,
): readonly string[] => {
  const asked = NAMES[request.type];
  switch (news.kind) {
    case "received":
      return received(request, context);
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
    case "given_up":
      return [
        `You asked for ${asked}. We asked you to show that the data are yours and did not hear from you. As it stands we cannot tell whose data to look for, and do not go on (GDPR Art. 11(2), 12(2)).`,
        "You may ask again at any time. What you had written to us is deleted.",
        REMEDIES,
      ];
    case "extended":
      return [
        `You asked for ${asked}. It takes longer than a month; we answer by ${dateText(request.due_at)} at the latest (GDPR Art. 12(3)).`,
        `The reason: ${news.reason}`,
        ...erasureDate(request),
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
    case "erased":
      return [
        `You asked for ${asked}. It was done on ${dateText(context.now)}, and looked for you afterwards: nothing here leads to you any more. With this letter your address goes as well.`,
        "What follows is the signed certificate. It says what was deleted and what stays without you, and until when older backups still hold it; it does not name you. Keep it: we cannot find it by your name.",
        news.certificate,
        "It can be checked with the public keys at:",
        `${context.publicUrl}/.well-known/jwks.json`,
        REMEDIES,
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
        request.state === "awaiting_identity"
          ? `For a privacy request (${request.type}) nobody has shown yet whose it is. It is closed on ${dateText(request.wakes_at ?? request.due_at)} unless that is confirmed.`
          : news.late
            ? `A privacy request (${request.type}) was due on ${dateText(request.due_at)} and is not answered.`
            : `A privacy request (${request.type}) is due on ${dateText(request.due_at)} and is not answered yet.`,
        `Its number is ${request.id}. The inbox is at /v1/admin/privacy-requests.`,
      ];
  }
};
