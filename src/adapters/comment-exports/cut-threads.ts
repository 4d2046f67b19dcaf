import { MalformedExport } from "../../ports/comment-export.ts";
import { decodeUtf8 } from "./decode-utf8.ts";

/** Most characters of one comment, and of all that a thread says of itself, that are kept. */
export const PIECE_MAX = 1_048_576;
const DEPTH_MAX = 100;

/** The JSON text of one comment, or of one thread without its comments; null when it is over PIECE_MAX. */
export interface Cut {
  readonly kind: "comment" | "thread";
  readonly json: string | null;
  readonly line: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const isOpening = (code: number): boolean => code === 0x5b || code === 0x7b;
const isClosing = (code: number): boolean => code === 0x5d || code === 0x7d;
const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x09 || code === NEWLINE || code === 0x0d;

/** Depths in `[ { "comments": [ {…} ] } ]`. */
const THREADS = 1;
const THREAD = 2;
const COMMENTS = 3;
const COMMENT = 4;

/** Gathers a text in parts, up to PIECE_MAX. */
const gather = () => {
  let parts: string[] = [];
  let length = 0;
  return {
    add(text: string): void {
      length += text.length;
      if (length <= PIECE_MAX) parts.push(text);
    },
    take(): string | null {
      const text = length <= PIECE_MAX ? parts.join("") : null;
      parts = [];
      length = 0;
      return text;
    },
  };
};

/**
 * Cuts a JSON array of threads with comments into the texts of its comments and, after the last of each thread, that of
 * the thread itself, keeping no more than one of each. It looks at strings and brackets only: whoever parses the pieces
 * finds what is wrong inside them. Throws MalformedExport when the whole is no such array or breaks off.
 */
export async function* cutThreads(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Cut> {
  const comment = gather();
  const thread = gather();
  let depth = 0;
  let line = 1;
  let commentLine = 1;
  let threadLine = 1;
  let begun = false;
  let inString = false;
  let escaped = false;

  for await (const text of decodeUtf8(bytes)) {
    /** Where the piece that is gathered goes on in this text. */
    let from = 0;
    const flush = (to: number): void => {
      if (depth >= COMMENT) comment.add(text.slice(from, to));
      else if (depth === THREAD) thread.add(text.slice(from, to));
      from = to;
    };
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE) line += 1;
      if (inString) {
        if (escaped) escaped = false;
        else if (code === BACKSLASH) escaped = true;
        else if (code === QUOTE) inString = false;
      } else if (code === QUOTE) {
        if (depth <= THREADS) throw new MalformedExport("this is no JSON array of threads", line);
        inString = true;
      } else if (isOpening(code)) {
        if (depth === 0 && (begun || code !== 0x5b))
          throw new MalformedExport("this is no JSON array of threads", line);
        if (depth >= DEPTH_MAX) throw new MalformedExport("JSON nested deeper than any export has it", line);
        begun = true;
        // The bracket of the list of comments stays with the thread, the one of a comment with the comment.
        if (depth === THREAD) flush(at + 1);
        else if (depth < COMMENT) from = at;
        depth += 1;
        if (depth === THREAD) threadLine = line;
        if (depth === COMMENT) commentLine = line;
      } else if (isClosing(code)) {
        if (depth === 0) throw new MalformedExport("this is no JSON array of threads", line);
        if (depth === COMMENT || depth === THREAD) flush(at + 1);
        depth -= 1;
        if (depth === COMMENTS) yield { kind: "comment", json: comment.take(), line: commentLine };
        if (depth === THREAD) from = at;
        if (depth === THREADS) yield { kind: "thread", json: thread.take(), line: threadLine };
      } else if (depth === 0 && !isSpace(code)) {
        throw new MalformedExport("this is no JSON array of threads", line);
      }
    }
    flush(text.length);
  }
  if (!begun) throw new MalformedExport("the file is empty", line);
  if (depth > 0 || inString) throw new MalformedExport("the file breaks off: its JSON is not complete", line);
}
