import { StorageFailure } from "../../ports/unit-of-work.ts";
import type { Service } from "./context.ts";
import { methodWord } from "./method-word.ts";
import { refuse, type Visit } from "./pipeline.ts";
import type { Refusal } from "./refusals.ts";

/** Seconds after which trying again has a chance. */
const RETRY_AFTER = { lost: 5, overloaded: 1, closed: 10 } as const;

const refusalOf = (error: unknown): Refusal =>
  error instanceof StorageFailure && error.kind !== "refused"
    ? { type: "service-unavailable", retryAfterSeconds: RETRY_AFTER[error.kind] }
    : { type: "unexpected-error" };

const TYPE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,60}$/;

/** The kind of an error; a name that is no name of a type could be anything, so it is not written down. */
const typeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  return TYPE_NAME.test(error.name) ? error.name : "Error";
};

/**
 * Answers what no use case foresaw. The log line names the kind of error and where it happened, never its message: a
 * message may quote what a person sent.
 */
export const fail = (service: Service, request: Request, visit: Visit, error: unknown): Response => {
  const exceptionType = typeOf(error);
  visit.span.fail(exceptionType);
  service.logger.error("unhandled_exception", {
    exception_type: exceptionType,
    path_template: visit.pathTemplate,
    method: methodWord(request.method),
    user_agent_hash: visit.origin.user_agent_hash,
    support_id: visit.id,
    ...(error instanceof StorageFailure
      ? { operation: error.operation, failure: error.kind, stored: error.stored, sql_state: error.sqlState }
      : {}),
  });
  return refuse(service, request, visit, refusalOf(error));
};
