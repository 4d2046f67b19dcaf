import type { CommentStatus } from "../domain/comments/comment.ts";
import type { Instant } from "../domain/shared/instant.ts";

export const EXPORT_FORMATS = ["wxr", "disqus", "isso", "remark42"] as const;

export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Why a line of an export is left out. */
export type OmissionReason =
  | "pingback"
  | "trackback"
  | "spam"
  | "other-type"
  | "thread-unknown"
  | "content-empty"
  | "content-too-long"
  | "text-not-storable"
  | "date-invalid"
  | "status-unknown"
  | "id-missing"
  /** Not the JSON of a comment. */
  | "line-not-json"
  | "parent-cycle"
  /** Another comment came in under this id before: the export is of another site than the one imported first. */
  | "id-taken";

/** One comment as the other system had it. No IP address and no user agent: they are dropped while reading. */
export interface ExportedComment {
  readonly kind: "comment";
  /** Id in that system, unique within the export's format (made unique by the thread where the format's ids are not). */
  readonly source_id: string;
  readonly parent_source_id: string | null;
  /** The thread under which GoNoGo will serve it: the path of the page's URL where there is one, else the system's name for it. */
  readonly thread: string;
  readonly author_name: string | null;
  readonly author_email: string | null;
  readonly content: string;
  readonly content_format: "html" | "text";
  readonly created_at: Instant;
  readonly status: CommentStatus;
  readonly line: number;
}

export interface Omission {
  readonly kind: "omitted";
  /** Id in that system, or null when it has none. Never anything a person wrote. */
  readonly source_id: string | null;
  readonly line: number;
  readonly reason: OmissionReason;
}

export type ExportItem = ExportedComment | Omission;

/** The export cannot be read on. What was yielded before it is sound. */
export class MalformedExport extends Error {
  override readonly name = "MalformedExport";
  constructor(
    /** In fixed words, never text of the export. */
    readonly problem: string,
    readonly line: number,
  ) {
    super(`line ${line}: ${problem}`);
  }
}

/** Opens the export from its beginning, as often as it is called: what is told late in a file may be needed early. */
export type OpenExport = () => AsyncIterable<Uint8Array>;

/**
 * Reads the export of another comment system as a stream, in memory that does not grow with its size. Items come in file order: a reply may
 * come before its parent. Throws MalformedExport where the file breaks off or is not of the format.
 */
export interface CommentExportReader {
  read(open: OpenExport): AsyncIterable<ExportItem>;
}
