import { describe, expect, test } from "bun:test";
import {
  type CommentActor,
  editComment,
  isAuthor,
  maySee,
  removeComment,
} from "../../src/domain/comments/change-comment.ts";
import {
  COMMENT_STATUSES,
  type Comment,
  isEditable,
  isPublic,
  type ModerationMode,
} from "../../src/domain/comments/comment.ts";
import type { SubjectStatus } from "../../src/domain/roles/subject.ts";
import type { CommentId } from "../../src/domain/shared/ids.ts";
import { HOUR, MINUTE } from "../../src/domain/shared/instant.ts";
import { ADA, after, BOB, comment, days, id, occasion, subject, T0 } from "./given.ts";

const AUTHOR: CommentActor = { kind: "subject", subject: ADA, moderator: false };
const STRANGER: CommentActor = { kind: "subject", subject: BOB, moderator: false };
const MODERATOR: CommentActor = { kind: "subject", subject: BOB, moderator: true };
const TOKEN: CommentActor = { kind: "edit-token", comment: comment().id };
const OTHER_TOKEN: CommentActor = { kind: "edit-token", comment: id<CommentId>(0xff) };
const NOBODY: CommentActor = { kind: "nobody" };

describe("who sees and owns a comment", () => {
  test.each([
    ["its author", AUTHOR, true],
    ["its author as a moderator", { ...AUTHOR, moderator: true }, true],
    ["another subject", STRANGER, false],
    ["a moderator", MODERATOR, false],
    ["the bearer of its edit token", TOKEN, true],
    ["the bearer of another one's", OTHER_TOKEN, false],
    ["nobody", NOBODY, false],
  ] as const)("%s", (_, actor, own) => {
    expect(isAuthor(comment(), actor)).toBe(own);
  });

  test.each(
    COMMENT_STATUSES.flatMap((status) =>
      (["active", "restricted", "erased"] as const).map((author) => [status, author] as const),
    ),
  )("%s, of an author who is %s", (status, author) => {
    const seen = (actor: CommentActor): boolean => maySee(comment({ status }), { status: author }, actor);
    const open = status === "approved" && author !== "restricted";
    expect([NOBODY, STRANGER, OTHER_TOKEN].map(seen)).toEqual([open, open, open]);
    expect([AUTHOR, TOKEN].map(seen)).toEqual([true, true]);
    // What may only be stored is shown to its author alone (GDPR Art. 18(2)).
    expect(seen(MODERATOR)).toBe(author !== "restricted");
  });

  test("the public sees what is approved", () => {
    expect(COMMENT_STATUSES.filter((status) => isPublic(comment({ status })))).toEqual(["approved"]);
  });
});

describe("the edit window", () => {
  test.each([
    ["at once", {}, 0, true],
    ["in its last millisecond", {}, 15 * MINUTE - 1, true],
    ["at its end", {}, 15 * MINUTE, false],
    ["later", {}, HOUR, false],
    ["while it waits", { status: "pending" }, 1, true],
    ["rejected", { status: "rejected" }, 1, false],
    ["removed", { status: "removed" }, 1, false],
    ["imported", { source: "disqus", source_id: "1" }, 1, false],
  ] as readonly (readonly [string, Partial<Comment>, number, boolean])[])("%s", (_, fields, at, open) => {
    expect(isEditable(comment(fields), after(at))).toBe(open);
  });
});

describe("editing", () => {
  const edit = (
    given: {
      readonly comment?: Partial<Comment>;
      readonly author?: SubjectStatus;
      readonly moderation?: ModerationMode;
    } = {},
    actor: CommentActor = AUTHOR,
    content = "<p>New</p>",
    at = MINUTE,
  ) =>
    editComment(
      {
        comment: comment({ version: 2, ...given.comment }),
        author: subject({ version: 6, status: given.author ?? "active" }),
        moderation: given.moderation ?? "pre",
      },
      actor,
      content,
      occasion(after(at)),
    );

  test.each([
    ["pre", "approved", null, "pending", after(MINUTE)],
    ["pre", "pending", T0, "pending", T0],
    ["post", "approved", null, "approved", null],
    ["post", "pending", T0, "pending", T0],
    ["post", "approved", T0, "approved", T0],
  ] as const)(
    "with %s-moderation, %s (queued %p) becomes %s (queued %p)",
    (moderation, status, queued_at, then, queued) => {
      const edited = edit({ comment: { status, queued_at }, moderation });
      expect(edited).toMatchObject({
        ok: true,
        value: {
          comment: {
            content: "<p>New</p>",
            status: then,
            queued_at: queued,
            edited_at: after(MINUTE),
            version: 3,
          },
          changes: {
            expects: [{ in: "subjects", id: ADA, version: 6 }],
            writes: [{ op: "update", in: "comments", version: 2 }],
            audit: [{ action: "comment.edited", details: `{"status":"${then}"}` }],
          },
        },
      } as never);
    },
  );

  test("with the edit token does the same", () => {
    expect(edit({}, TOKEN).ok).toBe(true);
  });

  test.each([
    ["a stranger", {}, STRANGER, "x", 1, "not-the-author"],
    ["a moderator", {}, MODERATOR, "x", 1, "not-the-author"],
    ["another comment's token", {}, OTHER_TOKEN, "x", 1, "not-the-author"],
    ["nobody", {}, NOBODY, "x", 1, "not-the-author"],
    ["the end of the window", {}, AUTHOR, "x", 15 * MINUTE, "edit-window-over"],
    ["a rejected comment", { comment: { status: "rejected" } }, AUTHOR, "x", 1, "edit-window-over"],
    ["a removed comment", { comment: { status: "removed" } }, AUTHOR, "x", 1, "comment-already-removed"],
    ["a restricted author", { author: "restricted" }, AUTHOR, "x", 1, "subject-restricted"],
    ["an erased author", { author: "erased" }, TOKEN, "x", 1, "subject-restricted"],
    ["nothing to say", {}, AUTHOR, "", 1, "content-empty"],
  ] as const)("is refused for %s", (_, given, actor, content, at, type) => {
    expect(edit(given, actor, content, at)).toEqual({ ok: false, error: { type } });
  });
});

describe("removing", () => {
  const remove = (fields: Partial<Comment>, actor: CommentActor, status: SubjectStatus = "active") =>
    removeComment(
      { comment: comment({ version: 2, ...fields }), author: subject({ version: 6, status }) },
      actor,
      occasion(days(1)),
    );

  test.each([
    ["its author", AUTHOR],
    ["its author, who is a moderator", { ...AUTHOR, moderator: true }],
    ["the bearer of its edit token", TOKEN],
  ] as const)("by %s takes the text with it", (_, actor) => {
    expect(remove({ queued_at: T0 }, actor)).toMatchObject({
      ok: true,
      value: {
        comment: {
          status: "removed",
          content: "",
          edit_token_hash: null,
          queued_at: null,
          moderated_at: null,
          version: 3,
        },
        changes: {
          expects: [{ in: "subjects", id: ADA, version: 6 }],
          audit: [{ action: "comment.removed", details: '{"by":"author"}' }],
        },
      },
    } as never);
  });

  test("by a moderator takes it from view only", () => {
    expect(remove({}, MODERATOR)).toMatchObject({
      ok: true,
      value: {
        comment: { status: "removed", content: "<p>Hello</p>", moderated_at: days(1) },
        changes: { expects: [], audit: [{ details: '{"by":"moderator"}' }] },
      },
    } as never);
  });

  test.each(["pending", "approved", "rejected"] as const)(
    "is possible while %s, for a restricted author too",
    (status) => {
      expect(remove({ status }, AUTHOR, "restricted").ok).toBe(true);
    },
  );

  test.each([
    ["a stranger", {}, STRANGER, "not-the-author"],
    ["nobody", {}, NOBODY, "not-the-author"],
    ["another comment's token", {}, OTHER_TOKEN, "not-the-author"],
    ["the second time", { status: "removed" }, AUTHOR, "comment-already-removed"],
    ["the second time, by a moderator", { status: "removed" }, MODERATOR, "comment-already-removed"],
  ] as const)("is refused for %s", (_, fields, actor, type) => {
    expect(remove(fields, actor)).toEqual({ ok: false, error: { type } });
  });
});
