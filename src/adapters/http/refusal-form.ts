import type { TSchema } from "@sinclair/typebox";
import { problemDocument } from "./problem-document.ts";
import { PROBLEMS } from "./problems.ts";
import type { ProblemCode, Refusal } from "./refusals.ts";
import { Problem } from "./schemas/problem.ts";

/** What a refusal's body may tell of the request. */
interface Refused {
  readonly id: string;
  /** Decoded segments of the path; null where one is no percent-encoded UTF-8. */
  readonly params: Readonly<Record<string, string | null>>;
}

/** How refusals are worded. Headers, log line and audit entry are the same in every form. */
export interface RefusalForm {
  readonly type: "application/json" | "application/problem+json";
  readonly schema: TSchema;
  statusOf(code: ProblemCode): number;
  bodyOf(refusal: Refusal, refused: Refused): unknown;
}

export const PROBLEM_DOCUMENTS: RefusalForm = {
  type: "application/problem+json",
  schema: Problem,
  statusOf: (code) => PROBLEMS[code].status,
  bodyOf: (refusal, { id }) => problemDocument(refusal, id),
};
