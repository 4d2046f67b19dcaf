import { createHash } from "node:crypto";
import { t } from "elysia";
import type { FeatureFlag, FeatureFlags } from "../../../domain/configuration/feature-flags.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import type { Refusal } from "../refusals.ts";
import { json, type Route, route } from "../route.ts";
import { flagKey } from "../schemas/configuration.ts";
import {
  BULK_FAILURE,
  EvaluationRequest,
  FLAG_FAILURE,
  FlagEvaluation,
  FlagEvaluations,
} from "../schemas/ofrep.ts";
import { isDeeper, tooDeep } from "../validation.ts";

const PATH = "/ofrep/v1/evaluate/flags";

// A flag tells how the site behaves and nothing about a person, so no scope of its own: any program that was let in may
// ask, and so may whoever is signed in.
const permission = ["session", "service"] as const;

const CONTEXT_DEPTH_MAX = 16;

const checked = ({ context }: { readonly context?: object }): Result<null, Refusal> =>
  isDeeper(context, CONTEXT_DEPTH_MAX) ? tooDeep("/context", CONTEXT_DEPTH_MAX) : ok(null);

const evaluation = (flags: FeatureFlags, key: FeatureFlag) => ({ key, value: flags[key], reason: "STATIC" });

const keysOf = (flags: FeatureFlags): readonly FeatureFlag[] => Object.keys(flags) as FeatureFlag[];

/** Of what is answered, so that it changes exactly when the answer does, whatever it was evaluated for. */
const tagOf = (value: object): string =>
  `"${createHash("sha256").update(JSON.stringify(value)).digest("base64url")}"`;

export const ofrepRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "POST",
    path: PATH,
    operationId: "evaluateFlags",
    tag: "flags",
    summary: "Evaluate every feature flag",
    description:
      "For providers that keep all flags. The context may hold anything; it is neither stored nor logged, and no flag depends on it.",
    permission,
    apiKey: true,
    query: t.Object({
      flagConfigEtag: t.Optional(t.String({ description: "Taken, and not needed here" })),
      flagConfigLastModified: t.Optional(t.String({ description: "Taken, and not needed here" })),
    }),
    body: EvaluationRequest,
    optionalBody: true,
    success: {
      status: 200,
      description: "All flags",
      schema: FlagEvaluations,
      headers: { ETag: "Changes when the answer does" },
    },
    alternatives: [
      {
        status: 304,
        description: "If-None-Match names the ETag of the answer",
        schema: null,
        headers: { ETag: "The same" },
      },
    ],
    problems: [],
    refusalForm: BULK_FAILURE,
    handle: async ({ caller, body }) => {
      const context = checked(body);
      if (!context.ok) return context;
      const found = await application.flags.evaluate(caller);
      if (!found.ok) return found;
      const value = { flags: keysOf(found.value).map((key) => evaluation(found.value, key)) };
      return ok(json(value, { headers: { ETag: tagOf(value) } }));
    },
  }),
  route({
    method: "POST",
    path: `${PATH}/:key`,
    operationId: "evaluateFlag",
    tag: "flags",
    summary: "Evaluate one feature flag",
    description: "For providers that ask each time. The context is neither stored nor logged.",
    permission,
    apiKey: true,
    params: { key: flagKey },
    body: EvaluationRequest,
    optionalBody: true,
    success: { status: 200, description: "The flag", schema: FlagEvaluation },
    problems: ["not-found"],
    refusalForm: FLAG_FAILURE,
    handle: async ({ caller, params, body }) => {
      const context = checked(body);
      if (!context.ok) return context;
      const found = await application.flags.evaluate(caller);
      if (!found.ok) return found;
      const key = keysOf(found.value).find((each) => each === params.key);
      return key === undefined ? err({ type: "not-found" }) : ok(json(evaluation(found.value, key)));
    },
  }),
];
