// How many lines a second our logger writes (allow-list, scrubber, one synchronous write a line) against pino alone with
// the same settings, on the lines that a service writes. Both in turn into the same stream; the medians of five are
// compared. A second figure writes free text, which must be gone through: what the scrubber costs at its dearest.
import { closeSync, openSync } from "node:fs";
import { destination, pino, stdTimeFunctions } from "pino";
import { makeLogger } from "../src/adapters/pino/logger.ts";
import type { LogFields, Logger } from "../src/ports/logger.ts";
import { median } from "./median.ts";

const RUNS = 5;
const LINES = 100_000;

type Line = readonly [level: keyof Logger, event: string, fields: LogFields];

const TYPICAL: readonly Line[] = [
  [
    "info",
    "request_processed",
    {
      method: "GET",
      path_template: "/v1/threads/:thread/comments",
      status_code: 200,
      duration_ms: 1.25,
      request_id: "01890a5d-ac96-774b-bcce-b302099a8057",
    },
  ],
  [
    "info",
    "request_processed",
    {
      method: "POST",
      path_template: "/v1/consents",
      status_code: 201,
      duration_ms: 3.5,
      request_id: "01890a5d-ac96-774b-bcce-b302099a8058",
    },
  ],
  [
    "error",
    "unhandled_exception",
    {
      exception_type: "StorageFailure",
      path_template: "/v1/threads/:thread/comments/:comment",
      method: "PATCH",
      user_agent_hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      support_id: "01890a5d-ac96-774b-bcce-b302099a8059",
      operation: "comments.change",
      failure: "lost",
      stored: "unknown",
      sql_state: "08006",
    },
  ],
  ["warn", "mail_not_delivered", { mail_kind: "sign-in-link", attempts: 3, failure: "ECONNREFUSED" }],
];

const FREE: readonly Line[] = [
  ["error", "mail_not_delivered", { failure: "550 5.1.1 <ada@example.org>: Recipient address rejected" }],
  ["warn", "webhook_failed", { failure: "connect ETIMEDOUT 192.0.2.17:443 after 5000 ms, attempt 3 of 10" }],
  ["error", "scheduled_task_failed", { failure: "cannot read /app/data/outbox/0001.eml: no such file" }],
];

/** The same lines by pino itself, which promises nothing about what is in them. */
const plain = (to: ReturnType<typeof destination>): Logger => {
  const log = pino(
    {
      base: null,
      messageKey: "event",
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    to,
  );
  return {
    info: (event, fields) => log.info(fields, event),
    warn: (event, fields) => log.warn(fields, event),
    error: (event, fields) => log.error(fields, event),
  };
};

const linesPerSecond = (logger: Logger, lines: readonly Line[]): number => {
  const from = performance.now();
  for (let count = 0; count < LINES; count += 1) {
    const [level, event, fields] = lines[count % lines.length] as Line;
    logger[level](event, fields);
  }
  return LINES / ((performance.now() - from) / 1000);
};

const compare = (name: string, ours: Logger, theirs: Logger, lines: readonly Line[]): void => {
  linesPerSecond(ours, lines);
  linesPerSecond(theirs, lines);
  const figures = Array.from({ length: RUNS }, () => ({
    ours: linesPerSecond(ours, lines),
    theirs: linesPerSecond(theirs, lines),
  }));
  const own = median(figures.map((each) => each.ours));
  const bare = median(figures.map((each) => each.theirs));
  const thousands = (perSecond: number): string => `${Math.round(perSecond / 1000)},000 lines/s`;
  console.log(`${name}: ${thousands(own)}, plain pino ${thousands(bare)}: ratio ${(own / bare).toFixed(2)}`);
};

const nowhere = openSync("/dev/null", "w");
try {
  const to = destination({ fd: nowhere, sync: true });
  compare("typical lines", makeLogger(to), plain(to), TYPICAL);
  compare("lines of free text", makeLogger(to), plain(to), FREE);
} finally {
  closeSync(nowhere);
}
