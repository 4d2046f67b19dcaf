import { PSEUDONYM_KEYS } from "../../domain/anonymization/pseudonym.ts";
import { tombstone } from "../../domain/erasure/advance-erasure.ts";
import { recipientsOf } from "../../domain/recipients/webhook.ts";
import type { KeyedHash, SubjectId } from "../../domain/shared/ids.ts";
import { DAY, type Instant } from "../../domain/shared/instant.ts";
import { WALKED_COLLECTIONS } from "../../ports/personal-data-reader.ts";
import { type UnlinkedEntries, unlinkEntries } from "../audit/unlink-entries.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import { breathe, type EraseDeps, makeBatch, PAGE, type Step } from "./step.ts";

/** More periods than any store keeps keys for. */
const PERIODS_MAX = 1_000;

/** Every hash under which the audit trail may know her: one for each period whose key still lives. No key is made. */
export const userHashes = async (
  deps: Pick<EraseDeps, "pseudonymiser"> & { readonly readers: Pick<EraseDeps["readers"], "keys"> },
  subject: SubjectId,
): Promise<readonly KeyedHash[]> => {
  const prefix = "pseudonym:user:";
  const keys = await deps.readers.keys.startingWith(prefix, PERIODS_MAX);
  const length = PSEUDONYM_KEYS.user.periodDays * DAY;
  return Promise.all(
    keys.map(({ id }) =>
      deps.pseudonymiser.hash("user", subject, (Number(id.slice(prefix.length)) * length) as Instant),
    ),
  );
};

/** What was done stays on the trail; that it was she who did it does not. */
export const auditStep: Step = async (context) => {
  const { deps, subject } = context;
  const userHashSet = new Set(await userHashes(deps, subject.id));
  const unlink = unlinkEntries(deps);
  let count = 0;
  let after: number | null = null;
  do {
    const done: UnlinkedEntries = await unlink({
      userHashes: userHashSet,
      resourceIds: new Set([subject.id]),
      limit: PAGE,
      after,
    });
    count += done.unlinked;
    after = done.next;
    await breathe();
  } while (after !== null);
  const batch = makeBatch(context);
  batch.change((work) => ({ ...work, unlinked: work.unlinked + count }));
  return batch.end("next");
};

/** Whether anything still carries her id: something that came between its step and now. */
export const isCarried = async ({ readers }: EraseDeps, subject: SubjectId): Promise<boolean> => {
  const found = await Promise.all([
    readers.identities.ofSubject(subject),
    readers.consents.history(subject, null, 1),
    ...WALKED_COLLECTIONS.map((each) => readers.personalData.ofSubject(each, subject, null, 1)),
  ]);
  return found.some((rows) => rows.length > 0) || (await readers.mailPreferences.ofSubject(subject)) !== null;
};

/** Her own record becomes an id that leads to nobody; what came in the meantime is gone through first. */
export const subjectStep: Step = async (context) => {
  const { deps, subject } = context;
  const batch = makeBatch(context);
  if (await isCarried(deps, subject.id)) return { ...batch.end("next"), step: "vault", cursor: null };
  await deps.refreshRecipients();
  const recipients = recipientsOf(deps.recipients(), "subject.erased").length;
  batch.change((work) => ({ ...work, recipients }));
  batch.add("subjects", subject, tombstone(subject, await occasionOf(deps, SYSTEM_CALLER)));
  return batch.end("next");
};
