import { t } from "elysia";
import { answering } from "../../../app/idempotency/begin-request.ts";
import type { ConsentPolicy } from "../../../domain/consent/consent-policy.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { changedVersion, versionFor } from "../precondition.ts";
import type { Refusal } from "../refusals.ts";
import { entityTag } from "../request-headers.ts";
import { type Answer, json, keptAnswer, type Route, route } from "../route.ts";
import {
  LANGUAGE_TAG,
  NewConsentPolicy,
  NewPublication,
  PolicyPreviewView,
  policyPreviewBody,
  StoredConsentPolicy,
  StoredConsentPolicyPage,
  storedPolicyBody,
  storedPolicySummaryBody,
} from "../schemas/consent-policies.ts";
import { integer, PAGE_QUERY, pageRequest } from "../schemas/kinds.ts";

const PATH = "/v1/admin/consent-policies";
const params = { version: integer({ minimum: 1, description: "Of the policy", examples: [1] }) };

const VERSION = /^[1-9][0-9]{0,14}$/;

const versionOf = (text: string): Result<number, Refusal> =>
  VERSION.test(text) ? ok(Number(text)) : err({ type: "not-found" });

const answered = (policy: ConsentPolicy): Answer =>
  json(storedPolicyBody(policy), { headers: { ETag: entityTag(policy.version) } });

const published = (policy: ConsentPolicy): Answer => {
  const { headers, ...answer } = answered(policy);
  return { ...answer, headers: { ...headers, Location: `${PATH}/${policy.policy_version}` } };
};

export const adminConsentPolicyRoutes = ({ application }: Service): readonly Route[] => {
  const { policies } = application;
  return [
    route({
      method: "GET",
      path: PATH,
      operationId: "listConsentPolicies",
      tag: "administration",
      summary: "Consent policies, newest first, drafts too",
      permission: ["system:administer"],
      query: t.Object(PAGE_QUERY),
      success: { status: 200, description: "A page of policies", schema: StoredConsentPolicyPage },
      problems: [],
      handle: async ({ caller, query }) => {
        const found = await policies.list(caller, pageRequest(query));
        if (!found.ok) return found;
        const { items, next_cursor } = found.value;
        return ok(json({ items: items.map(storedPolicySummaryBody), next_cursor }));
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/:version`,
      operationId: "readStoredConsentPolicy",
      tag: "administration",
      summary: "One consent policy with all its texts",
      permission: ["system:administer"],
      params,
      success: {
        status: 200,
        description: "The policy",
        schema: StoredConsentPolicy,
        headers: { ETag: "Its version as a record" },
      },
      problems: ["not-found"],
      handle: async ({ caller, params: { version } }) => {
        const wanted = versionOf(version);
        if (!wanted.ok) return wanted;
        const found = await policies.read(caller, wanted.value);
        return found.ok ? ok(answered(found.value)) : found;
      },
    }),
    route({
      method: "GET",
      path: `${PATH}/:version/preview`,
      operationId: "previewConsentPolicy",
      tag: "administration",
      summary: "A consent policy as people are, were or would be shown it now",
      permission: ["system:administer"],
      params,
      query: t.Object({ lang: t.Optional(LANGUAGE_TAG) }),
      success: {
        status: 200,
        description: "The notice in one language",
        schema: PolicyPreviewView,
        headers: { "Content-Language": "Language of the texts" },
      },
      problems: ["not-found"],
      handle: async ({ caller, params: { version }, query, languages }) => {
        const wanted = versionOf(version);
        if (!wanted.ok) return wanted;
        const found = await policies.preview(
          caller,
          wanted.value,
          query.lang === undefined ? languages : [query.lang, ...languages],
        );
        if (!found.ok) return found;
        const headers = { "Content-Language": found.value.notice.language, Vary: "Accept-Language" };
        return ok(json(policyPreviewBody(found.value), { headers }));
      },
    }),
    route({
      method: "PUT",
      path: `${PATH}/:version`,
      operationId: "draftConsentPolicy",
      tag: "administration",
      summary: "Draft the next consent policy",
      description:
        "There is one draft at a time, the version after the published one. With If-Match it changes the version of the draft that was read; without, it creates, and is refused where there is a draft already. Nobody is shown a draft.",
      permission: ["system:administer"],
      params,
      body: NewConsentPolicy,
      ifMatch: "optional",
      success: {
        status: 200,
        description: "Changed",
        schema: StoredConsentPolicy,
        headers: { ETag: "Its new version as a record" },
      },
      alternatives: [
        {
          status: 201,
          description: "Drafted",
          schema: StoredConsentPolicy,
          headers: { ETag: "Its first version as a record" },
        },
      ],
      problems: [
        "not-found",
        "policy-published",
        "policy-version-not-next",
        "precondition-required",
        "conflict",
      ],
      handle: async ({ caller, params: { version }, body, ifMatch }) => {
        const wanted = versionOf(version);
        if (!wanted.ok) return wanted;
        const stored = await changedVersion(ifMatch, () => policies.read(caller, wanted.value));
        if (!stored.ok) return stored;
        const drafted = await policies.draft(caller, {
          version: wanted.value,
          policy: body,
          stored: stored.value,
        });
        if (!drafted.ok) return drafted;
        return ok({ ...answered(drafted.value), status: stored.value === null ? 201 : 200 });
      },
    }),
    route({
      method: "POST",
      path: `${PATH}/:version/publication`,
      operationId: "publishConsentPolicy",
      tag: "administration",
      summary: "Publish the draft",
      description:
        "In force with the answer, on every instance, and for good. If-Match names the draft that was looked at. A material change makes every earlier decision outdated: people are asked again, and until then nothing of theirs is granted. Any other change leaves all decisions in force. Another legal basis is always a material change.",
      permission: ["system:administer"],
      params,
      body: NewPublication,
      ifMatch: true,
      success: {
        status: 201,
        description: "Published",
        schema: StoredConsentPolicy,
        headers: { ETag: "Its new version as a record", Location: "The policy" },
      },
      problems: [
        "not-found",
        "policy-published",
        "policy-version-not-next",
        "material-change-required",
        "conflict",
      ],
      handle: async ({ caller, params: { version }, body, ifMatch }) => {
        const wanted = versionOf(version);
        if (!wanted.ok) return wanted;
        const stored = await versionFor(ifMatch, () => policies.read(caller, wanted.value));
        if (!stored.ok) return stored;
        const done = await policies.publish(
          answering(caller, (value: ConsentPolicy) => keptAnswer(published(value))),
          {
            version: wanted.value,
            material: body.material,
            stored: stored.value,
          },
        );
        return done.ok ? ok(published(done.value)) : done;
      },
    }),
  ];
};
