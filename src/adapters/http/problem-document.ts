import type { InvalidField } from "../../app/errors.ts";
import { PROBLEMS } from "./problems.ts";
import type { FieldProblem, ProblemCode, ProblemType, Refusal } from "./refusals.ts";

/** What is wrong with a field, in words that do not depend on the value. */
const REASONS: Readonly<Record<InvalidField["reason"], string>> = {
  empty: "must not be empty",
  "too-long": "is too long",
  nul: "must not hold the character NUL",
  "lone-surrogate": "must be valid Unicode text",
  "control-character": "must not hold control characters other than tab and line breaks",
  "not-an-email-address": "must be an e-mail address",
  "not-a-configuration-key":
    "must be lower-case words joined by dots, dashes or underscores, at most 100 characters, and not start with flags.",
  "not-a-language": "must be a BCP 47 language tag, such as en or de-AT",
  "language-twice": "must not be the language of another entry",
  "english-missing": "must have an entry for en, which other languages fall back to",
  "essential-on-consent": "must not be consent: what is essential is not asked, so nobody can refuse it",
  "not-a-validity": "must be null or a whole number of days from 1 to 730",
  "not-a-cursor": "must be a next_cursor or replies_cursor of this list",
  "not-a-webhook-url":
    "must be an https URL of a public address, on port 443 or from 1024 on, without user, password and fragment",
  missing: "cannot be left out for this type of request",
  "not-for-this-type": "does not go with this request",
  "in-the-future": "must not be later than now",
  "before-aware": "must not be earlier than aware_at",
  "not-a-thread": "must be 1 to 200 printable characters without space around them",
};

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly error: string;
  readonly support_id: string;
  readonly errors?: readonly FieldProblem[];
  readonly permission?: string;
  readonly purpose?: string;
  readonly failing?: readonly string[];
}

const fieldProblems = (refusal: Refusal, spec: ProblemType): readonly FieldProblem[] | null => {
  if (refusal.type === "invalid-input") {
    return refusal.errors.map((each) => ({
      pointer: `#${each.pointer}`,
      detail: "reason" in each ? REASONS[each.reason] : each.detail,
    }));
  }
  return spec.pointer === undefined ? null : [{ pointer: `#${spec.pointer}`, detail: spec.error }];
};

/** The problem document of a refusal (RFC 9457): fixed text and named safe fields, never a message or a value. */
export const problemDocument = (refusal: Refusal, supportId: string): ProblemDocument => {
  const spec: ProblemType = PROBLEMS[refusal.type];
  const errors = fieldProblems(refusal, spec);
  return {
    type: `/problems/${refusal.type}`,
    title: spec.title,
    status: spec.status,
    detail: spec.detail,
    code: refusal.type,
    error: spec.error,
    support_id: supportId,
    ...(errors === null ? {} : { errors }),
    ...(refusal.type === "permission-missing" ? { permission: refusal.permission } : {}),
    ...(refusal.type === "purpose-not-offered" ? { purpose: refusal.purpose } : {}),
    ...(refusal.type === "not-ready" ? { failing: refusal.failing } : {}),
  };
};

/** Headers that belong to a problem. */
export const problemHeaders = (refusal: Refusal): Readonly<Record<string, string>> => {
  const { status }: ProblemType = PROBLEMS[refusal.type];
  if (status === 401) return { "WWW-Authenticate": "Bearer" };
  if (refusal.type === "method-not-allowed") return { Allow: refusal.allow.join(", ") };
  if (refusal.type === "service-unavailable") return { "Retry-After": String(refusal.retryAfterSeconds) };
  return refusal.type === "not-ready" ? { "Retry-After": "5" } : {};
};
