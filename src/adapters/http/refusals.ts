import type { AppError } from "../../app/errors.ts";
import type { Requirement } from "./permissions.ts";

/** One field that cannot be taken. `detail` never repeats what was sent, nor the name of a field that is not ours. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** Refusals that only exist because the service speaks HTTP. */
export type HttpRefusal =
  | { readonly type: "invalid-input"; readonly errors: readonly FieldProblem[] }
  | { readonly type: "permission-missing"; readonly permission: Requirement }
  | { readonly type: "idempotency-key-invalid" }
  | { readonly type: "host-invalid" }
  | { readonly type: "malformed-json" }
  | { readonly type: "body-too-large" }
  | { readonly type: "unsupported-media-type" }
  | { readonly type: "method-not-allowed"; readonly allow: readonly string[] }
  | { readonly type: "precondition-required" }
  | { readonly type: "cross-site-request" }
  | { readonly type: "rate-limited" }
  | { readonly type: "not-ready"; readonly failing: readonly string[] }
  | { readonly type: "service-unavailable"; readonly retryAfterSeconds: number }
  | { readonly type: "unexpected-error" };

export type Refusal = AppError | HttpRefusal;

export type ProblemCode = Refusal["type"];

export interface ProblemType {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 428 | 429 | 500 | 503;
  readonly title: string;
  /** The whole of it in one plain sentence. */
  readonly error: string;
  /** What to do about it. */
  readonly detail: string;
  /** The field it speaks of, where it is always the same one. */
  readonly pointer?: string;
}
