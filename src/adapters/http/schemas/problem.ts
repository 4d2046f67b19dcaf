import { t } from "elysia";
import { PROBLEMS } from "../problems.ts";
import { integer, named, oneOf, record, uuid } from "./kinds.ts";

const FieldProblem = named(
  "FieldProblem",
  record({
    pointer: t.String({
      description: "JSON Pointer to the field of the body, or the name of the parameter, after `#`",
      examples: ["#/content"],
    }),
    detail: t.String({ description: "What is wrong with it; never its value" }),
  }),
);

export const Problem = named(
  "Problem",
  record(
    {
      type: t.String({ description: "Path of the page that explains it", examples: ["/problems/not-found"] }),
      title: t.String(),
      status: integer({ description: "The status of the response" }),
      detail: t.String({ description: "What to do about it" }),
      code: oneOf(Object.keys(PROBLEMS), { description: "What programs go by" }),
      error: t.String({ description: "The whole of it in one plain sentence" }),
      support_id: uuid("Leads to the log line; the request id"),
      errors: t.Optional(t.Array(FieldProblem)),
      permission: t.Optional(t.String({ description: "Of `permission-missing`: what is needed" })),
      purpose: t.Optional(t.String({ description: "Of `purpose-not-offered`: which one" })),
      failing: t.Optional(t.Array(t.String(), { description: "Of `not-ready`: what does not work" })),
    },
    { description: "RFC 9457 problem details" },
  ),
);
