import type { CommentStatus } from "../../domain/comments/comment.ts";
import { type CommentExportReader, type ExportItem, MalformedExport } from "../../ports/comment-export.ts";
import { dateOf, idOf, omit, threadOf, unescapeName } from "./fields.ts";
import { readXml, type XmlFormat } from "./read-xml.ts";

const NAMESPACE = /^https?:\/\/(?:www\.)?wordpress\.org\/export\/1\.[0-2]\/$/;
const VERSION = "rss/channel/wp:wxr_version";
const ITEM = "rss/channel/item";
const COMMENT = `${ITEM}/wp:comment`;

/** What is taken of a page and of a comment. Its author's address on the web, IP address and account are left where they are. */
const ITEM_FIELDS = new Set(["link", "wp:status", "wp:post_password"]);
const COMMENT_FIELDS = new Set([
  "wp:comment_id",
  "wp:comment_author",
  "wp:comment_author_email",
  "wp:comment_date",
  "wp:comment_date_gmt",
  "wp:comment_content",
  "wp:comment_approved",
  "wp:comment_type",
  "wp:comment_parent",
]);

const STATUSES: Readonly<Record<string, CommentStatus>> = {
  "1": "approved",
  approve: "approved",
  "0": "pending",
  hold: "pending",
  trash: "removed",
  "post-trashed": "removed",
};

type Fields = Map<string, string | null>;

/** Pages that not everybody may read: their comments wait for a moderator instead of being shown to everybody. */
const isPublicPage = (item: Fields): boolean =>
  ["publish", "inherit", ""].includes(item.get("wp:status") ?? "") &&
  (item.get("wp:post_password") ?? "") === "";

const commentOf = (item: Fields, fields: Fields, line: number): ExportItem => {
  const value = (name: string): string => fields.get(`wp:comment_${name}`)?.trim() ?? "";
  const id = idOf(value("id"));
  if (id === null) return omit(null, line, "id-missing");
  const type = value("type");
  if (type === "pingback" || type === "trackback") return omit(id, line, type);
  if (type !== "" && type !== "comment") return omit(id, line, "other-type");
  const approved = value("approved");
  if (approved === "spam") return omit(id, line, "spam");
  const stated = STATUSES[approved];
  if (stated === undefined) return omit(id, line, "status-unknown");
  const thread = threadOf(item.get("link"));
  if (thread === null) return omit(id, line, "thread-unknown");
  // Comments that never were approved may have no GMT date (`0000-00-00 00:00:00`).
  const created_at = dateOf(value("date_gmt")) ?? dateOf(value("date"));
  if (created_at === null) return omit(id, line, "date-invalid");
  const content = fields.get("wp:comment_content");
  if (content === null) return omit(id, line, "content-too-long");
  const removed = stated === "removed";
  const parent = value("parent");
  return {
    kind: "comment",
    source_id: id,
    parent_source_id: parent === "0" ? null : idOf(parent),
    thread,
    // What was taken away keeps its place only (GDPR Art. 5(1)(c)).
    author_name: removed ? null : unescapeName(fields.get("wp:comment_author") ?? null),
    author_email: removed ? null : (fields.get("wp:comment_author_email") ?? null),
    content: removed ? "" : (content ?? ""),
    content_format: "html",
    created_at,
    status: stated === "approved" && !isPublicPage(item) ? "pending" : stated,
    line,
  };
};

const wxrFormat = (): XmlFormat<ExportItem> => {
  let item: Fields = new Map();
  let comment: Fields = new Map();
  let commentLine = 0;
  let version = false;
  const requireVersion = (line: number): void => {
    if (!version) throw new MalformedExport("this RSS is no WordPress export of version 1.0 to 1.2", line);
  };
  return {
    root: "rss",
    wrongRoot: "this XML is no WordPress export: its root is not rss",
    nameOf: (namespace, local) =>
      namespace === "" ? local : NAMESPACE.test(namespace) ? `wp:${local}` : `other:${local}`,
    open(path, _attributes, line) {
      if (path === VERSION) version = true;
      if (path === ITEM) {
        requireVersion(line);
        item = new Map();
      }
      if (path === COMMENT) {
        comment = new Map();
        commentLine = line;
      }
      return path.startsWith(`${COMMENT}/`)
        ? COMMENT_FIELDS.has(path.slice(COMMENT.length + 1))
        : path.startsWith(`${ITEM}/`) && ITEM_FIELDS.has(path.slice(ITEM.length + 1));
    },
    close(path, text) {
      if (path === COMMENT) return commentOf(item, comment, commentLine);
      if (path.startsWith(`${COMMENT}/`)) comment.set(path.slice(COMMENT.length + 1), text);
      else if (path.startsWith(`${ITEM}/`)) item.set(path.slice(ITEM.length + 1), text);
      return null;
    },
    end: requireVersion,
  };
};

/** WordPress eXtended RSS 1.0 to 1.2 (Tools → Export). */
export const wxrReader: CommentExportReader = { read: (open) => readXml(open(), wxrFormat()) };
