import type { CommentReport } from "../domain/comments/comment.ts";
import type { CommentId, CommentReportId } from "../domain/shared/ids.ts";

/** Reports to the moderators. Rejects with StorageFailure only. */
export interface CommentReportReader {
  /** Reports on a comment by id, after `after`, at most `limit`. */
  onComment(
    comment: CommentId,
    after: CommentReportId | null,
    limit: number,
  ): Promise<readonly CommentReport[]>;
}
