import { describe, expect, test } from "bun:test";
import { moderateComment, reportComment } from "../../src/domain/comments/change-comment.ts";
import {
  COMMENT_STATUSES,
  type CommentStatus,
  MODERATION_DECISIONS,
  type ModerationDecision,
} from "../../src/domain/comments/comment.ts";
import type { CommentReportId } from "../../src/domain/shared/ids.ts";
import { BOB, comment, days, hash, id, occasion, T0 } from "./given.ts";

describe("moderating", () => {
  const TABLE: Readonly<Record<CommentStatus, Readonly<Record<ModerationDecision, CommentStatus | null>>>> = {
    pending: { approve: "approved", reject: "rejected", remove: "removed" },
    approved: { approve: "approved", reject: "rejected", remove: "removed" },
    rejected: { approve: "approved", reject: null, remove: "removed" },
    removed: { approve: null, reject: null, remove: null },
  };

  test.each(
    COMMENT_STATUSES.flatMap((from) =>
      MODERATION_DECISIONS.map((decision) => [from, decision, TABLE[from][decision]] as const),
    ),
  )("%s, %s: %p", (from, decision, to) => {
    const moderated = moderateComment(
      comment({ status: from, queued_at: T0, version: 2 }),
      decision,
      "off topic",
      occasion(days(1)),
    );
    if (to === null) {
      expect(moderated).toEqual({ ok: false, error: { type: "moderation-not-possible", from, decision } });
      return;
    }
    expect(moderated).toMatchObject({
      ok: true,
      value: {
        comment: {
          status: to,
          queued_at: null,
          moderated_at: days(1),
          moderation_note: "off topic",
          content: "<p>Hello</p>",
          version: 3,
        },
        changes: {
          writes: [{ op: "update", in: "comments", version: 2 }],
          audit: [{ action: "comment.moderated", details: `{"decision":"${decision}","from":"${from}"}` }],
        },
      },
    } as never);
  });
});

describe("reporting", () => {
  const report = { id: id<CommentReportId>(0x9e), reason: "spam", by: null };

  test("puts a comment into the queue, and the report is kept as long as the comment", () => {
    const changes = reportComment(comment({ version: 2 }), report, occasion(days(1)));
    expect(changes).toMatchObject({
      writes: [
        {
          op: "insert",
          into: "comment_reports",
          row: { comment_id: comment().id, subject_id: null, reason: "spam", retention_until: days(2190) },
        },
        { op: "update", in: "comments", version: 2, set: { queued_at: days(1), updated_at: days(1) } },
      ],
      audit: [{ action: "comment.reported", details: '{"first":true}' }],
    } as never);
  });

  test("of one that waits already adds the report only, as long as it still waits", () => {
    const changes = reportComment(
      comment({ version: 2, queued_at: T0 }),
      { ...report, by: BOB },
      occasion(days(1)),
    );
    expect(changes.expects).toEqual([{ in: "comments", id: comment().id, version: 2 }]);
    expect(changes.writes).toHaveLength(1);
    expect(changes.audit[0].details).toBe('{"first":false}' as never);
  });

  test("never tells the audit trail the reason", () => {
    const changes = reportComment(comment(), { ...report, reason: hash<string>("z") }, occasion());
    expect(JSON.stringify(changes.audit)).not.toContain("zzz");
  });
});
