import type { Comment } from "../comments/comment.ts";
import type { Settable, Write } from "../shared/changes.ts";
import { erasedFields, type Severance } from "./erase-record.ts";
import { type Needle, withoutMentions } from "./mentions.ts";

export const COMMENT_CHOICES = ["keep_text", "remove_text"] as const;

/**
 * What becomes of an erased person's comments: the text goes on without an author, or goes and leaves an empty
 * place-holder to those who answered.
 */
export type CommentChoice = (typeof COMMENT_CHOICES)[number];

/** Only what is published may stay: freedom of expression and information (GDPR Art. 17(3)(a)) is about what others can read. */
const keepsText = (comment: Comment, choice: CommentChoice): boolean =>
  choice === "keep_text" && comment.status === "approved";

/** One of her own comments without her; null when nothing is left to do. */
export const eraseComment = (
  comment: Comment,
  severance: Severance,
  choice: CommentChoice,
  needles: readonly Needle[],
): Write | null => {
  const { content: _, ...identifying } = erasedFields("comments", comment, severance);
  const text: Settable<"comments"> = keepsText(comment, choice)
    ? { content: withoutMentions(comment.content, needles) }
    : { content: "", status: "removed", queued_at: null };
  const set: Settable<"comments"> = { ...identifying, ...text };
  const changed = Object.entries(set).filter(([field, value]) => comment[field as keyof Comment] !== value);
  return changed.length === 0
    ? null
    : {
        op: "update",
        in: "comments",
        id: comment.id,
        version: comment.version,
        set: Object.fromEntries(changed),
      };
};

/** Somebody else's comment without what it says of her or quotes of hers; null when it says and quotes nothing. */
export const redactComment = (comment: Comment, content: string): Write | null =>
  content === comment.content
    ? null
    : {
        op: "update",
        in: "comments",
        id: comment.id,
        version: comment.version,
        set:
          content.replaceAll(/<[^>]*>|\[…\]|\s/g, "") === ""
            ? { content: "", status: "removed", queued_at: null }
            : { content },
      };
