import { parseThread } from "../../domain/comments/comment.ts";
import type { CommentExportReader, ExportItem } from "../../ports/comment-export.ts";
import { dateOf, idOf, omit, threadOf } from "./fields.ts";
import { readXml, type XmlFormat } from "./read-xml.ts";

const THREAD = "disqus/thread";
const POST = "disqus/post";
const POST_FIELDS = new Set([
  "message",
  "createdAt",
  "isDeleted",
  "isSpam",
  "isApproved",
  "author/email",
  "author/name",
]);

interface Post {
  readonly line: number;
  readonly id: string | null;
  readonly fields: Map<string, string | null>;
  thread: string | null;
  parent: string | null;
}

const postOf = (post: Post, threads: ReadonlyMap<string, string>): ExportItem => {
  const { id, line } = post;
  const value = (name: string): string => post.fields.get(name)?.trim() ?? "";
  if (id === null) return omit(null, line, "id-missing");
  if (value("isSpam") === "true") return omit(id, line, "spam");
  const thread = post.thread === null ? undefined : threads.get(post.thread);
  if (thread === undefined) return omit(id, line, "thread-unknown");
  const created_at = dateOf(value("createdAt"));
  if (created_at === null) return omit(id, line, "date-invalid");
  const content = post.fields.get("message");
  if (content === null) return omit(id, line, "content-too-long");
  const removed = value("isDeleted") === "true";
  return {
    kind: "comment",
    source_id: id,
    parent_source_id: post.parent,
    thread,
    // What was taken away keeps its place only, so that replies keep theirs (GDPR Art. 5(1)(c)).
    author_name: removed ? null : (post.fields.get("author/name") ?? null),
    author_email: removed ? null : (post.fields.get("author/email") ?? null),
    content: removed ? "" : (content ?? ""),
    content_format: "html",
    created_at,
    status: removed ? "removed" : value("isApproved") === "false" ? "pending" : "approved",
    line,
  };
};

const disqusFormat = (): XmlFormat<ExportItem> => {
  /** Threads by Disqus id. They all come before the posts, and are few beside them. */
  const threads = new Map<string, string>();
  let threadId: string | null = null;
  let thread: { link: string | null; name: string | null } = { link: null, name: null };
  let post: Post | null = null;
  return {
    root: "disqus",
    wrongRoot: "this XML is no Disqus export: its root is not disqus",
    nameOf: (namespace, local) =>
      namespace === "" || /^https?:\/\/disqus\.com\/?$/.test(namespace) ? local : `other:${local}`,
    open(path, attributes, line) {
      const id = idOf(attributes.get("id"));
      if (path === THREAD) {
        threadId = id;
        thread = { link: null, name: null };
      } else if (path === POST) post = { line, id, fields: new Map(), thread: null, parent: null };
      else if (path === `${POST}/thread` && post !== null) post.thread = id;
      else if (path === `${POST}/parent` && post !== null) post.parent = id;
      return (
        path === `${THREAD}/link` ||
        path === `${THREAD}/id` ||
        (path.startsWith(`${POST}/`) && POST_FIELDS.has(path.slice(POST.length + 1)))
      );
    },
    close(path, text) {
      if (path === `${THREAD}/link`) thread.link = text;
      else if (path === `${THREAD}/id`) thread.name = text;
      else if (path === THREAD && threadId !== null) {
        const name = threadOf(thread.link) ?? parseThread(thread.name?.trim() ?? "");
        if (name !== null) threads.set(threadId, name);
      } else if (post !== null && path === POST) {
        const item = postOf(post, threads);
        post = null;
        return item;
      } else if (post !== null && path.startsWith(`${POST}/`)) {
        post.fields.set(path.slice(POST.length + 1), text);
      }
      return null;
    },
    end() {},
  };
};

/** The XML that Disqus exports. */
export const disqusReader: CommentExportReader = { read: (open) => readXml(open(), disqusFormat()) };
