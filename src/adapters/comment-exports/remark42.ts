import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { type CommentExportReader, type ExportItem, MalformedExport } from "../../ports/comment-export.ts";
import { dateOf, idOf, omit, threadOf, unescapeName } from "./fields.ts";
import { parseJson } from "./parse-json.ts";
import { type Line, readLines } from "./read-lines.ts";

/** What is taken of a line. The hashed IP addresses, the picture, the votes and the account are left where they are. */
const RemarkComment = Type.Object({
  id: Type.String(),
  pid: Type.Optional(Type.String()),
  text: Type.Optional(Type.String()),
  user: Type.Optional(Type.Object({ name: Type.Optional(Type.String()) })),
  locator: Type.Object({ url: Type.String() }),
  time: Type.String(),
  delete: Type.Optional(Type.Boolean()),
});

const remarkComment = Compile(RemarkComment);
const withId = Compile(Type.Object({ id: Type.String() }));

const META = /^\s*\{\s*"version"\s*:\s*(\d+)\s*[,}]/;

const commentOf = (comment: Static<typeof RemarkComment>, line: number): ExportItem => {
  const id = idOf(comment.id);
  if (id === null) return omit(null, line, "id-missing");
  const thread = threadOf(comment.locator.url);
  if (thread === null) return omit(id, line, "thread-unknown");
  const created_at = dateOf(comment.time);
  if (created_at === null) return omit(id, line, "date-invalid");
  const removed = comment.delete === true;
  return {
    kind: "comment",
    source_id: id,
    parent_source_id: idOf(comment.pid),
    thread,
    // What was taken away keeps its place only, so that replies keep theirs (GDPR Art. 5(1)(c)).
    author_name: removed ? null : unescapeName(comment.user?.name ?? null),
    author_email: null,
    content: removed ? "" : (comment.text ?? ""),
    content_format: "html",
    created_at,
    status: removed ? "removed" : "approved",
    line,
  };
};

const breaksOff = (line: Line): MalformedExport =>
  new MalformedExport("the file breaks off in the middle of a line", line.number);

const itemOf = (line: Line): ExportItem => {
  if (line.cut) return omit(null, line.number, "content-too-long");
  const value = parseJson(line.text);
  if (remarkComment.Check(value)) return commentOf(value, line.number);
  if (value === undefined && !line.ended) throw breaksOff(line);
  return omit(withId.Check(value) ? idOf(value.id) : null, line.number, "line-not-json");
};

async function* read(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ExportItem> {
  let empty = true;
  for await (const line of readLines(bytes)) {
    if (empty) {
      const version = META.exec(line.text)?.[1];
      if (version === undefined) {
        throw new MalformedExport("this is no remark42 backup: its first line names no version", 1);
      }
      if (version !== "1") throw new MalformedExport("a remark42 backup of another version than 1", 1);
      if (!line.ended && parseJson(line.text) === undefined) throw breaksOff(line);
      empty = false;
    } else if (line.text.trim() !== "") yield itemOf(line);
  }
  if (empty) throw new MalformedExport("the file is empty", 1);
}

/** A backup that remark42 makes of itself: a line of metadata, then a comment a line. */
export const remark42Reader: CommentExportReader = { read: (open) => read(open()) };
