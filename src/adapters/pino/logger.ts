import { type DestinationStream, destination, pino, stdTimeFunctions } from "pino";
import type { LogFields, Logger } from "../../ports/logger.ts";

const TEXT_MAX = 200;

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

const ENTRIES = Object.entries(FIELDS) as readonly [keyof LogFields, "string" | "number"][];

/** JSON escapes the ASCII controls; the others could still move a terminal's cursor or part a line. */
const OTHER_CONTROLS = /[\u007F-\u009F\u2028\u2029]/g;

const bounded = (text: string): string => {
  const short = text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX).toWellFormed()}…` : text;
  return short.replace(OTHER_CONTROLS, "\uFFFD");
};

const allowed = (fields: LogFields): Record<string, string | number | null> => {
  const kept: Record<string, string | number | null> = {};
  for (const [name, type] of ENTRIES) {
    const value: unknown = fields[name];
    if (value === null) kept[name] = null;
    else if (type === "number" && typeof value === "number" && Number.isFinite(value)) kept[name] = value;
    else if (type === "string" && typeof value === "string") kept[name] = bounded(value);
  }
  return kept;
};

/**
 * One JSON object a line: `level`, `time` (RFC 3339, UTC), `event` and the allowed fields. Written synchronously, so
 * that the last line before a crash is there.
 */
export const makeLogger = (to: DestinationStream = destination({ fd: 1, sync: true })): Logger => {
  const log = pino(
    {
      base: null,
      messageKey: "event",
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    to,
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
  return { info: at("info"), warn: at("warn"), error: at("error") };
};
