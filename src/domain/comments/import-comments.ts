import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { newIdentity } from "../personal-data/identity.ts";
import { type RetentionPeriods, retentionUntil } from "../retention/retention-period.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes, Expectation, Write } from "../shared/changes.ts";
import { newGdprRecord } from "../shared/gdpr-record.ts";
import type { CommentId } from "../shared/ids.ts";
import { type Instant, plusDays } from "../shared/instant.ts";
import type { Comment, CommentStatus } from "./comment.ts";
import type { SealedIdentity } from "./post-comment.ts";

/** Days that an imported comment stays at least, however old it is: time to look at what came in. */
export const IMPORT_GRACE_DAYS = 30;

/** A person whose comments are imported, with what the vault has yet to learn of her. */
export interface ImportedAuthor {
  readonly subject: Subject;
  /** True when she is not stored yet. */
  readonly fresh: boolean;
  readonly email: SealedIdentity | null;
  readonly name: SealedIdentity | null;
}

export interface ImportedComment {
  readonly id: CommentId;
  readonly source: string;
  readonly source_id: string;
  readonly thread: string;
  readonly author: ImportedAuthor;
  readonly parent: Comment | null;
  /** HTML after reduction to the allow-list. */
  readonly content: string;
  readonly status: CommentStatus;
  /** When it was posted there. */
  readonly created_at: Instant;
}

/** Kept as long as one posted here on its day would be (GDPR Art. 5(1)(e)), but never less than the days of grace. */
const keptUntil = (createdAt: Instant, now: Instant, periods: RetentionPeriods): Instant => {
  const byDate = retentionUntil("comments", createdAt, periods);
  const grace = plusDays(now, IMPORT_GRACE_DAYS);
  return Math.max(byDate, grace) as Instant;
};

/** A comment as imported: where it comes from stays with it (GDPR Art. 14(2)(f)); nobody consented to anything here. */
export const importedComment = (input: ImportedComment, occasion: Occasion): Comment => ({
  ...newGdprRecord(input.id, input.created_at, keptUntil(input.created_at, occasion.now, occasion.retention)),
  updated_at: occasion.now,
  thread: input.thread,
  subject_id: input.author.subject.id,
  parent_id: input.parent?.id ?? null,
  root_id: input.parent?.root_id ?? input.id,
  depth: input.parent === null ? 0 : input.parent.depth + 1,
  content: input.content,
  status: input.status,
  queued_at: input.status === "pending" ? occasion.now : null,
  moderated_at: null,
  moderation_note: null,
  edited_at: null,
  edit_token_hash: null,
  notify_replies: false,
  source: input.source,
  source_id: input.source_id,
});

/**
 * One batch of an import. It rests on the people and the parents that were stored before it as they were read: an
 * erasure or a removal in between refuses it.
 */
export const importComments = (
  batch: {
    readonly source: string;
    readonly authors: readonly ImportedAuthor[];
    /** Parents of them that were stored before. */
    readonly parents: readonly Comment[];
    /** Parents before their replies. */
    readonly comments: readonly Comment[];
  },
  occasion: Occasion,
): Changes => {
  const { source, authors, parents, comments } = batch;
  const fresh = authors.filter((author) => author.fresh);
  return {
    expects: [
      ...authors
        .filter((author) => !author.fresh)
        .map(({ subject }): Expectation => ({ in: "subjects", id: subject.id, version: subject.version })),
      ...parents.map(({ id, version }): Expectation => ({ in: "comments", id, version })),
    ],
    writes: [
      ...fresh.map(({ subject }): Write => ({ op: "insert", into: "subjects", row: subject })),
      ...authors.flatMap((author) => vaultWrites(author, occasion)),
      ...comments.map((row): Write => ({ op: "insert", into: "comments", row })),
    ],
    audit: [
      auditEntry(
        "comments.imported",
        null,
        { source, comments: comments.length, subjects: fresh.length },
        occasion,
      ),
    ],
  };
};

const vaultWrites = ({ subject, email, name }: ImportedAuthor, { now }: Occasion): readonly Write[] => [
  ...(email === null
    ? []
    : [
        {
          op: "insert",
          into: "identities",
          row: newIdentity(email.id, subject.id, "email", email, now),
        } as const,
      ]),
  ...(name === null
    ? []
    : [
        {
          op: "insert",
          into: "identities",
          row: newIdentity(name.id, subject.id, "name", name, now),
        } as const,
      ]),
];
