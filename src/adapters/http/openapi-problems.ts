import { problemDocument } from "./problem-document.ts";
import { PROBLEMS } from "./problems.ts";
import { PROBLEM_DOCUMENTS } from "./refusal-form.ts";
import type { ProblemCode, Refusal } from "./refusals.ts";
import { isCreating, type Route } from "./route.ts";

const OPEN_TO_ALL: readonly string[] = ["none", "content:read"];

/** What the pipeline itself can refuse on this route. */
const pipelineProblems = (route: Route): readonly ProblemCode[] => {
  const { method, path, permission, query, body, formBody, ifMatch } = route;
  return [
    "host-invalid",
    ...(permission.includes("none") || permission.includes("metrics")
      ? []
      : ([
          "credential-invalid",
          "rate-limited",
          "service-unavailable",
          ...(method === "GET" ? [] : ["cross-site-request" as const]),
        ] as const)),
    ...(permission.some((requirement) => OPEN_TO_ALL.includes(requirement))
      ? []
      : ([
          ...(permission.includes("person") ? [] : ["credential-required" as const]),
          "permission-missing",
        ] as const)),
    // A segment that is no percent-encoded UTF-8 names nothing.
    ...(path.includes(":") ? (["not-found"] as const) : []),
    ...(query === undefined ? [] : (["invalid-input"] as const)),
    ...(body === undefined
      ? []
      : ([
          ...(formBody === true ? [] : ["malformed-json" as const]),
          "body-too-large",
          "unsupported-media-type",
          "invalid-input",
        ] as const)),
    ...(isCreating(route)
      ? ([
          "already-created",
          "idempotency-key-in-flight",
          "idempotency-key-invalid",
          "idempotency-key-reused",
        ] as const)
      : []),
    ...(ifMatch === true ? (["precondition-required"] as const) : []),
    ...(ifMatch === undefined ? [] : (["version-mismatch"] as const)),
    "unexpected-error",
  ];
};

/** Everything the route can refuse, in the order of the catalogue. */
export const problemsOf = (route: Route): readonly ProblemCode[] => {
  const all = new Set<ProblemCode>([...pipelineProblems(route), ...route.problems]);
  return (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => all.has(code));
};

/** Bun answers this before the service sees the request, so it has no body. */
const HEADERS_TOO_LARGE = {
  description: "The header fields of the request are larger than 16 KiB, or more than 200",
};

/** The refusals of a route, by status: one schema, and of problem documents an example for each code. */
export const problemResponses = (route: Route): Readonly<Record<string, object>> => {
  const codes = problemsOf(route);
  const form = route.refusalForm ?? PROBLEM_DOCUMENTS;
  const statuses = [...new Set(codes.map(form.statusOf))].toSorted((a, b) => a - b);
  const responses = statuses.map((status) => {
    const here = codes.filter((code) => form.statusOf(code) === status);
    const examples = Object.fromEntries(
      here.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
    );
    return [
      String(status),
      {
        description: here.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join("; "),
        content: {
          [form.type]: { schema: form.schema, ...(form === PROBLEM_DOCUMENTS ? { examples } : {}) },
        },
      },
    ] as const;
  });
  return Object.fromEntries([...responses, ["431", HEADERS_TOO_LARGE]]);
};

const EXAMPLES: Readonly<Partial<Record<ProblemCode, Refusal>>> = {
  "invalid-input": { type: "invalid-input", errors: [{ pointer: "/content", detail: "is required" }] },
  "permission-missing": { type: "permission-missing", permission: "comments:moderate" },
  "purpose-not-offered": { type: "purpose-not-offered", purpose: "analytics" },
  "not-ready": { type: "not-ready", failing: ["database"] },
};

const SUPPORT_ID = "0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b";

/** One example for each problem that some route names. */
export const problemExamples = (
  routes: readonly Route[],
): Record<string, { summary: string; value: object }> =>
  Object.fromEntries(
    [...new Set(routes.flatMap(problemsOf))].toSorted().map((code) => [
      code,
      {
        summary: PROBLEMS[code].title,
        value: problemDocument(EXAMPLES[code] ?? ({ type: code } as Refusal), SUPPORT_ID),
      },
    ]),
  );
