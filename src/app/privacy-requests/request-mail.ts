import { LETTER_DAYS } from "../../domain/personal-data/catalogue.ts";
import type { Identity } from "../../domain/personal-data/identity.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import type { PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import { type Instant, plusDays } from "../../domain/shared/instant.ts";
import type { Deps } from "../deps.ts";
import { escaped } from "../mail/html.ts";
import { outgoingMail } from "../mail/outgoing-mail.ts";
import { paragraphs, type RequestNews, SUBJECTS } from "./request-letter.ts";

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
  const { publicUrl } = deps.policies;
  const all = paragraphs(request, news, { publicUrl, now });
  const site = new URL(deps.policies.allowedOrigins[0] ?? publicUrl).host;
  const html = all.map((text) => {
    const safe = escaped(text).replaceAll("\n", "<br>");
    return text.startsWith(`${publicUrl}/`) ? `<p><a href="${safe}">${safe}</a></p>` : `<p>${safe}</p>`;
  });
  return outgoingMail(
    deps,
    { kind: "privacy_request", subject_id: to.subject, now, until: plusDays(now, LETTER_DAYS) },
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
