import type { ProblemType } from "./refusals.ts";

/** What can be refused of privacy requests. */
export const PRIVACY_REQUEST_PROBLEMS = {
  "address-in-use": {
    status: 409,
    title: "Address in use",
    error: "The new e-mail address belongs to another person here.",
    detail: "Sign in with that address instead, or name another one.",
  },
  "confirmation-invalid": {
    status: 403,
    title: "Confirmation link not valid",
    error: "This link does not confirm anything any more.",
    detail: "Ask again; the new request brings a new link.",
  },
  "extension-not-possible": {
    status: 409,
    title: "Extension not possible",
    error: "This request cannot be given more time.",
    detail: "Answer it: it was extended before, or its first month is over.",
  },
  "request-already-open": {
    status: 409,
    title: "Request already open",
    error: "A request of this kind is not answered yet.",
    detail: "Look at it in GET /v1/privacy-requests; it can be cancelled there.",
  },
  "request-state-conflict": {
    status: 409,
    title: "Request is in another state",
    error: "What was asked for does not go with where the request stands.",
    detail: "Read the request again: it may be answered, cancelled or under way.",
  },
  "stronger-proof-required": {
    status: 403,
    title: "Stronger proof required",
    error: "This credential is not enough proof for this request.",
    detail: "Sign in, then send it again.",
  },
} as const satisfies Readonly<Record<string, ProblemType>>;
