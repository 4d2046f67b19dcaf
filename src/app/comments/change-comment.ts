import {
  editComment as edit,
  isAuthor,
  maySee,
  removeComment as remove,
  reportComment as report,
} from "../../domain/comments/change-comment.ts";
import { CONTENT_MAX, isPublic, REPORT_REASON_MAX } from "../../domain/comments/comment.ts";
import type { Permission } from "../../domain/roles/role.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { Application } from "../application.ts";
import { type Caller, commentActor, subjectOf } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError } from "../errors.ts";
import { notifying } from "../mail/comment-notifications.ts";
import { fullView } from "./comment-view.ts";

/** One comment: what is not public is not found by those who may not see it. */
export const readComment =
  (deps: Deps): Application["comments"]["readComment"] =>
  async (caller, id) => {
    const found = await deps.readers.comments.byId(id);
    const actor = commentActor(caller.principal);
    if (found === null || !maySee(found.comment, found.author, actor)) {
      return err({ type: "not-found" });
    }
    const seen_as_staff = !isAuthor(found.comment, actor) && !isPublic(found.comment);
    return ok({ ...(await fullView(deps, found)), seen_as_staff });
  };

/** A session that was narrowed to less changes nothing, not even what is its own. */
const requireHand = (
  principal: Caller["principal"],
  permissions: readonly [Permission, ...Permission[]],
): Result<null, AppError> => {
  if (principal.kind !== "session" || permissions.some((each) => principal.permissions.includes(each))) {
    return ok(null);
  }
  return err({ type: "permission-missing", permission: permissions[0] });
};

export const editComment =
  (deps: Deps): Application["comments"]["editComment"] =>
  async (caller, input) => {
    const actor = commentActor(caller.principal);
    if (actor.kind === "nobody") return err({ type: "credential-required" });
    const allowed = requireHand(caller.principal, ["comments:post"]);
    if (!allowed.ok) return allowed;
    const parsed = parseText(input.content, CONTENT_MAX);
    if (!parsed.ok)
      return err({ type: "invalid-input", errors: [{ pointer: "/content", reason: parsed.error }] });
    const content = deps.sanitizer.comment(parsed.value);
    return decideAndCommit(deps, caller, async () => {
      const found = await deps.readers.comments.byId(input.id);
      if (found === null || !maySee(found.comment, found.author, actor)) return err({ type: "not-found" });
      const decided = edit(
        { ...found, moderation: deps.policies.moderation },
        actor,
        content,
        await occasionOf(deps, caller),
      );
      if (!decided.ok) return decided;
      if (found.comment.version !== input.version) return err({ type: "version-mismatch" });
      return ok({
        changes: decided.value.changes,
        value: await fullView(deps, { comment: decided.value.comment, author: found.author }),
      });
    });
  };

export const removeComment =
  (deps: Deps): Application["comments"]["removeComment"] =>
  async (caller, input) => {
    const actor = commentActor(caller.principal);
    if (actor.kind === "nobody") return err({ type: "credential-required" });
    const allowed = requireHand(caller.principal, ["comments:post", "comments:moderate"]);
    if (!allowed.ok) return allowed;
    return decideAndCommit(deps, caller, async () => {
      const found = await deps.readers.comments.byId(input.id);
      if (found === null || !maySee(found.comment, found.author, actor)) return err({ type: "not-found" });
      const occasion = await occasionOf(deps, caller);
      const decided = remove(found, actor, occasion);
      if (!decided.ok) return decided;
      if (found.comment.version !== input.version) return err({ type: "version-mismatch" });
      const by = isAuthor(found.comment, actor) ? found.author.id : (subjectOf(caller.principal)?.id ?? null);
      const turn = {
        before: found.comment,
        after: decided.value.comment,
        author: found.author,
        by,
        reason: null,
      };
      const changes = await notifying(deps, turn, decided.value.changes, occasion.now);
      return ok({ changes, value: null });
    });
  };

/** Anybody may report what everybody can see. */
export const reportComment =
  (deps: Deps): Application["comments"]["reportComment"] =>
  async (caller, input) => {
    const reason = parseText(input.reason, REPORT_REASON_MAX);
    if (!reason.ok)
      return err({ type: "invalid-input", errors: [{ pointer: "/reason", reason: reason.error }] });
    const actor = commentActor(caller.principal);
    return decideAndCommit(deps, caller, async () => {
      const found = await deps.readers.comments.byId(input.id);
      // Only what the public reads: what is rejected or removed has been decided on.
      if (found === null || !isPublic(found.comment) || !maySee(found.comment, found.author, actor)) {
        return err({ type: "not-found" });
      }
      const by = subjectOf(caller.principal)?.id ?? null;
      const changes = report(
        found.comment,
        { id: deps.ids.next(), reason: reason.value, by },
        await occasionOf(deps, caller),
      );
      return ok({ changes, value: null });
    });
  };
