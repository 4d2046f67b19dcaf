import { t } from "elysia";
import { type CommentId, parseId } from "../../../domain/shared/ids.ts";
import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { entityTag } from "../request-headers.ts";
import { json, type Route, route } from "../route.ts";
import {
  CommentStatus,
  NewComment,
  PostedCommentView,
  postedCommentBody,
  ThreadPage,
  threadRootBody,
} from "../schemas/comments.ts";
import { PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";

const params = {
  thread: t.String({
    description: "The page as the site names it, percent-encoded: `%2Fblog%2Ffirst-post%2F`",
    examples: ["/blog/first-post/"],
  }),
};

/** Has been checked to be a UUID by the schema. */
const commentId = (id: string | null | undefined): CommentId | null =>
  id == null ? null : parseId<CommentId>(id);

export const threadRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/v1/threads/:thread/comments",
    operationId: "listComments",
    tag: "comments",
    summary: "The comments of a page",
    description:
      "Oldest first by root, each root with its first replies. `root` goes on with the replies of one root; `status` lists everything with this status, flat, for moderators.",
    permission: ["content:read"],
    params,
    query: t.Object({
      ...PAGE_QUERY,
      root: t.Optional(uuid("Page the replies of this root, with its `replies_cursor` as `cursor`")),
      status: t.Optional(CommentStatus),
    }),
    success: { status: 200, description: "A page of the thread", schema: ThreadPage },
    problems: ["invalid-input", "not-found", "credential-required", "permission-missing"],
    handle: async ({ caller, params: { thread }, query }) => {
      const found = await application.comments.listThread(caller, {
        thread,
        page: pageRequest(query),
        root: commentId(query.root),
        status: query.status ?? null,
      });
      if (!found.ok) return found;
      const { items, next_cursor } = found.value;
      // A thread by status is for moderators alone.
      const asStaff = query.status !== undefined;
      return ok(json({ items: items.map(threadRootBody), next_cursor }, { asStaff }));
    },
  }),
  route({
    method: "POST",
    path: "/v1/threads/:thread/comments",
    operationId: "postComment",
    tag: "comments",
    summary: "Post a comment",
    description: "`pending` or `approved`, as the service is set. The edit token is shown once.",
    permission: ["comments:post"],
    params,
    body: NewComment,
    budget: "comments",
    success: {
      status: 201,
      description: "Posted",
      schema: PostedCommentView,
      headers: { Location: "The comment", ETag: "Its version" },
    },
    problems: [
      "gdpr-consent-required",
      "comments-disabled",
      "subject-restricted",
      "author-email-required",
      "parent-not-found",
      "content-empty",
      "conflict",
    ],
    handle: async ({ caller, params: { thread }, body }) => {
      const posted = await application.comments.postComment(caller, {
        thread,
        content: body.content,
        author_name: body.author_name,
        author_email: body.author_email ?? null,
        parent_id: commentId(body.parent_id),
        notify_replies: body.notify_replies ?? false,
        gdpr_consent: body.gdpr_consent,
      });
      if (!posted.ok) return posted;
      const { id, version } = posted.value.comment;
      return ok(
        json(postedCommentBody(posted.value), {
          headers: { Location: `/v1/comments/${id}`, ETag: entityTag(version) },
        }),
      );
    },
  }),
];
