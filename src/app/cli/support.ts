import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { logFilesAmong } from "../../adapters/pino/log-files.ts";
import { CommandRefused } from "./command-refused.ts";

const SUPPORT_ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
/** Our lines are far shorter; what is longer was not written by the service. */
const LINE_MAX = 16 * 1024;
/** JSON escapes other controls by itself. */
const CONTROLS = /[\u007F-\u009F\u2028\u2029]/g;

const codeOf = (failure: unknown): unknown =>
  failure instanceof Error && "code" in failure ? failure.code : null;

const namesIn = async (directory: string): Promise<readonly string[]> => {
  try {
    return logFilesAmong(await readdir(directory)).map(({ name }) => name);
  } catch (failure) {
    const code = codeOf(failure);
    if (code === "ENOENT" || code === "ENOTDIR") throw new CommandRefused("There is no folder at LOG_DIR.");
    if (code === "EACCES") throw new CommandRefused("The folder at LOG_DIR cannot be read by this user.");
    throw failure;
  }
};

/** The lines of a file one by one, without those that are too long. Holds a piece of the file at a time. */
async function* linesOf(path: string): AsyncGenerator<string> {
  let kept = "";
  let tooLong = false;
  for await (const chunk of createReadStream(path, { encoding: "utf8" }) as AsyncIterable<string>) {
    const [first = "", ...others] = chunk.split("\n");
    if (kept.length + first.length > LINE_MAX) tooLong = true;
    kept = tooLong ? "" : kept + first;
    for (const next of others) {
      if (!tooLong && kept.length <= LINE_MAX) yield kept;
      tooLong = next.length > LINE_MAX;
      kept = tooLong ? "" : next;
    }
  }
  if (!tooLong && kept !== "") yield kept;
}

/** The line as JSON when it tells of this support id; null otherwise. A line cut off by a crash is no JSON. */
const told = (line: string, supportId: string): string | null => {
  if (!line.includes(supportId)) return null;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return null;
    const { support_id, request_id } = value as Record<string, unknown>;
    if (support_id !== supportId && request_id !== supportId) return null;
    return JSON.stringify(value).replace(CONTROLS, "\uFFFD");
  } catch (failure) {
    if (failure instanceof SyntaxError) return null;
    throw failure;
  }
};

const show = async (path: string, supportId: string, say: (text: string) => void): Promise<number> => {
  let found = 0;
  try {
    for await (const line of linesOf(path)) {
      const text = told(line, supportId);
      if (text === null) continue;
      found += 1;
      say(text);
    }
  } catch (failure) {
    const code = codeOf(failure);
    if (code === "EACCES") {
      throw new CommandRefused("A log file cannot be read by this user: run it as the user of the service.");
    }
    // Its time was up while we were looking.
    if (code !== "ENOENT") throw failure;
  }
  return found;
};

/**
 * Shows every line of the log files that tells of a support id, oldest first: the request, and what went wrong in it.
 * The lines carry no personal data and may be passed on. Throws CommandRefused when there is nothing to show.
 */
export const supportCommand = async (
  directory: string | null,
  supportId: string,
  say: (text: string) => void,
): Promise<void> => {
  const id = supportId.trim().toLowerCase();
  if (!SUPPORT_ID.test(id)) {
    throw new CommandRefused("A support id looks like 01890a5d-ac96-774b-bcce-b302099a8057.");
  }
  if (directory === null) {
    throw new CommandRefused(
      "LOG_DIR is not set, so the service keeps no log files: search what it wrote to standard output.",
    );
  }
  const names = await namesIn(directory);
  let found = 0;
  for (const name of names) found += await show(join(directory, name), id, say);
  if (found === 0) {
    throw new CommandRefused(
      names.length === 0
        ? "There are no log files at LOG_DIR yet."
        : `No line tells of this support id. Searched: ${names.length} log files, ${names[0]} to ${names.at(-1)}.`,
    );
  }
};
