import type { Collection, Records } from "../../domain/personal-data/records.ts";
import type { SubjectId } from "../../domain/shared/ids.ts";
import type { WalkedCollection } from "../../ports/personal-data-reader.ts";
import type { Readers } from "../../ports/store.ts";
import type { SubjectCollection } from "./exported-record.ts";

/** Records of one read: what is in memory at once, and how long one export keeps the loop from others. */
const PAGE = 50;

type Pages<C extends Collection> = (
  readers: Readers,
  subject: SubjectId,
) => AsyncIterable<readonly Records[C][]>;

const walked = <C extends WalkedCollection>(collection: C): Pages<C> =>
  async function* (readers, subject) {
    let after: string | null = null;
    for (;;) {
      const page: readonly Records[C][] = await readers.personalData.ofSubject(
        collection,
        subject,
        after,
        PAGE,
      );
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.id ?? null;
    }
  };

const atOnce = <C extends Collection>(
  read: (readers: Readers, subject: SubjectId) => Promise<readonly Records[C][]>,
): Pages<C> =>
  async function* (readers, subject) {
    yield await read(readers, subject);
  };

const one = <C extends Collection>(
  read: (readers: Readers, subject: SubjectId) => Promise<Records[C] | null>,
): Pages<C> =>
  atOnce(async (readers, subject) => {
    const record = await read(readers, subject);
    return record === null ? [] : [record];
  });

/** How everything of a person is found: a collection that carries her id and is not here does not compile. */
export const PERSONAL_RECORDS: { readonly [C in SubjectCollection]: Pages<C> } = {
  identities: atOnce((readers, subject) => readers.identities.ofSubject(subject)),
  mail_preferences: one((readers, subject) => readers.mailPreferences.ofSubject(subject)),
  erasures: one((readers, subject) => readers.erasures.ofSubject(subject)),
  consents: async function* (readers, subject) {
    let before: number | null = null;
    for (;;) {
      const page: readonly Records["consents"][] = await readers.consents.history(subject, before, PAGE);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      before = page.at(-1)?.sequence ?? null;
    }
  },
  privacy_requests: async function* (readers, subject) {
    let after: Records["privacy_requests"]["id"] | null = null;
    for (;;) {
      const page: readonly Records["privacy_requests"][] = await readers.privacyRequests.ofSubject(
        subject,
        after,
        PAGE,
      );
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.id ?? null;
    }
  },
  comments: walked("comments"),
  comment_reports: walked("comment_reports"),
  sessions: walked("sessions"),
  outgoing_mails: walked("outgoing_mails"),
  idempotent_answers: walked("idempotent_answers"),
  webhook_deliveries: walked("webhook_deliveries"),
  legal_holds: atOnce((readers, subject) => readers.legalHolds.ofSubject(subject)),
};

export const SUBJECT_COLLECTIONS = Object.keys(PERSONAL_RECORDS) as readonly SubjectCollection[];
