import { MalformedExport } from "../../ports/comment-export.ts";

const PIECE_BYTES = 65_536;

const lineBreaks = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
};

/** Line breaks before the first byte that is no UTF-8. */
const soundLines = (bytes: Uint8Array): number => {
  const text = new TextDecoder().decode(bytes, { stream: true });
  const broken = text.indexOf("\uFFFD");
  return lineBreaks(broken === -1 ? text : text.slice(0, broken));
};

/** The text of an export in pieces of up to 64 KiB, whatever pieces it came in. Throws MalformedExport on bytes that are no UTF-8. */
export async function* decodeUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  const decode = (piece: Uint8Array | undefined): string => {
    try {
      const text = piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
      line += lineBreaks(text);
      return text;
    } catch {
      throw new MalformedExport(
        "the text is not UTF-8",
        line + (piece === undefined ? 0 : soundLines(piece)),
      );
    }
  };
  for await (const chunk of bytes) {
    for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
      const text = decode(chunk.subarray(start, start + PIECE_BYTES));
      if (text !== "") yield text;
    }
  }
  const rest = decode(undefined);
  if (rest !== "") yield rest;
}
