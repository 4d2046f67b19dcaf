import { describe, expect, test } from "bun:test";
import {
  type ImportedAuthor,
  type ImportedComment,
  importComments,
  importedComment,
} from "../../src/domain/comments/import-comments.ts";
import type { CommentId, IdentityId, KeyedHash, Sealed } from "../../src/domain/shared/ids.ts";
import { ADA, BOB, comment, days, hash, id, occasion, subject, T0 } from "./given.ts";

const author = (fields: Partial<ImportedAuthor> = {}): ImportedAuthor => ({
  subject: subject({ role: "anonymous" }),
  fresh: true,
  email: { id: id<IdentityId>(1), blind_index: hash<KeyedHash>("a"), ciphertext: "e" as Sealed },
  name: { id: id<IdentityId>(2), blind_index: null, ciphertext: "n" as Sealed },
  ...fields,
});

const imported = (fields: Partial<ImportedComment> = {}) =>
  importedComment(
    {
      id: id<CommentId>(0x1),
      source: "disqus",
      source_id: "77",
      thread: "/posts/1",
      author: author(),
      parent: null,
      content: "<p>Old</p>",
      status: "approved",
      created_at: days(-100),
      ...fields,
    },
    occasion(),
  );

describe("an imported comment", () => {
  test("keeps its date, its status and where it came from; nobody consented to anything here", () => {
    expect(imported()).toMatchObject({
      created_at: days(-100),
      updated_at: T0,
      retention_until: days(-100 + 2190),
      consent_given: false,
      consent_timestamp: null,
      status: "approved",
      queued_at: null,
      source: "disqus",
      source_id: "77",
      root_id: id<CommentId>(0x1),
      depth: 0,
      edit_token_hash: null,
      notify_replies: false,
    });
  });

  test.each([
    ["of yesterday", -1, 2189],
    ["whose period ends after the days of grace", -2159, 31],
    ["whose period ends with the days of grace", -2160, 30],
    ["whose period is nearly over", -2180, 30],
    ["from long ago", -5000, 30],
  ] as const)("%s goes when it would have, but not before 30 days", (_, posted, until) => {
    expect(imported({ created_at: days(posted) }).retention_until).toBe(days(until));
  });

  test("that waits joins the queue today, and one under a parent hangs on its branch", () => {
    expect(imported({ status: "pending" }).queued_at).toBe(T0);
    const parent = comment({ id: id<CommentId>(0xc1), depth: 3 });
    expect(imported({ parent })).toMatchObject({ parent_id: parent.id, root_id: parent.root_id, depth: 4 });
  });
});

describe("a batch", () => {
  test("stores new people, what the vault learns, then the comments, and tells figures only", () => {
    const known = author({
      subject: subject({ id: BOB, version: 4 }),
      fresh: false,
      email: null,
      name: null,
    });
    const changes = importComments(
      {
        source: "disqus",
        authors: [author(), known],
        parents: [comment({ version: 9 })],
        comments: [imported()],
      },
      occasion(),
    );
    expect(changes.expects).toEqual([
      { in: "subjects", id: BOB, version: 4 },
      { in: "comments", id: comment().id, version: 9 },
    ]);
    expect(changes.writes.map((write) => (write.op === "insert" ? write.into : write.op))).toEqual([
      "subjects",
      "identities",
      "identities",
      "comments",
    ]);
    expect(changes.writes[1]).toMatchObject({ row: { subject_id: ADA, kind: "email" } } as never);
    expect(changes.audit.map(({ action, resource_id, details }) => [action, resource_id, details])).toEqual([
      ["comments.imported", null, '{"comments":1,"source":"disqus","subjects":1}'],
    ] as never);
  });
});
