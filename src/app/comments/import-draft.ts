import {
  AUTHOR_NAME_MAX,
  type CommentStatus,
  IMPORTED_CONTENT_MAX_BYTES,
  parseThread,
} from "../../domain/comments/comment.ts";
import { type EmailAddress, parseEmail } from "../../domain/shared/email.ts";
import { DAY, type Instant } from "../../domain/shared/instant.ts";
import { err, ok, type Result } from "../../domain/shared/result.ts";
import { storableText } from "../../domain/shared/text.ts";
import type { ExportedComment, OmissionReason } from "../../ports/comment-export.ts";
import type { HtmlSanitizer } from "../../ports/html-sanitizer.ts";

/** An exported comment that can be stored, but for its parent and its author's pseudonym. */
export interface ImportDraft {
  readonly source_id: string;
  readonly parent_source_id: string | null;
  readonly thread: string;
  readonly name: string | null;
  readonly email: EmailAddress | null;
  readonly content: string;
  readonly status: CommentStatus;
  readonly created_at: Instant;
  readonly line: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
const CONTROL = /[\u0001-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** A name to show, cut to what fits; null when nothing of it can be shown. */
const nameOf = (text: string | null): string | null => {
  if (text === null || storableText(text) !== null) return null;
  // Cut generously before counting, so that a huge name is never walked.
  const clean = text
    .slice(0, 4 * AUTHOR_NAME_MAX)
    .replace(CONTROL, "")
    .replace(/\s+/gu, " ")
    .trim();
  const name = [...clean.toWellFormed().replaceAll("\uFFFD", "")].slice(0, AUTHOR_NAME_MAX).join("").trim();
  return name === "" ? null : name;
};

/** What of an exported comment can be stored here, or why it is left out. */
export const importDraft = (
  item: ExportedComment,
  sanitizer: HtmlSanitizer,
  now: Instant,
): Result<ImportDraft, OmissionReason> => {
  const thread = parseThread(item.thread);
  if (thread === null) return err("thread-unknown");
  // Its id would sort after everything that is posted here until then.
  if (item.created_at < 0 || item.created_at > now + DAY) return err("date-invalid");
  if (storableText(item.content) !== null) return err("text-not-storable");
  const removed = item.status === "removed";
  const text = item.content.replace(CONTROL, "");
  const content = removed
    ? ""
    : item.content_format === "html"
      ? sanitizer.comment(text)
      : sanitizer.text(text);
  if (content === "" && !removed) return err("content-empty");
  if (content.length > IMPORTED_CONTENT_MAX_BYTES || bytesOf(content) > IMPORTED_CONTENT_MAX_BYTES) {
    return err("content-too-long");
  }
  return ok({
    source_id: item.source_id,
    parent_source_id: item.parent_source_id,
    thread,
    name: nameOf(item.author_name),
    email: item.author_email === null ? null : parseEmail(item.author_email),
    content,
    status: item.status,
    created_at: item.created_at,
    line: item.line,
  });
};
