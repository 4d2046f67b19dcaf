import { decodeUtf8 } from "./decode-utf8.ts";

/** Most characters of one line that are kept. */
export const LINE_MAX = 4_194_304;

export interface Line {
  /** The first LINE_MAX characters, without the line break. */
  readonly text: string;
  readonly cut: boolean;
  readonly number: number;
  /** False for a last line that no line break ends. */
  readonly ended: boolean;
}

/** Splits text at its line feeds, keeping no more than one line. */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let parts: string[] = [];
  let length = 0;
  let number = 1;
  const add = (part: string): void => {
    const kept = part.slice(0, Math.max(0, LINE_MAX - length));
    if (kept !== "") parts.push(kept);
    length += part.length;
  };
  const take = (ended: boolean): Line => {
    const line = { text: parts.join(""), cut: length > LINE_MAX, number, ended };
    parts = [];
    length = 0;
    number += 1;
    return line;
  };
  for await (const piece of decodeUtf8(bytes)) {
    let start = 0;
    for (let end = piece.indexOf("\n"); end !== -1; end = piece.indexOf("\n", start)) {
      add(piece.slice(start, end));
      start = end + 1;
      yield take(true);
    }
    add(piece.slice(start));
  }
  if (length > 0) yield take(false);
}
