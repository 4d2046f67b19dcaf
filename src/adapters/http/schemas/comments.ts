import { t } from "elysia";
import type { CommentView, PostedComment, QueuedComment, ThreadRoot } from "../../../app/application.ts";
import {
  AUTHOR_NAME_MAX,
  COMMENT_STATUSES,
  CONTENT_MAX,
  MODERATION_DECISIONS,
  MODERATION_NOTE_MAX,
  REPORT_REASON_MAX,
} from "../../../domain/comments/comment.ts";
import { integer, named, nullable, oneOf, page, record, text, time, uuid } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

export const CommentStatus = named("CommentStatus", oneOf(COMMENT_STATUSES));

const COMMENT = {
  id: uuid(),
  thread: t.String({
    description: "The page it belongs to, as the site names it",
    examples: ["/blog/first-post/"],
  }),
  parent_id: nullable(uuid()),
  root_id: uuid("The comment its branch starts with; its own id for a root"),
  depth: integer({ minimum: 0, description: "0 for a root, 1 for a reply to it …" }),
  author_name: nullable(t.String(), { examples: ["Erika Mustermann"] }),
  content: nullable(t.String(), {
    description: "HTML of p, br, strong, em, a, ul, ol and li only; null in a place-holder",
    examples: ["<p>Thank you for this.</p>"],
  }),
  status: CommentStatus,
  created_at: time(),
  edited_at: nullable(time()),
  source: nullable(t.String(), { description: "Where it was imported from; null when posted here" }),
  version: integer({ minimum: 1, description: "What ETag says and If-Match wants" }),
};

export const Comment = named(
  "Comment",
  record(COMMENT, {
    description:
      "A comment as its reader may see it. What is not public keeps its place in the thread without name and content.",
  }),
);

export const ThreadRootView = named(
  "ThreadRoot",
  record({
    ...COMMENT,
    replies: t.Array(Comment, { description: "The first replies of the whole branch, oldest first" }),
    replies_cursor: nullable(t.String(), {
      description:
        "Send as `cursor` together with `root` for the replies that follow; null when all are here",
    }),
  }),
);

export const ThreadPage = page("ThreadPage", ThreadRootView);

export const PostedCommentView = named(
  "PostedComment",
  record({
    ...COMMENT,
    edit_token: t.String({
      description: "Bearer token that edits and removes this comment and nothing else. Shown once.",
      examples: ["gne_…"],
    }),
  }),
);

export const QueuedCommentView = named(
  "QueuedComment",
  record({ ...COMMENT, queued_at: time("Since when it waits for a moderator") }),
);

export const QueuePage = page("QueuePage", QueuedCommentView);

const content = text(CONTENT_MAX, {
  description:
    "Text or HTML, at most 1,000 characters. HTML is reduced to p, br, strong, em, a, ul, ol and li; line breaks of plain text are kept.",
  examples: ["Thank you for this."],
});

export const NewComment = named(
  "NewComment",
  record({
    content,
    author_name: text(AUTHOR_NAME_MAX, {
      description: "Shown with the comment",
      examples: ["Erika Mustermann"],
    }),
    author_email: t.Optional(
      nullable(text(254), {
        description: "Never shown. Needed unless the session has an address already.",
        examples: ["erika@example.org"],
      }),
    ),
    parent_id: t.Optional(nullable(uuid(), { description: "The comment replied to, of the same thread" })),
    notify_replies: t.Optional(
      t.Boolean({ default: false, description: "Mail the author when somebody replies" }),
    ),
    gdpr_consent: t.Boolean({
      description: "Consent to publish this comment, and to nothing else; must be true",
    }),
  }),
);

export const CommentEdit = named("CommentEdit", record({ content }));

export const NewReport = named(
  "NewReport",
  record({
    reason: text(REPORT_REASON_MAX, {
      description: "What is wrong with the comment, for the moderators",
      examples: ["Advertising"],
    }),
  }),
);

export const ModerationDecisionBody = named(
  "ModerationDecision",
  record({
    decision: oneOf(MODERATION_DECISIONS),
    reason: t.Optional(
      nullable(text(MODERATION_NOTE_MAX), { description: "Kept with the comment; never public" }),
    ),
  }),
);

export const commentBody = (comment: CommentView) => ({
  id: comment.id,
  thread: comment.thread,
  parent_id: comment.parent_id,
  root_id: comment.root_id,
  depth: comment.depth,
  author_name: comment.author_name,
  content: comment.content,
  status: comment.status,
  created_at: timeText(comment.created_at),
  edited_at: timeTextOrNull(comment.edited_at),
  source: comment.source,
  version: comment.version,
});

export const threadRootBody = (root: ThreadRoot) => ({
  ...commentBody(root),
  replies: root.replies.map(commentBody),
  replies_cursor: root.replies_cursor,
});

export const postedCommentBody = ({ comment, edit_token }: PostedComment) => ({
  ...commentBody(comment),
  edit_token,
});

export const queuedCommentBody = (queued: QueuedComment) => ({
  ...commentBody(queued),
  queued_at: timeText(queued.queued_at),
});
