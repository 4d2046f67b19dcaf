import { type DestinationStream, destination, pino } from "pino";
import type { LogFields, Logger } from "../../ports/logger.ts";
import { type LogFilesOptions, openLogFiles } from "./log-files.ts";
import { PLAIN } from "./patterns.ts";
import { scrub } from "./scrub.ts";

const TEXT_MAX = 200;
/** What is read of a longer text: enough that, with the end left out, no value cut in two is shown. */
const READ_MAX = 2_048;
const CUT_MAX = 512;
/** No count or duration comes near it; a payment card and an epoch would. */
const NUMBER_MAX = 1e12;

/** The allow-list again, for what the compiler cannot see: whatever is not here, or of another type, is left out. */
const FIELDS: Readonly<Record<keyof LogFields, "string" | "number">> = {
  method: "string",
  path_template: "string",
  status_code: "number",
  duration_ms: "number",
  request_id: "string",
  support_id: "string",
  exception_type: "string",
  user_agent_hash: "string",
  operation: "string",
  sql_state: "string",
  stored: "string",
  failure: "string",
  count: "number",
  attempts: "number",
  port: "number",
  mail_kind: "string",
};

/** JSON escapes the ASCII controls; the others could still move a terminal's cursor or part a line. */
const OTHER_CONTROLS = /[\u007F-\u009F\u2028\u2029]/g;

const bounded = (text: string): string => {
  if (text.length <= TEXT_MAX && PLAIN.test(text)) return text;
  const clean = text.length > READ_MAX ? scrub(text.slice(0, READ_MAX)).slice(0, -CUT_MAX) : scrub(text);
  const isCut = text.length > READ_MAX || clean.length > TEXT_MAX;
  const short = isCut ? `${clean.slice(0, TEXT_MAX).toWellFormed()}…` : clean;
  return short.replace(OTHER_CONTROLS, "\uFFFD");
};

const allowed = (fields: LogFields): Record<string, string | number | null> => {
  const kept: Record<string, string | number | null> = {};
  for (const name of Object.keys(fields) as (keyof LogFields)[]) {
    if (!Object.hasOwn(FIELDS, name)) continue;
    const type = FIELDS[name];
    const value: unknown = fields[name];
    if (value === null) kept[name] = null;
    else if (type === "number" && typeof value === "number" && Math.abs(value) < NUMBER_MAX)
      kept[name] = value;
    else if (type === "string" && typeof value === "string") kept[name] = bounded(value);
  }
  return kept;
};

let written = { at: Number.NaN, field: "" };

/** As pino's `isoTime`, made once a millisecond. */
const timeField = (): string => {
  const now = Date.now();
  if (now !== written.at) written = { at: now, field: `,"time":"${new Date(now).toISOString()}"` };
  return written.field;
};

/**
 * One JSON object a line: `level`, `time` (RFC 3339, UTC), `event` and the allowed fields, their texts scrubbed. Written
 * synchronously, so that the last line before a crash is there; with `files` also into a folder, which `cli support`
 * searches. When a file cannot be written, the lines still go to the stream, and `log_file_failed` tells so once, until
 * one is written again.
 */
export const makeLogger = (
  to: DestinationStream = destination({ fd: 1, sync: true }),
  files?: LogFilesOptions,
): Logger => {
  const log = pino(
    {
      base: null,
      messageKey: "event",
      timestamp: timeField,
      formatters: { level: (label) => ({ level: label }) },
    },
    files === undefined ? to : both(to, files, (failure) => logger.error("log_file_failed", { failure })),
  );
  const at =
    (level: "info" | "warn" | "error") =>
    (event: string, fields: LogFields = {}): void => {
      try {
        log[level](allowed(fields), bounded(event));
      } catch {
        // A log that cannot be written must not take down what it tells of, and there is nobody left to tell.
      }
    };
  const logger: Logger = { info: at("info"), warn: at("warn"), error: at("error") };
  return logger;
};

const both = (
  to: DestinationStream,
  options: LogFilesOptions,
  onFailure: (code: string) => void,
): DestinationStream => {
  const files = openLogFiles(options);
  let failed = false;
  return {
    write: (line) => {
      try {
        files.append(line);
        failed = false;
      } catch (failure) {
        if (!failed) {
          failed = true;
          onFailure(failure instanceof Error && "code" in failure ? String(failure.code) : "unknown");
        }
      }
      to.write(line);
    },
  };
};
