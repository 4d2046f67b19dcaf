import { type Comment, isPublic } from "../comments/comment.ts";
import type { Identity } from "../personal-data/identity.ts";
import type { OutgoingMail } from "../personal-data/records.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes, Expectation, Write } from "../shared/changes.ts";
import type { SubjectId } from "../shared/ids.ts";
import type { MailPreferences } from "./mail-preferences.ts";

export interface Authored {
  readonly comment: Comment;
  readonly author: Subject;
}

/** What became of a comment, as far as somebody may want to know of it. */
export interface CommentTurn {
  /** Null: it has just been posted. */
  readonly before: Comment | null;
  readonly after: Comment;
  readonly author: Subject;
  /** What it replies to; null for a root. */
  readonly parent: Authored | null;
  /** Who posted or decided; null where it was no person. */
  readonly by: SubjectId | null;
  /** What the moderator gave as the reason for this very decision. */
  readonly reason: string | null;
}

/** Whom it concerns, and what about: `reply` her comment was replied to, `moderation` a moderator decided on hers. */
export interface Concerned {
  readonly kind: "reply" | "moderation";
  readonly subject: Subject;
}

/**
 * Seen by everybody for the first time. An approved comment that its author edits waits again, and approving it once more
 * is no news to others. What a restricted person wrote is seen by nobody (GDPR Art. 18(2)).
 */
export const becomesPublic = ({
  before,
  after,
  author,
}: Pick<CommentTurn, "before" | "after" | "author">): boolean =>
  isPublic(after) &&
  author.status === "active" &&
  (before === null ||
    before.status === "rejected" ||
    (before.status === "pending" && before.moderated_at === null));

/**
 * Settling a report on an approved comment leaves it as it was. Whose comment was imported never dealt with this service,
 * which has her address from elsewhere (GDPR Art. 14).
 */
const isDecision = ({ before, after, author, by }: CommentTurn): boolean =>
  before !== null &&
  before.status !== after.status &&
  after.status !== "pending" &&
  after.source === null &&
  by !== author.id;

const isReplyNews = (turn: CommentTurn, parent: Authored): boolean =>
  becomesPublic(turn) &&
  parent.comment.notify_replies &&
  (parent.comment.status === "approved" || parent.comment.status === "pending") &&
  parent.author.id !== turn.author.id;

/** Everybody but who did it: the author of the comment replied to, if she wanted to know, and whose comment was decided on. */
export const concernedBy = (turn: CommentTurn): readonly Concerned[] => [
  ...(isDecision(turn) ? [{ kind: "moderation", subject: turn.author } as const] : []),
  ...(turn.parent !== null && isReplyNews(turn, turn.parent)
    ? [{ kind: "reply", subject: turn.parent.author } as const]
    : []),
];

/** Somebody who may be written to, and the line of the vault that says where. */
export interface Addressee {
  readonly subject: Subject;
  readonly email: Identity;
  readonly preferences: MailPreferences | null;
}

/**
 * Null: not to be written to. Only an address that she has shown to be hers counts: one that was merely claimed in a post
 * may be a stranger's, who would get mail that she never asked for (GDPR Art. 5(1)(d), 6).
 */
export const addresseeOf = (
  subject: Subject,
  identities: readonly Identity[],
  preferences: MailPreferences | null,
): Addressee | null => {
  const email = identities.find(({ kind, blind_index }) => kind === "email" && blind_index !== null);
  if (email === undefined || subject.status !== "active" || preferences?.notifications === false) return null;
  return { subject, email, preferences };
};

/** The changes with the mails that tell of them: stored together or not at all, and only while each may still be told. */
export const withMails = (
  changes: Changes,
  mails: readonly { readonly mail: OutgoingMail; readonly to: Addressee }[],
): Changes => ({
  ...changes,
  expects: [
    ...changes.expects,
    ...mails.flatMap(({ to: { subject, email, preferences } }): readonly Expectation[] => [
      { in: "subjects", id: subject.id, version: subject.version },
      { in: "identities", id: email.id, version: email.version },
      ...(preferences === null
        ? []
        : [{ in: "mail_preferences", id: preferences.id, version: preferences.version } as const]),
    ]),
  ],
  writes: [
    ...changes.writes,
    ...mails.map(({ mail }): Write => ({ op: "insert", into: "outgoing_mails", row: mail })),
  ],
});
