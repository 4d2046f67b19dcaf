import { t } from "elysia";
import { FEATURE_FLAGS } from "../../../domain/configuration/feature-flags.ts";
import { problemDocument } from "../problem-document.ts";
import { PROBLEMS } from "../problems.ts";
import type { RefusalForm } from "../refusal-form.ts";
import type { Refusal } from "../refusals.ts";
import { named, oneOf, record } from "./kinds.ts";

/** What a flag may be evaluated for. Clients put what they like into it; here nothing is read, kept or logged. */
const EvaluationContext = named(
  "EvaluationContext",
  t.Object({ targetingKey: t.Optional(t.String()) }, { additionalProperties: true }),
);

// Later versions of the protocol may send more than today's.
export const EvaluationRequest = named(
  "EvaluationRequest",
  t.Object({ context: t.Optional(EvaluationContext) }, { additionalProperties: true }),
);

export const FlagEvaluation = named(
  "FlagEvaluation",
  record({
    key: oneOf(Object.keys(FEATURE_FLAGS)),
    value: t.Boolean(),
    reason: oneOf(["STATIC"], { description: "No flag here depends on the context" }),
  }),
);

export const FlagEvaluations = named("FlagEvaluations", record({ flags: t.Array(FlagEvaluation) }));

const ERROR_CODES = ["PARSE_ERROR", "INVALID_CONTEXT", "FLAG_NOT_FOUND", "GENERAL"] as const;

const FAILURE = {
  errorCode: oneOf(ERROR_CODES),
  errorDetails: t.String({ description: "What is wrong, in fixed words; never a value that was sent" }),
};

const CODES: Readonly<Partial<Record<Refusal["type"], (typeof ERROR_CODES)[number]>>> = {
  "malformed-json": "PARSE_ERROR",
  "invalid-input": "INVALID_CONTEXT",
  "not-found": "FLAG_NOT_FOUND",
};

const failureOf = (refusal: Refusal, supportId: string) => {
  const { error, errors = [] } = problemDocument(refusal, supportId);
  return {
    errorCode: CODES[refusal.type] ?? "GENERAL",
    errorDetails: [error, ...errors.map(({ pointer, detail }) => `${pointer} ${detail}.`)].join(" "),
  };
};

/** The protocol's own statuses: input that cannot be taken is a bad request, not 422. */
const statusOf: RefusalForm["statusOf"] = (code) => (code === "invalid-input" ? 400 : PROBLEMS[code].status);

export const BULK_FAILURE: RefusalForm = {
  type: "application/json",
  schema: named("BulkEvaluationFailure", record(FAILURE)),
  statusOf,
  bodyOf: (refusal, { id }) => failureOf(refusal, id),
};

const KEY = /^[A-Za-z0-9._-]{1,100}$/;

export const FLAG_FAILURE: RefusalForm = {
  type: "application/json",
  schema: named(
    "EvaluationFailure",
    record({
      key: t.String({ description: "The flag that was asked for; empty where that could be no flag" }),
      ...FAILURE,
    }),
  ),
  statusOf,
  bodyOf: (refusal, { id, params: { key } }) => ({
    key: typeof key === "string" && KEY.test(key) ? key : "",
    ...failureOf(refusal, id),
  }),
};
