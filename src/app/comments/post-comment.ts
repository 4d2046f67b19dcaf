import { AUTHOR_NAME_MAX, CONTENT_MAX, parseThread } from "../../domain/comments/comment.ts";
import { postComment as post } from "../../domain/comments/post-comment.ts";
import { parseEmail } from "../../domain/shared/email.ts";
import type { CommentId, SubjectId } from "../../domain/shared/ids.ts";
import { err, ok } from "../../domain/shared/result.ts";
import { parseText } from "../../domain/shared/text.ts";
import type { Application } from "../application.ts";
import { requirePermission } from "../caller.ts";
import { decideAndCommit, occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import type { AppError, InvalidField } from "../errors.ts";
import { notifying } from "../mail/comment-notifications.ts";
import { openIdentity, sealIdentity } from "../vault.ts";
import { fullView } from "./comment-view.ts";

type Input = Parameters<Application["comments"]["postComment"]>[1];

/** The input as the domain wants it, or every field that is wrong, at once. */
const parse = (input: Input) => {
  const errors: InvalidField[] = [];
  const thread = parseThread(input.thread);
  if (thread === null) errors.push({ pointer: "/thread", reason: "not-a-thread" });
  const content = parseText(input.content, CONTENT_MAX);
  if (!content.ok) errors.push({ pointer: "/content", reason: content.error });
  const name = parseText(input.author_name, AUTHOR_NAME_MAX);
  if (!name.ok) errors.push({ pointer: "/author_name", reason: name.error });
  const email = input.author_email === null ? null : parseEmail(input.author_email);
  if (input.author_email !== null && email === null) {
    errors.push({ pointer: "/author_email", reason: "not-an-email-address" });
  }
  const [first, ...rest] = errors;
  if (first !== undefined) return err<AppError>({ type: "invalid-input", errors: [first, ...rest] });
  if (thread === null || !content.ok || !name.ok) throw new Error("what is invalid has been reported");
  return ok({ thread, content: content.value, name: name.value, email });
};

export const postComment =
  (deps: Deps): Application["comments"]["postComment"] =>
  async (caller, input) => {
    const allowed = requirePermission(caller.principal, "comments:post");
    if (!allowed.ok) return allowed;
    if (caller.principal.kind !== "session") return err({ type: "credential-required" });
    const own: SubjectId = caller.principal.subject.id;
    const parsed = parse(input);
    if (!parsed.ok) return parsed;
    const { thread, name, email } = parsed.value;
    const content = deps.sanitizer.comment(parsed.value.content);
    const { token: edit_token, hash: edit_token_hash } = deps.tokens.issue("gne");

    return decideAndCommit(deps, caller, async () => {
      const [subject, identities, parent] = await Promise.all([
        deps.readers.subjects.byId(own),
        deps.readers.identities.ofSubject(own),
        input.parent_id === null ? null : deps.readers.comments.byId(input.parent_id),
      ]);
      if (subject === null || subject.status === "erased") return err({ type: "credential-invalid" });
      const knownName = identities.find(({ kind }) => kind === "name") ?? null;
      const knownEmail = identities.find(({ kind }) => kind === "email") ?? null;
      const occasion = await occasionOf(deps, caller);
      const renamed = knownName === null || openIdentity(deps.sealer, knownName) !== name;
      const decided = post(
        {
          subject,
          // A restricted person's comment is shown to nobody, so nobody can reply to it (GDPR Art. 18(2)).
          parent:
            input.parent_id === null
              ? null
              : parent === null || parent.author.status === "restricted"
                ? "missing"
                : parent.comment,
          identities: { name: knownName, email: knownEmail },
          enable_comments: deps.flags().enable_comments,
          moderation: deps.policies.moderation,
        },
        {
          id: deps.ids.next<CommentId>(),
          thread,
          content,
          gdpr_consent: input.gdpr_consent,
          notify_replies: input.notify_replies,
          edit_token_hash,
          name: renamed ? sealIdentity(deps, own, "name", name, null) : null,
          // Nobody has shown that this mailbox is hers, so nobody may be found or signed in by it: no blind index.
          email: email === null ? null : sealIdentity(deps, own, "email", email, null),
        },
        occasion,
      );
      if (!decided.ok) return decided;
      const turn = { before: null, after: decided.value.comment, author: subject, by: own, reason: null };
      const view = await fullView(deps, { comment: decided.value.comment, author: subject });
      return ok({
        changes: await notifying(deps, turn, decided.value.changes, occasion.now),
        value: { comment: { ...view, author_name: name }, edit_token },
      });
    });
  };
