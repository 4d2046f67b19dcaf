import { t } from "elysia";
import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, type Route, route } from "../route.ts";
import { ConsentPolicy, LANGUAGE_TAG, policyBody } from "../schemas/consent-policies.ts";

export const consentPolicyRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/v1/consent-policy",
    operationId: "readConsentPolicy",
    tag: "consent",
    summary: "The current consent policy",
    description:
      "In the language of `lang`, else of Accept-Language, else English. The notice_token proves for an hour exactly what was shown.",
    permission: ["content:read"],
    query: t.Object({
      lang: t.Optional(LANGUAGE_TAG),
    }),
    success: {
      status: 200,
      description: "The policy",
      schema: ConsentPolicy,
      headers: { "Content-Language": "Language of the texts" },
    },
    problems: ["not-found"],
    handle: async ({ languages, query }) => {
      const found = await application.consent.showPolicy(
        query.lang === undefined ? languages : [query.lang, ...languages],
      );
      if (!found.ok) return found;
      return ok(
        json(policyBody(found.value), {
          headers: { "Content-Language": found.value.notice.language, Vary: "Accept-Language" },
        }),
      );
    },
  }),
];
