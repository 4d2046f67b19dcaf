import type { GdprRecord } from "../shared/gdpr-record.ts";
import type { CommentId, CommentReportId, SubjectId, TokenHash } from "../shared/ids.ts";
import { type Instant, MINUTE } from "../shared/instant.ts";
import { codePoints } from "../shared/text.ts";

/** Limits of the specification's CommentCreateRequest, in code points. */
export const CONTENT_MAX = 1_000;
export const AUTHOR_NAME_MAX = 100;
/** Imported comments may be longer than new ones: up to 64 KiB of UTF-8. */
export const IMPORTED_CONTENT_MAX_BYTES = 65_536;
export const EDIT_MINUTES = 15;
export const THREAD_MAX = 200;
export const REPORT_REASON_MAX = 500;
export const MODERATION_NOTE_MAX = 500;

export const COMMENT_STATUSES = ["pending", "approved", "rejected", "removed"] as const;

export type CommentStatus = (typeof COMMENT_STATUSES)[number];

export const MODERATION_DECISIONS = ["approve", "reject", "remove"] as const;

export type ModerationDecision = (typeof MODERATION_DECISIONS)[number];

/** Whether a comment waits for a moderator before it is seen (the default), or is seen at once. */
export type ModerationMode = "pre" | "post";

/** A comment. Its author's name stands in the vault; `content` is HTML already reduced to the allow-list. */
export interface Comment extends GdprRecord<CommentId> {
  /** The page it belongs to, as the site names it (often a path). */
  readonly thread: string;
  readonly subject_id: SubjectId;
  readonly parent_id: CommentId | null;
  /** The comment that its branch starts with; its own id for a root. */
  readonly root_id: CommentId;
  /** 0 for a root, 1 for a reply to it … */
  readonly depth: number;
  readonly content: string;
  readonly status: CommentStatus;
  /** Since when it waits for a moderator (posted or reported); null when it does not. */
  readonly queued_at: Instant | null;
  readonly moderated_at: Instant | null;
  /** What the moderator gave as the reason; never public, seen by moderators and by the author. */
  readonly moderation_note: string | null;
  readonly edited_at: Instant | null;
  readonly edit_token_hash: TokenHash | null;
  readonly notify_replies: boolean;
  /** Where an imported comment came from and its id there (GDPR Art. 14); both null for one posted here. Unique together. */
  readonly source: string | null;
  readonly source_id: string | null;
}

/** What a reader said is wrong with a comment. */
export interface CommentReport extends GdprRecord<CommentReportId> {
  readonly comment_id: CommentId;
  readonly subject_id: SubjectId | null;
  readonly reason: string;
}

/** The author may edit for 15 minutes; at the end of the window itself it is over. */
export const isEditable = (comment: Comment, now: Instant): boolean =>
  comment.source === null &&
  (comment.status === "pending" || comment.status === "approved") &&
  now < comment.created_at + EDIT_MINUTES * MINUTE;

/** Seen by everybody. */
export const isPublic = (comment: Comment): boolean => comment.status === "approved";

/** The page's name in a thread: printable, storable, no surrounding space. Null when it cannot be one. */
export const parseThread = (text: string): string | null =>
  text !== "" && codePoints(text) <= THREAD_MAX && text.trim() === text && !/[\p{C}]/u.test(text)
    ? text
    : null;
