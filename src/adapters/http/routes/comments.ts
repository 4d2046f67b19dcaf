import type { CommentView } from "../../../app/application.ts";
import { answering } from "../../../app/idempotency/begin-request.ts";
import { type CommentId, parseId } from "../../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { versionFor } from "../precondition.ts";
import type { Refusal } from "../refusals.ts";
import { entityTag } from "../request-headers.ts";
import { type Answer, json, keptAnswer, type Route, route } from "../route.ts";
import { Comment, CommentEdit, commentBody, NewReport } from "../schemas/comments.ts";
import { uuid } from "../schemas/kinds.ts";
import { Accepted } from "../schemas/people.ts";

const ACCEPTED = json({ status: "accepted" });
const NOT_FOUND: Result<never, Refusal> = err({ type: "not-found" });
const params = { id: uuid() };

const answered = (comment: CommentView): Answer =>
  json(commentBody(comment), { headers: { ETag: entityTag(comment.version) } });

export const commentRoutes = ({ application }: Service): readonly Route[] => {
  const { comments } = application;

  return [
    route({
      method: "GET",
      path: "/v1/comments/:id",
      operationId: "readComment",
      reads: "comment",
      tag: "comments",
      summary: "One comment",
      description: "What is not public is found by its author and by moderators only.",
      permission: ["content:read"],
      params,
      success: { status: 200, description: "The comment", schema: Comment, headers: { ETag: "Its version" } },
      problems: ["not-found"],
      handle: async ({ caller, params: { id } }) => {
        const comment = parseId<CommentId>(id);
        if (comment === null) return NOT_FOUND;
        const found = await comments.readComment(caller, comment);
        return found.ok ? ok({ ...answered(found.value), asStaff: found.value.seen_as_staff }) : found;
      },
    }),
    route({
      method: "PATCH",
      path: "/v1/comments/:id",
      operationId: "editComment",
      tag: "comments",
      summary: "Edit one's own comment",
      description:
        "Within 15 minutes, by the author's session or the edit token. Where comments wait for a moderator, it waits again.",
      permission: ["comments:post", "edit-token"],
      params,
      body: CommentEdit,
      ifMatch: true,
      success: { status: 200, description: "Edited", schema: Comment, headers: { ETag: "Its new version" } },
      problems: [
        "not-found",
        "not-the-author",
        "edit-window-over",
        "subject-restricted",
        "content-empty",
        "comment-already-removed",
        "conflict",
      ],
      handle: async ({ caller, params: { id }, body, ifMatch }) => {
        const comment = parseId<CommentId>(id);
        if (comment === null) return NOT_FOUND;
        const version = await versionFor(ifMatch, () => comments.readComment(caller, comment));
        if (!version.ok) return version;
        const edited = await comments.editComment(caller, {
          id: comment,
          version: version.value,
          content: body.content,
        });
        return edited.ok ? ok(answered(edited.value)) : edited;
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/comments/:id",
      operationId: "removeComment",
      tag: "comments",
      summary: "Remove a comment",
      description:
        "Its author removes it with its text; a moderator takes it from view. Replies keep their place.",
      permission: ["comments:post", "comments:moderate", "edit-token"],
      params,
      ifMatch: true,
      success: { status: 204, description: "Removed", schema: null },
      problems: ["not-found", "not-the-author", "comment-already-removed", "conflict"],
      handle: async ({ caller, params: { id }, ifMatch }) => {
        const comment = parseId<CommentId>(id);
        if (comment === null) return NOT_FOUND;
        const version = await versionFor(ifMatch, () => comments.readComment(caller, comment));
        if (!version.ok) return version;
        const removed = await comments.removeComment(caller, { id: comment, version: version.value });
        return removed.ok ? ok({ content: null }) : removed;
      },
    }),
    route({
      method: "POST",
      path: "/v1/comments/:id/reports",
      operationId: "reportComment",
      tag: "comments",
      summary: "Report a comment to the moderators",
      permission: ["content:read"],
      params,
      body: NewReport,
      budget: "comments",
      success: { status: 202, description: "Taken for the moderators to look at", schema: Accepted },
      problems: ["not-found", "conflict"],
      handle: async ({ caller, params: { id }, body }) => {
        const comment = parseId<CommentId>(id);
        if (comment === null) return NOT_FOUND;
        const reported = await comments.reportComment(
          answering(caller, () => keptAnswer(ACCEPTED)),
          { id: comment, reason: body.reason },
        );
        return reported.ok ? ok(ACCEPTED) : reported;
      },
    }),
  ];
};
