import { describe, expect, test } from "bun:test";
import { type Comment, parseThread, THREAD_MAX } from "../../src/domain/comments/comment.ts";
import {
  type PostCommand,
  type PostSituation,
  postComment,
  type SealedIdentity,
} from "../../src/domain/comments/post-comment.ts";
import { type Identity, newIdentity } from "../../src/domain/personal-data/identity.ts";
import type { CommentId, IdentityId, KeyedHash, Sealed } from "../../src/domain/shared/ids.ts";
import { ADA, BOB, comment, days, hash, id, occasion, subject, T0 } from "./given.ts";

const sealed = (number: number, blind_index: KeyedHash | null = null): SealedIdentity => ({
  id: id<IdentityId>(number),
  blind_index,
  ciphertext: `v1.k.${number}` as Sealed,
});

const EMAIL = sealed(0xe1, hash<KeyedHash>("a"));
const NAME = sealed(0xe2);
const known = (kind: "email" | "name"): Identity =>
  newIdentity(id<IdentityId>(kind === "email" ? 0xf1 : 0xf2), ADA, kind, EMAIL, T0);

const situation = (fields: Partial<PostSituation> = {}): PostSituation => ({
  subject: subject({ version: 2 }),
  parent: null,
  identities: { name: null, email: null },
  enable_comments: true,
  moderation: "pre",
  ...fields,
});

const command = (fields: Partial<PostCommand> = {}): PostCommand => ({
  id: id<CommentId>(0xc9),
  thread: "/posts/1",
  content: "<p>Hello</p>",
  gdpr_consent: true,
  notify_replies: false,
  edit_token_hash: hash("e"),
  name: NAME,
  email: EMAIL,
  ...fields,
});

const posted = (given: Partial<PostSituation> = {}, when: Partial<PostCommand> = {}) => {
  const result = postComment(situation(given), command(when), occasion());
  if (!result.ok) throw new Error(result.error.type);
  return result.value;
};

describe("posting a comment", () => {
  test("records consent to publish this comment, and waits for a moderator", () => {
    const { comment: made, changes } = posted();
    expect(made).toMatchObject({
      id: id<CommentId>(0xc9),
      subject_id: ADA,
      consent_given: true,
      consent_timestamp: T0,
      retention_until: days(2190),
      status: "pending",
      queued_at: T0,
      parent_id: null,
      root_id: id<CommentId>(0xc9),
      depth: 0,
      moderated_at: null,
      moderation_note: null,
      edited_at: null,
      source: null,
      source_id: null,
    });
    expect(changes.audit[0]).toMatchObject({
      action: "comment.posted",
      resource_id: made.id,
      details: '{"new_name":true,"reply":false,"status":"pending"}',
    } as never);
    expect(changes.writes.some((write) => write.op === "insert" && write.into === "consents")).toBe(false);
  });

  test("is seen at once where moderation comes after", () => {
    expect(posted({ moderation: "post" }).comment).toMatchObject({ status: "approved", queued_at: null });
  });

  test.each([
    ["a reply to a root", comment({ version: 7 }), { root_id: comment().id, depth: 1 }],
    [
      "a reply to a reply",
      comment({ id: id<CommentId>(0xc1), parent_id: id<CommentId>(0xc0), depth: 1 }),
      { root_id: id<CommentId>(0xc0), depth: 2 },
    ],
  ] as const)("as %s hangs on its branch and rests on its parent", (_, parent, expected) => {
    const { comment: made, changes } = posted({ parent });
    expect(made).toMatchObject({ parent_id: parent.id, ...expected });
    expect(changes.expects).toEqual([
      { in: "subjects", id: ADA, version: 2 },
      { in: "comments", id: parent.id, version: parent.version },
    ]);
  });

  test.each([
    ["with both for the first time", {}, {}, ["identities email", "identities name", "comments"]],
    [
      "with an address the vault has already",
      { identities: { email: known("email"), name: null } },
      { email: null },
      ["identities name", "comments"],
    ],
    [
      "never replaces the address that the vault has",
      { identities: { email: known("email"), name: null } },
      {},
      ["identities name", "comments"],
    ],
    [
      "with a new name",
      { identities: { email: known("email"), name: known("name") } },
      { email: null },
      ["update", "comments"],
    ],
    [
      "under the name that the vault has",
      { identities: { email: known("email"), name: known("name") } },
      { email: null, name: null },
      ["comments"],
    ],
  ] as const)("%s writes %j", (_, given, when, writes) => {
    const { changes } = posted(given, when);
    expect(
      changes.writes.map((write) =>
        write.op !== "insert"
          ? write.op
          : write.into === "identities"
            ? `identities ${write.row.kind}`
            : write.into,
      ),
    ).toEqual([...writes]);
  });

  type Row = readonly [string, Partial<PostSituation>, Partial<PostCommand>, string];
  test.each([
    ["the flag enable_comments is off", { enable_comments: false }, {}, "comments-disabled"],
    ["there is no consent", {}, { gdpr_consent: false }, "gdpr-consent-required"],
    ["the subject is restricted", { subject: subject({ status: "restricted" }) }, {}, "subject-restricted"],
    ["the subject is erased", { subject: subject({ status: "erased" }) }, {}, "subject-restricted"],
    ["the parent is missing", { parent: "missing" }, {}, "parent-not-found"],
    ["the parent is of another thread", { parent: comment({ thread: "/posts/2" }) }, {}, "parent-not-found"],
    ["the parent waits", { parent: comment({ status: "pending" }) }, {}, "parent-not-found"],
    ["the parent was rejected", { parent: comment({ status: "rejected" }) }, {}, "parent-not-found"],
    ["the parent was removed", { parent: comment({ status: "removed" }) }, {}, "parent-not-found"],
    ["no address is known", {}, { email: null }, "author-email-required"],
    ["nothing is left of the content", {}, { content: "" }, "content-empty"],
    [
      "several reasons hold: the flag comes first",
      { enable_comments: false, parent: "missing" },
      { gdpr_consent: false },
      "comments-disabled",
    ],
  ] satisfies readonly Row[] as readonly Row[])("is refused when %s", (_, given, when, type) => {
    expect(postComment(situation(given), command(when), occasion())).toEqual({
      ok: false,
      error: { type },
    } as never);
  });
});

describe("the name of a thread", () => {
  test.each(["/posts/1", "a", "posts/ä?x=1#y", "a b", "日本", "x".repeat(THREAD_MAX)])(
    "%j is one",
    (text) => {
      expect(parseThread(text)).toBe(text);
    },
  );

  test.each([
    "",
    " ",
    " a",
    "a ",
    "a\n",
    "a\nb",
    "a\tb",
    "a\0",
    "a\u202eb",
    "a\u200bb",
    "\ud800",
    "x".repeat(THREAD_MAX + 1),
  ])("%j is none", (text) => {
    expect(parseThread(text)).toBeNull();
  });
});

test("whose comment it is, is hers alone", () => {
  const made: Comment = posted({ subject: subject({ id: BOB }) }).comment;
  expect(made.subject_id).toBe(BOB);
});
