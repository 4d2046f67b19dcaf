import type { Identity } from "../../domain/personal-data/identity.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import type { PrivacyRequest } from "../../domain/privacy-requests/privacy-request.ts";
import type { RequestChange, RequestEffect } from "../../domain/privacy-requests/request-change.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import type { Instant } from "../../domain/shared/instant.ts";
import type { LedgerFact, LedgerNews } from "../../ports/erasure-ledger.ts";
import type { Deps } from "../deps.ts";
import { withEvents } from "../recipients/with-events.ts";
import { openIdentity } from "../vault.ts";
import type { RequestNews } from "./request-letter.ts";
import { provenEmail, requestMail } from "./request-mail.ts";
import { openedText } from "./request-view.ts";

/** What was put right, in the clear, for the ledger. */
export type RectifiedValues = Omit<Extract<LedgerNews, { kind: "rectification" }>, "kind">;

const EVENTS = {
  restricted: "subject.restricted",
  unrestricted: "subject.unrestricted",
  objected: "consent.changed",
  rectified: "subject.rectified",
} as const;

const newsOf = (
  effect: RequestEffect,
  { restriction_ground: ground }: PrivacyRequest,
  rectified: RectifiedValues | null,
): LedgerNews | null => {
  switch (effect.kind) {
    case "restricted":
      return { kind: "restriction", ...(ground === null ? {} : { ground }) };
    case "unrestricted":
      return { kind: "unrestriction" };
    case "objected":
      return { kind: "objection", purposes: effect.purposes };
    case "rectified":
      return rectified === null ? null : { kind: "rectification", ...rectified };
  }
};

/** The mails that go with a change, to wherever the person is known to be reached. */
export const mailsTo = (
  deps: Pick<Deps, "ids" | "sealer" | "policies">,
  request: PrivacyRequest,
  identities: readonly Identity[],
  news: readonly RequestNews[],
  now: Instant,
): readonly OutgoingMail[] => {
  const email = provenEmail(identities);
  const address = email === null ? openedText(deps, request, "contact") : openIdentity(deps.sealer, email);
  if (address === null) return [];
  return news.map((each) => requestMail(deps, { address, subject: request.subject_id }, request, each, now));
};

export const withRequestMails = (changes: Changes, mails: readonly OutgoingMail[]): Changes => ({
  ...changes,
  writes: [
    ...changes.writes,
    ...mails.map((row) => ({ op: "insert", into: "outgoing_mails", row }) as const),
  ],
});

/**
 * What a change does to the data is in the ledger before it is committed, and recipients are told in the same commit
 * (GDPR Art. 19). Told to the ledger twice, or in vain, it does no harm: it is what the person wanted.
 */
export const enacted = async (
  deps: Pick<Deps, "ledger" | "recipients" | "refreshRecipients" | "ids" | "sealer" | "policies">,
  { request, changes, effects }: RequestChange,
  subject: SubjectId | null,
  rectified: RectifiedValues | null,
  now: Instant,
): Promise<Changes> => {
  if (subject === null || effects.length === 0) return changes;
  const facts = effects.flatMap((effect): readonly LedgerFact[] => {
    const news = newsOf(effect, request, rectified);
    return news === null ? [] : [{ ...news, subject, at: now }];
  });
  const [first, ...rest] = facts;
  if (first !== undefined) await deps.ledger.append([first, ...rest]);
  await deps.refreshRecipients();
  return withEvents(
    deps,
    changes,
    effects.map(({ kind }) => ({ type: EVENTS[kind], subject, reference: request.id, due_at: null })),
    now,
  );
};
