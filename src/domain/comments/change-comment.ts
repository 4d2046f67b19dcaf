import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes, Settable } from "../shared/changes.ts";
import { newGdprRecord } from "../shared/gdpr-record.ts";
import type { CommentId, CommentReportId, SubjectId } from "../shared/ids.ts";
import { err, ok, type Result } from "../shared/result.ts";
import {
  type Comment,
  type CommentStatus,
  isEditable,
  isPublic,
  type ModerationDecision,
  type ModerationMode,
} from "./comment.ts";

/** Who touches a comment: the person behind a session, the bearer of its edit token, or a moderator. */
export type CommentActor =
  | { readonly kind: "subject"; readonly subject: SubjectId; readonly moderator: boolean }
  | { readonly kind: "edit-token"; readonly comment: CommentId }
  | { readonly kind: "nobody" };

export const isAuthor = (comment: Comment, actor: CommentActor): boolean =>
  actor.kind === "subject"
    ? actor.subject === comment.subject_id
    : actor.kind === "edit-token" && actor.comment === comment.id;

const isModerator = (actor: CommentActor): boolean => actor.kind === "subject" && actor.moderator;

/**
 * The public sees what is approved, authors their own, moderators everything but what may only be stored: that is shown to
 * its author alone (GDPR Art. 18(2)).
 */
export const maySee = (comment: Comment, author: Pick<Subject, "status">, actor: CommentActor): boolean =>
  isAuthor(comment, actor) || (author.status !== "restricted" && (isModerator(actor) || isPublic(comment)));

export type ChangeCommentRefusal =
  | { readonly type: "not-the-author" }
  | { readonly type: "edit-window-over" }
  | { readonly type: "subject-restricted" }
  | { readonly type: "content-empty" }
  | { readonly type: "comment-already-removed" }
  | {
      readonly type: "moderation-not-possible";
      readonly from: CommentStatus;
      readonly decision: ModerationDecision;
    };

type Changed = { readonly comment: Comment; readonly changes: Changes };

const update = (
  comment: Comment,
  set: Settable<"comments">,
  entry: Changes["audit"][0],
  author: Subject | null,
): Changed => ({
  comment: { ...comment, ...set, version: comment.version + 1 },
  changes: {
    // Where the author acts, an erasure or a restriction of her in between must refuse it.
    expects: author === null ? [] : [{ in: "subjects", id: author.id, version: author.version }],
    writes: [{ op: "update", in: "comments", id: comment.id, version: comment.version, set }],
    audit: [entry],
  },
});

/** The author's new text, inside the edit window; with pre-moderation it waits for a moderator again. */
export const editComment = (
  state: { readonly comment: Comment; readonly author: Subject; readonly moderation: ModerationMode },
  actor: CommentActor,
  content: string,
  occasion: Occasion,
): Result<Changed, ChangeCommentRefusal> => {
  const { comment, author } = state;
  if (!isAuthor(comment, actor)) return err({ type: "not-the-author" });
  if (comment.status === "removed") return err({ type: "comment-already-removed" });
  if (!isEditable(comment, occasion.now)) return err({ type: "edit-window-over" });
  if (author.status !== "active") return err({ type: "subject-restricted" });
  if (content === "") return err({ type: "content-empty" });
  const waits = state.moderation === "pre";
  const status = waits ? "pending" : comment.status;
  return ok(
    update(
      comment,
      {
        content,
        status,
        queued_at: waits ? (comment.queued_at ?? occasion.now) : comment.queued_at,
        edited_at: occasion.now,
        updated_at: occasion.now,
      },
      auditEntry("comment.edited", comment.id, { status }, occasion),
      author,
    ),
  );
};

/** Takes a comment away: for its author with its text, for a moderator only from view (until retention). */
export const removeComment = (
  state: { readonly comment: Comment; readonly author: Subject },
  actor: CommentActor,
  occasion: Occasion,
): Result<Changed, ChangeCommentRefusal> => {
  const { comment } = state;
  const own = isAuthor(comment, actor);
  if (!own && !isModerator(actor)) return err({ type: "not-the-author" });
  if (comment.status === "removed") return err({ type: "comment-already-removed" });
  return ok(
    update(
      comment,
      {
        status: "removed",
        queued_at: null,
        updated_at: occasion.now,
        ...(own ? { content: "", edit_token_hash: null } : { moderated_at: occasion.now }),
      },
      auditEntry("comment.removed", comment.id, { by: own ? "author" : "moderator" }, occasion),
      own ? state.author : null,
    ),
  );
};

const MOVES: Readonly<
  Record<ModerationDecision, { readonly from: readonly CommentStatus[]; readonly to: CommentStatus }>
> = {
  approve: { from: ["pending", "rejected", "approved"], to: "approved" },
  reject: { from: ["pending", "approved"], to: "rejected" },
  remove: { from: ["pending", "approved", "rejected"], to: "removed" },
};

/** A moderator's decision. Approving an approved comment settles a report; removal is final. */
export const moderateComment = (
  comment: Comment,
  decision: ModerationDecision,
  note: string | null,
  occasion: Occasion,
): Result<Changed, ChangeCommentRefusal> => {
  const move = MOVES[decision];
  if (!move.from.includes(comment.status)) {
    return err({ type: "moderation-not-possible", from: comment.status, decision });
  }
  return ok(
    update(
      comment,
      {
        status: move.to,
        queued_at: null,
        moderated_at: occasion.now,
        // Who wrote it is nobody any more: a note could only say who it was.
        moderation_note: comment.anonymized ? null : note,
        updated_at: occasion.now,
      },
      auditEntry("comment.moderated", comment.id, { decision, from: comment.status }, occasion),
      null,
    ),
  );
};

/** A reader's report: the comment joins the queue once, however many report it. */
export const reportComment = (
  comment: Comment,
  report: { readonly id: CommentReportId; readonly reason: string; readonly by: SubjectId | null },
  occasion: Occasion,
): Changes => ({
  expects: comment.queued_at === null ? [] : [{ in: "comments", id: comment.id, version: comment.version }],
  writes: [
    {
      op: "insert",
      into: "comment_reports",
      row: {
        // A report is of use as long as the comment it speaks of.
        ...newGdprRecord(report.id, occasion.now, comment.retention_until),
        comment_id: comment.id,
        subject_id: report.by,
        reason: report.reason,
      },
    },
    ...(comment.queued_at === null
      ? [
          {
            op: "update",
            in: "comments",
            id: comment.id,
            version: comment.version,
            set: { queued_at: occasion.now, updated_at: occasion.now },
          } as const,
        ]
      : []),
  ],
  audit: [auditEntry("comment.reported", comment.id, { first: comment.queued_at === null }, occasion)],
});
