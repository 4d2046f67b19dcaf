import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { type Identity, newIdentity } from "../personal-data/identity.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import { withUse } from "../retention/with-use.ts";
import type { Subject } from "../roles/subject.ts";
import type { Changes, Expectation, Write } from "../shared/changes.ts";
import { newGdprRecord } from "../shared/gdpr-record.ts";
import type { CommentId, IdentityId, KeyedHash, Sealed, TokenHash } from "../shared/ids.ts";
import { err, ok, type Result } from "../shared/result.ts";
import type { Comment, ModerationMode } from "./comment.ts";

export type PostCommentRefusal =
  | { readonly type: "gdpr-consent-required" }
  | { readonly type: "comments-disabled" }
  | { readonly type: "subject-restricted" }
  | { readonly type: "author-email-required" }
  | { readonly type: "parent-not-found" }
  | { readonly type: "content-empty" };

export interface PostSituation {
  readonly subject: Subject;
  /** The comment replied to; `"missing"` when an id was given that leads to none in this thread. */
  readonly parent: Comment | null | "missing";
  readonly identities: { readonly name: Identity | null; readonly email: Identity | null };
  readonly enable_comments: boolean;
  readonly moderation: ModerationMode;
}

/** A secret of the vault, sealed outside: null where nothing is to be written. */
export interface SealedIdentity {
  readonly id: IdentityId;
  readonly blind_index: KeyedHash | null;
  readonly ciphertext: Sealed;
}

export interface PostCommand {
  readonly id: CommentId;
  readonly thread: string;
  /** HTML after reduction to the allow-list. */
  readonly content: string;
  readonly gdpr_consent: boolean;
  readonly notify_replies: boolean;
  readonly edit_token_hash: TokenHash;
  /** The name to show, when it differs from the one in the vault. */
  readonly name: SealedIdentity | null;
  /** The address, when the vault has none yet. */
  readonly email: SealedIdentity | null;
}

/**
 * Posts a comment. Consent is to the publication of this comment and nothing else (GDPR Art. 7(2), 7(4)). It rests on
 * the subject and the parent as they were read: an erasure, a restriction or a removal in between refuses it.
 */
export const postComment = (
  situation: PostSituation,
  command: PostCommand,
  occasion: Occasion,
): Result<{ readonly comment: Comment; readonly changes: Changes }, PostCommentRefusal> => {
  const { subject, parent, identities } = situation;
  if (!situation.enable_comments) return err({ type: "comments-disabled" });
  if (!command.gdpr_consent) return err({ type: "gdpr-consent-required" });
  if (subject.status !== "active") return err({ type: "subject-restricted" });
  if (
    parent === "missing" ||
    (parent !== null && (parent.thread !== command.thread || parent.status !== "approved"))
  ) {
    return err({ type: "parent-not-found" });
  }
  if (identities.email === null && command.email === null) return err({ type: "author-email-required" });
  if (command.content === "") return err({ type: "content-empty" });

  const status = situation.moderation === "pre" ? "pending" : "approved";
  const comment: Comment = {
    ...newGdprRecord(command.id, occasion.now, retentionUntil("comments", occasion.now, occasion.retention)),
    consent_given: true,
    consent_timestamp: occasion.now,
    thread: command.thread,
    subject_id: subject.id,
    parent_id: parent?.id ?? null,
    root_id: parent?.root_id ?? command.id,
    depth: parent === null ? 0 : parent.depth + 1,
    content: command.content,
    status,
    queued_at: status === "pending" ? occasion.now : null,
    moderated_at: null,
    moderation_note: null,
    edited_at: null,
    edit_token_hash: command.edit_token_hash,
    notify_replies: command.notify_replies,
    source: null,
    source_id: null,
  };
  const expects: readonly Expectation[] = [
    { in: "subjects", id: subject.id, version: subject.version },
    ...(parent === null ? [] : [{ in: "comments", id: parent.id, version: parent.version } as const]),
  ];
  return ok({
    comment,
    changes: withUse(
      {
        expects,
        writes: [
          ...(command.email !== null && identities.email === null
            ? [insertIdentity(subject, "email", command.email, occasion)]
            : []),
          ...nameWrite(subject, identities.name, command.name, occasion),
          { op: "insert", into: "comments", row: comment },
        ],
        audit: [
          auditEntry(
            "comment.posted",
            comment.id,
            { status, reply: parent !== null, new_name: command.name !== null },
            occasion,
          ),
        ],
      },
      subject,
      occasion,
    ),
  });
};

const insertIdentity = (
  subject: Subject,
  kind: "email" | "name",
  secret: SealedIdentity,
  occasion: Occasion,
): Write => ({
  op: "insert",
  into: "identities",
  row: newIdentity(secret.id, subject.id, kind, secret, occasion.now),
});

const nameWrite = (
  subject: Subject,
  known: Identity | null,
  wanted: SealedIdentity | null,
  occasion: Occasion,
): readonly Write[] => {
  if (wanted === null) return [];
  if (known === null) return [insertIdentity(subject, "name", wanted, occasion)];
  return [
    {
      op: "update",
      in: "identities",
      id: known.id,
      version: known.version,
      set: { ciphertext: wanted.ciphertext, updated_at: occasion.now },
    },
  ];
};
