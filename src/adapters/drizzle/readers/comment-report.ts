import { and, asc, eq, gt } from "drizzle-orm";
import type { CommentReportReader } from "../../../ports/comment-report-reader.ts";
import { param, prepared, type Source } from "../portable.ts";

export const commentReportReader = (source: Source): CommentReportReader => {
  const { db, schema } = source;
  const { comment_reports } = schema;
  const onComment = prepared(source, "comment_reports.onComment", () =>
    db
      .select()
      .from(comment_reports)
      .where(and(eq(comment_reports.comment_id, param("comment")), gt(comment_reports.id, param("after"))))
      .orderBy(asc(comment_reports.id))
      .limit(param("limit")),
  );
  return {
    onComment: (comment, after, limit) => onComment({ comment, after: after ?? "", limit }),
  };
};
