import {
  type Addressee,
  addresseeOf,
  type CommentTurn,
  type Concerned,
  concernedBy,
  withMails,
} from "../../domain/notifications/comment-notifications.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import type { Changes } from "../../domain/shared/changes.ts";
import { type Instant, plusDays } from "../../domain/shared/instant.ts";
import type { Deps } from "../deps.ts";
import { openIdentity } from "../vault.ts";
import { moderationMail, replyMail } from "./notification-mail.ts";
import { outgoingMail } from "./outgoing-mail.ts";
import { unsubscribeUrl } from "./unsubscribe.ts";

/** A notification that could not be delivered for so long is no news any more. */
const USEFUL_DAYS = 3;

export type NotifyDeps = Pick<Deps, "ids" | "sealer" | "signer" | "policies" | "flags"> & {
  readonly readers: Pick<Deps["readers"], "comments" | "identities" | "mailPreferences">;
};

const addressee = async (deps: NotifyDeps, { subject }: Concerned): Promise<Addressee | null> => {
  const [identities, preferences] = await Promise.all([
    deps.readers.identities.ofSubject(subject.id),
    deps.readers.mailPreferences.ofSubject(subject.id),
  ]);
  return addresseeOf(subject, identities, preferences);
};

const mailTo = async (
  deps: NotifyDeps,
  kind: Concerned["kind"],
  turn: CommentTurn,
  { subject, email }: Addressee,
  now: Instant,
): Promise<OutgoingMail> => {
  const stop = await unsubscribeUrl(deps, subject.id);
  const write = kind === "reply" ? replyMail : moderationMail;
  return outgoingMail(
    deps,
    { kind, subject_id: subject.id, now, until: plusDays(now, USEFUL_DAYS) },
    { to: openIdentity(deps.sealer, email), ...write(turn, deps.policies, stop) },
  );
};

/** The changes with the mails to everybody whom this turn of a comment concerns and who may be written to. */
export const notifying = async (
  deps: NotifyDeps,
  turn: Omit<CommentTurn, "parent">,
  changes: Changes,
  now: Instant,
): Promise<Changes> => {
  if (!deps.flags().enable_email_notifications) return changes;
  const { parent_id } = turn.after;
  const whole: CommentTurn = {
    ...turn,
    parent: parent_id === null ? null : await deps.readers.comments.byId(parent_id),
  };
  const mails: { mail: OutgoingMail; to: Addressee }[] = [];
  for (const concerned of concernedBy(whole)) {
    const to = await addressee(deps, concerned);
    if (to !== null) mails.push({ mail: await mailTo(deps, concerned.kind, whole, to, now), to });
  }
  return withMails(changes, mails);
};
