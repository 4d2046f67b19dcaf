import type { PolicyRefusal } from "../../domain/consent/draft-policy.ts";
import type { ProblemType } from "./refusals.ts";

/** What may be wrong with a change of the consent policy. */
export const POLICY_PROBLEMS = {
  "material-change-required": {
    status: 422,
    title: "Material change",
    error: "A purpose has another legal basis than in the published policy, which is a material change.",
    detail: "Publish it as material: true, so that people are asked again, or restore the legal basis.",
    pointer: "/material",
  },
  "policy-published": {
    status: 409,
    title: "Policy published",
    error: "This version of the consent policy has been published and cannot be changed any more.",
    detail: "Draft the next version: people agreed to this one.",
  },
  "policy-version-not-next": {
    status: 409,
    title: "Not the next version",
    error: "Only the version after the published one can be drafted and published.",
    detail: "Versions count up one by one; the list of policies says which one is published.",
  },
} as const satisfies Record<PolicyRefusal["type"], ProblemType>;
