import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { systemClock } from "../../src/adapters/crypto/system-clock.ts";
import { auditEntry } from "../../src/domain/audit/audit-entry.ts";
import type { Comment } from "../../src/domain/comments/comment.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import { newSubject } from "../../src/domain/roles/subject.ts";
import type { Changes } from "../../src/domain/shared/changes.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import type {
  AuditEntryId,
  CommentId,
  KeyedHash,
  SubjectId,
  TokenHash,
} from "../../src/domain/shared/ids.ts";
import { DAY, plus } from "../../src/domain/shared/instant.ts";

const ids = makeIdGenerator(systemClock);
const CONTENT = `<p>${"What a well-made engine, and how it weaves! ".repeat(4).trim()}</p>`;
const HASH = "6ca13d52ca70c883e0f0bb101e425a89e8624de51db2d2392593af6a84118090";

const comment = (author: SubjectId, id: CommentId): Comment => {
  const now = systemClock.now();
  return {
    ...newGdprRecord(id, now, plus(now, 2_190 * DAY)),
    thread: "/posts/on-engines",
    subject_id: author,
    parent_id: null,
    root_id: id,
    depth: 0,
    content: CONTENT,
    status: "pending",
    queued_at: now,
    moderated_at: null,
    moderation_note: null,
    edited_at: null,
    edit_token_hash: HASH as TokenHash,
    notify_replies: false,
    source: null,
    source_id: null,
  };
};

const posted = (id: CommentId): Changes["audit"] => [
  auditEntry(
    "comment.posted",
    id,
    { status: "pending", reply: false, new_name: false },
    {
      now: systemClock.now(),
      actor: {
        user_id_hash: HASH as KeyedHash,
        ip_hash: HASH as KeyedHash,
        user_agent_hash: HASH as KeyedHash,
      },
      audit_id: ids.next<AuditEntryId>(),
      retention: DEFAULT_RETENTION,
    },
  ),
];

/** A comment as a request makes it, and its audit entry. */
export const makeCommit = (author: SubjectId, id = ids.next<CommentId>()): Changes => ({
  expects: [],
  writes: [{ op: "insert", into: "comments", row: comment(author, id) }],
  audit: posted(id),
});

/** What a stored record contradicts: half of them want a taken id, half change a version that has moved on. */
export const conflictingCommit = (author: SubjectId, taken: CommentId): Changes =>
  Math.random() < 0.5
    ? makeCommit(author, taken)
    : {
        expects: [],
        writes: [{ op: "update", in: "comments", id: taken, version: 7, set: { status: "approved" } }],
        audit: posted(taken),
      };

export const makeAuthor = (): { readonly author: SubjectId; readonly changes: Changes } => {
  const author = ids.subject();
  const row = newSubject(author, "commenter", systemClock.now(), DEFAULT_RETENTION);
  return {
    author,
    changes: { expects: [], writes: [{ op: "insert", into: "subjects", row }], audit: posted(ids.next()) },
  };
};

export const makeTaken = (author: SubjectId): { readonly taken: CommentId; readonly changes: Changes } => {
  const taken = ids.next<CommentId>();
  return { taken, changes: makeCommit(author, taken) };
};
