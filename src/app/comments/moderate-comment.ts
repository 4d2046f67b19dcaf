import { moderateComment as moderate } from "../../domain/comments/change-comment.ts";
import { MODERATION_NOTE_MAX } from "../../domain/comments/comment.ts";
import { type CommentId, parseId } from "../../domain/shared/ids.ts";
import { parseInstant } from "../../domain/shared/instant.ts";
import { err, ok } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { QueuePosition } from "../../ports/comment-reader.ts";
import type { Application } from "../application.ts";
import { requirePermission, subjectOf } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { notifying } from "../mail/comment-notifications.ts";
import { badCursor, pageOf } from "../paging.ts";
import { fullView, fullViews } from "./comment-view.ts";

export const moderateComment =
  (deps: Deps): Application["comments"]["moderateComment"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "comments:moderate");
    if (!allowed.ok) return allowed;
    const note = input.reason === null ? null : parseText(input.reason, MODERATION_NOTE_MAX);
    if (note !== null && !note.ok) {
      return err({ type: "invalid-input", errors: [{ pointer: "/reason", reason: note.error }] });
    }
    const reason = note?.value ?? null;
    const by = subjectOf(caller.principal)?.id ?? null;
    return decideAndCommit(deps, caller, async () => {
      const found = await deps.readers.comments.byId(input.id);
      // What may only be stored is not looked at either, not even to be decided on (GDPR Art. 18(2)).
      if (found === null || found.author.status === "restricted") return err({ type: "not-found" });
      const occasion = await occasionOf(deps, caller);
      const decided = moderate(found.comment, input.decision, reason, occasion);
      if (!decided.ok) return decided;
      const turn = { before: found.comment, after: decided.value.comment, author: found.author, by, reason };
      return ok({
        changes: await notifying(deps, turn, decided.value.changes, occasion.now),
        value: await fullView(deps, { comment: decided.value.comment, author: found.author }),
      });
    });
  };

/** `<queued_at>.<id>`: where the page before ended. */
const parsePosition = (cursor: string): QueuePosition | null => {
  const [time = "", text = ""] = cursor.split(".", 2);
  const queued_at = /^[0-9]{1,15}$/.test(time) ? parseInstant(Number(time)) : null;
  const id = parseId<CommentId>(text);
  return queued_at === null || id === null ? null : { queued_at, id };
};

/** What waits for a moderator, longest waiting first. */
export const moderationQueue =
  (deps: Deps): Application["comments"]["moderationQueue"] =>
  async (caller, { limit, cursor }) => {
    const allowed = requirePermission(caller.principal, "comments:moderate");
    if (!allowed.ok) return allowed;
    const after = cursor === null ? null : parsePosition(cursor);
    if (cursor !== null && after === null) return badCursor();
    const rows = await deps.readers.comments.queue(after, limit + 1);
    const views = await fullViews(deps, rows.slice(0, limit));
    const page = pageOf(
      rows,
      limit,
      ({ comment }) => `${comment.queued_at}.${comment.id}`,
      ({ comment }) => comment.queued_at ?? comment.created_at,
    );
    return ok({
      items: views.map((view, at) => ({ ...view, queued_at: page.items[at] ?? view.created_at })),
      next_cursor: page.next_cursor,
    });
  };
