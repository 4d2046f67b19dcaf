import { err, ok, type Result } from "./result.ts";

/** Why a text from outside cannot be stored. NUL and lone surrogates are where the databases disagree. */
export type TextRefusal = "empty" | "too-long" | "nul" | "lone-surrogate" | "control-character";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\u0001-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

/** Length in Unicode code points, which is how every limit of the specification counts. */
export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/** Text that both databases store and give back unchanged: no NUL, no lone surrogate. Null when it is. */
export const storableText = (text: string): TextRefusal | null =>
  text.includes("\0") ? "nul" : text.isWellFormed() ? null : "lone-surrogate";

/**
 * A human's text within `max` code points: storable, without control characters but tab and line breaks,
 * trimmed, not empty.
 */
export const parseText = (text: string, max: number): Result<string, TextRefusal> => {
  // A code point takes at most two units, so a huge text is refused without being walked.
  if (text.length > 2 * max + 1024) return err("too-long");
  const refusal = storableText(text);
  if (refusal !== null) return err(refusal);
  if (CONTROL.test(text)) return err("control-character");
  const trimmed = text.trim();
  if (trimmed === "") return err("empty");
  return codePoints(trimmed) > max ? err("too-long") : ok(trimmed);
};
