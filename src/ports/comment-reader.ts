import type { Comment, CommentStatus } from "../domain/comments/comment.ts";
import type { Subject } from "../domain/roles/subject.ts";
import type { CommentId, TokenHash } from "../domain/shared/ids.ts";
import type { Instant } from "../domain/shared/instant.ts";

export interface CommentWithAuthor {
  readonly comment: Comment;
  readonly author: Subject;
}

/** Where a page of the queue ended. */
export interface QueuePosition {
  readonly queued_at: Instant;
  readonly id: CommentId;
}

/**
 * Comments. Every listing is ordered by id, which is by date, oldest first, and costs the same however many comments
 * there are. A page goes on after the given id, so comments added meanwhile never shift it. Rejects with StorageFailure.
 */
export interface CommentReader {
  byId(id: CommentId): Promise<CommentWithAuthor | null>;
  byEditTokenHash(hash: TokenHash): Promise<CommentWithAuthor | null>;
  /**
   * Roots of a thread that the public sees: approved ones of subjects who are not restricted, and, as place-holders,
   * removed ones or approved ones of restricted subjects that still have an approved reply by a subject who is not.
   */
  publicRoots(thread: string, after: CommentId | null, limit: number): Promise<readonly CommentWithAuthor[]>;
  /** What the public sees under one root, all depths: chosen as for roots, but place-holders need not have replies. */
  publicReplies(
    root: CommentId,
    after: CommentId | null,
    limit: number,
  ): Promise<readonly CommentWithAuthor[]>;
  /**
   * The first that `publicReplies` answers for each of up to 500 roots, at most `limit` of each, all in one question. A root
   * without any is not in it.
   */
  firstReplies(
    roots: readonly CommentId[],
    limit: number,
  ): Promise<ReadonlyMap<CommentId, readonly CommentWithAuthor[]>>;
  /** All of a thread with this status, roots and replies alike, but restricted subjects' (for moderators). */
  inThread(
    thread: string,
    status: CommentStatus,
    after: CommentId | null,
    limit: number,
  ): Promise<readonly CommentWithAuthor[]>;
  /** What waits for a moderator, longest waiting first; what a restricted subject wrote waits until that is lifted. */
  queue(after: QueuePosition | null, limit: number): Promise<readonly CommentWithAuthor[]>;
  /** Direct replies to a comment, whatever their status, by id, after `after`. */
  repliesTo(parent: CommentId, after: CommentId | null, limit: number): Promise<readonly Comment[]>;
  /** Which of up to 500 ids of a source are here already, in no promised order. */
  imported(source: string, sourceIds: readonly string[]): Promise<readonly Comment[]>;
}
