import { t } from "elysia";
import { type CommentId, parseId } from "../../../domain/shared/ids.ts";
import { err, ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { entityTag } from "../request-headers.ts";
import { json, type Route, route } from "../route.ts";
import {
  Comment,
  commentBody,
  ModerationDecisionBody,
  QueuePage,
  queuedCommentBody,
} from "../schemas/comments.ts";
import { PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";

export const moderationRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "POST",
    path: "/v1/comments/:id/moderation",
    operationId: "moderateComment",
    tag: "moderation",
    summary: "Decide on a comment",
    description: "Approving a reported comment settles the report; a removal is final.",
    permission: ["comments:moderate"],
    params: { id: uuid() },
    body: ModerationDecisionBody,
    success: { status: 200, description: "Decided", schema: Comment, headers: { ETag: "Its new version" } },
    problems: ["not-found", "moderation-not-possible", "conflict"],
    handle: async ({ caller, params: { id }, body }) => {
      const comment = parseId<CommentId>(id);
      if (comment === null) return err({ type: "not-found" });
      const decided = await application.comments.moderateComment(caller, {
        id: comment,
        decision: body.decision,
        reason: body.reason ?? null,
      });
      if (!decided.ok) return decided;
      return ok(json(commentBody(decided.value), { headers: { ETag: entityTag(decided.value.version) } }));
    },
  }),
  route({
    method: "GET",
    path: "/v1/moderation/queue",
    operationId: "listModerationQueue",
    tag: "moderation",
    summary: "What waits for a moderator, longest waiting first",
    permission: ["comments:moderate"],
    query: t.Object(PAGE_QUERY),
    success: { status: 200, description: "A page of the queue", schema: QueuePage },
    problems: [],
    handle: async ({ caller, query }) => {
      const found = await application.comments.moderationQueue(caller, pageRequest(query));
      if (!found.ok) return found;
      const { items, next_cursor } = found.value;
      return ok(json({ items: items.map(queuedCommentBody), next_cursor }));
    },
  }),
];
