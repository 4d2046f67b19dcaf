import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { type CommentStatus, parseThread } from "../../domain/comments/comment.ts";
import { type Instant, parseInstant } from "../../domain/shared/instant.ts";
import {
  type CommentExportReader,
  type ExportItem,
  MalformedExport,
  type OpenExport,
} from "../../ports/comment-export.ts";
import { type Cut, cutThreads } from "./cut-threads.ts";
import { dateOf, omit } from "./fields.ts";
import { parseJson } from "./parse-json.ts";

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));

/** What is taken of a comment. `remote_addr` and the author's website are left where they are. */
const IssoComment = Type.Object({
  /** A whole number, unique within its thread only. */
  id: Type.Integer({ minimum: 0 }),
  parent: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
  author: Text,
  email: Text,
  text: Text,
  /** `2005-02-24 04:03:37`, or seconds since 1970 as isso stores it. */
  created: Type.Union([Type.String(), Type.Number()]),
  /** How isso stores a comment's state; its exports leave it out for what is shown. */
  mode: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
});

const issoComment = Compile(IssoComment);
const issoThread = Compile(Type.Object({ id: Type.String(), comments: Type.Array(Type.Unknown()) }));
const withId = Compile(Type.Object({ id: Type.Integer({ minimum: 0 }) }));

const MODES: Readonly<Record<number, CommentStatus>> = { 1: "approved", 2: "pending", 4: "removed" };

const createdAt = (created: string | number): Instant | null => {
  if (typeof created === "string") return dateOf(created);
  const milliseconds = Math.round(created * 1_000);
  return milliseconds < 0 ? null : parseInstant(milliseconds);
};

const commentOf = (
  comment: Static<typeof IssoComment>,
  thread: string | null,
  idOf: (id: number) => string,
  line: number,
): ExportItem => {
  const id = idOf(comment.id);
  if (thread === null) return omit(id, line, "thread-unknown");
  const status = MODES[comment.mode ?? 1];
  if (status === undefined) return omit(id, line, "status-unknown");
  const created_at = createdAt(comment.created);
  if (created_at === null) return omit(id, line, "date-invalid");
  const removed = status === "removed";
  return {
    kind: "comment",
    source_id: id,
    parent_source_id: comment.parent === undefined || comment.parent === null ? null : idOf(comment.parent),
    thread,
    // What was taken away keeps its place only, so that replies keep theirs (GDPR Art. 5(1)(c)).
    author_name: removed ? null : (comment.author ?? null),
    author_email: removed ? null : (comment.email ?? null),
    content: removed ? "" : (comment.text ?? ""),
    content_format: "text",
    created_at,
    status,
    line,
  };
};

const itemOf = (cut: Cut, thread: string | null): ExportItem => {
  // With its thread it is unique in the export; a number cannot hold the sign that joins them.
  const idOf = (id: number): string => `${thread ?? ""}#${id}`;
  if (cut.json === null) return omit(null, cut.line, "content-too-long");
  const value = parseJson(cut.json);
  if (issoComment.Check(value)) return commentOf(value, thread, idOf, cut.line);
  return omit(withId.Check(value) ? idOf(value.id) : null, cut.line, "line-not-json");
};

/** What each thread is called, in file order: null where it cannot be called so here. */
async function* threadNames(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string | null> {
  for await (const { kind, json, line } of cutThreads(bytes)) {
    if (kind === "comment") continue;
    const thread = json === null ? undefined : parseJson(json);
    if (!issoThread.Check(thread)) throw new MalformedExport("a thread without an id or comments", line);
    yield parseThread(thread.id);
  }
}

/** A thread may say its id after its comments, so the names are read by a second look at the file, one thread ahead. */
async function* read(open: OpenExport): AsyncGenerator<ExportItem> {
  const names = threadNames(open());
  try {
    let name: IteratorResult<string | null> | null = null;
    for await (const cut of cutThreads(open())) {
      if (cut.kind === "comment") {
        name ??= await names.next();
        yield itemOf(cut, name.value ?? null);
      } else {
        if (name === null) await names.next();
        name = null;
      }
    }
  } finally {
    await names.return(null);
  }
}

/** The JSON that isso's generic importer takes: `[{ id, title, comments: [{ id, author, email, created, text … }] }]`. */
export const issoReader: CommentExportReader = { read };
