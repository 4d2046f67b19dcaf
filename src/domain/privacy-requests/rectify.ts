import type { Comment, ModerationMode } from "../comments/comment.ts";
import type { SealedIdentity } from "../comments/post-comment.ts";
import { type Identity, type IdentityKind, newIdentity } from "../personal-data/identity.ts";
import type { Subject } from "../roles/subject.ts";
import type { Expectation, Write } from "../shared/changes.ts";
import type { Instant } from "../shared/instant.ts";
import { err, ok, type Result } from "../shared/result.ts";

export type RectifyRefusal =
  | { readonly type: "comment-already-removed" }
  | { readonly type: "content-empty" };

export interface Rectified {
  readonly expects: readonly Expectation[];
  readonly writes: readonly Write[];
}

const lineWrite = (
  subject: Subject,
  kind: IdentityKind,
  identities: readonly Identity[],
  value: SealedIdentity,
  now: Instant,
): Write => {
  const known = identities.find((line) => line.kind === kind);
  return known === undefined
    ? { op: "insert", into: "identities", row: newIdentity(value.id, subject.id, kind, value, now) }
    : {
        op: "update",
        in: "identities",
        id: known.id,
        version: known.version,
        set: { ciphertext: value.ciphertext, blind_index: value.blind_index, updated_at: now },
      };
};

/**
 * Puts right what is wrong about a person (GDPR Art. 16): the new value takes the old one's place, which is kept nowhere.
 * For the text of a comment there is no window of 15 minutes; where comments wait for a moderator it waits again.
 */
export const rectify = (
  state: {
    readonly subject: Subject;
    readonly identities: readonly Identity[];
    readonly comment: Comment | null;
    readonly moderation: ModerationMode;
  },
  values: {
    readonly name: SealedIdentity | null;
    readonly email: SealedIdentity | null;
    readonly content: string | null;
  },
  now: Instant,
): Result<Rectified, RectifyRefusal> => {
  const { subject, identities, comment } = state;
  const writes: Write[] = [];
  if (values.name !== null) writes.push(lineWrite(subject, "name", identities, values.name, now));
  if (values.email !== null) writes.push(lineWrite(subject, "email", identities, values.email, now));
  if (values.content !== null && comment !== null) {
    if (comment.status === "removed") return err({ type: "comment-already-removed" });
    if (values.content === "") return err({ type: "content-empty" });
    const waits = state.moderation === "pre" && comment.status !== "rejected";
    writes.push({
      op: "update",
      in: "comments",
      id: comment.id,
      version: comment.version,
      set: {
        content: values.content,
        status: waits ? "pending" : comment.status,
        queued_at: waits ? (comment.queued_at ?? now) : comment.queued_at,
        edited_at: now,
        updated_at: now,
      },
    });
  }
  return ok({ expects: [{ in: "subjects", id: subject.id, version: subject.version }], writes });
};
