// Moderation, administration, flags, and the service itself.
import {
  type Asker,
  aComment,
  GENERAL,
  ID,
  JSON_200,
  NOTHING,
  PAGE,
  type Row,
  TAGGED,
} from "./header-rows.ts";
import { serviceToken } from "./http-people.ts";
import { newPolicy } from "./policies.ts";
import { changes, insert } from "./records.ts";

const CONFIG = "/v1/admin/config/site.title";
const FLAG = "/v1/admin/flags/enable_comments";
const SUBJECT = "0b7f4a4e-5f0e-4f39-9d0a-6a2a2f3b1c11";
const POLICY = "/v1/admin/consent-policies/1";
const NEXT_POLICY = "/v1/admin/consent-policies/2";
const NO_POLICY = "/v1/admin/consent-policies/7";
const FOR_A_DAY = { "cache-control": "public, max-age=86400" };

const written = async ({ server, token }: Asker): Promise<string> => {
  await server.request("PUT", CONFIG, { token, json: { value: "x", is_sensitive: false } });
  return CONFIG;
};
const switched = async ({ server, token }: Asker): Promise<string> => {
  await server.request("PUT", FLAG, { token, json: { enabled: true } });
  return FLAG;
};
const drafted = async ({ server, token }: Asker): Promise<string> => {
  await server.request("PUT", NEXT_POLICY, { token, json: newPolicy() });
  return NEXT_POLICY;
};
const anotherSubject = async ({ server }: Asker): Promise<string> => {
  const { caller } = await server.signIn("another@example.org");
  return `/v1/admin/subjects/${caller.principal.kind === "session" ? caller.principal.subject.id : ""}`;
};
const aRetentionRun = async ({ server }: Asker): Promise<string> => {
  await server.deps.unitOfWork.commit(changes([insert("retention_runs")]));
  return `/v1/admin/retention/runs/${(await server.deps.readers.retentionRuns.list(null, 1))[0]?.id}`;
};
const aReport = async ({ server }: Asker): Promise<string> => {
  await server.deps.unitOfWork.commit(changes([insert("signed_reports", { kind: "drill" })]));
  return `/v1/admin/reports/${(await server.deps.readers.signedReports.list("drill", null, 1))[0]?.id}`;
};

const aServiceCredential = async ({ server }: Asker): Promise<string> => {
  await serviceToken(server, ["consents:check"]);
  return `/v1/admin/service-credentials/${(await server.deps.readers.serviceCredentials.list(null, 1))[0]?.id}`;
};

export const SERVICE_ROWS: readonly Row[] = [
  // Moderation
  {
    operation: "POST /v1/comments/{id}/moderation",
    as: "moderator",
    limits: GENERAL,
    path: aComment("/moderation"),
    json: () => ({ decision: "approve" }),
    success: TAGGED,
    nowhere: `/v1/comments/${ID}/moderation`,
    invalid: { json: { decision: "burn" } },
    fails: true,
  },
  {
    operation: "GET /v1/moderation/queue",
    as: "moderator",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },

  // Administration
  {
    operation: "GET /v1/admin/subjects/{id}",
    as: "admin",
    limits: GENERAL,
    path: anotherSubject,
    success: TAGGED,
    nowhere: `/v1/admin/subjects/${SUBJECT}`,
    fails: true,
  },
  {
    operation: "PUT /v1/admin/subjects/{id}/role",
    as: "admin",
    limits: GENERAL,
    path: async (asker) => `${await anotherSubject(asker)}/role`,
    json: () => ({ role: "moderator" }),
    ifMatch: true,
    success: TAGGED,
    nowhere: `/v1/admin/subjects/${SUBJECT}/role`,
    invalid: { json: { role: "emperor" } },
    fails: true,
  },
  {
    operation: "GET /v1/admin/service-credentials",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "POST /v1/admin/service-credentials",
    as: "admin",
    limits: GENERAL,
    json: () => ({ name: "x", scopes: ["sessions:create"] }),
    success: {
      status: 201,
      kind: "json",
      headers: { location: /^\/v1\/admin\/service-credentials\/[0-9a-f-]{36}$/ },
    },
    invalid: { json: { name: 7 } },
    fails: true,
  },
  {
    operation: "DELETE /v1/admin/service-credentials/{id}",
    as: "admin",
    limits: GENERAL,
    path: aServiceCredential,
    success: NOTHING,
    nowhere: `/v1/admin/service-credentials/${ID}`,
    fails: true,
  },
  {
    operation: "GET /v1/admin/retention",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?weeks=0" },
    fails: true,
  },
  {
    operation: "GET /v1/admin/retention/runs",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "POST /v1/admin/retention/runs",
    as: "admin",
    limits: GENERAL,
    json: () => ({ dry_run: true }),
    success: {
      status: 202,
      kind: "json",
      headers: { location: /^\/v1\/admin\/retention\/runs\/[0-9a-f-]{36}$/ },
    },
    invalid: { json: { dry_run: 7 } },
    fails: true,
  },
  {
    operation: "GET /v1/admin/retention/runs/{id}",
    as: "admin",
    limits: GENERAL,
    path: aRetentionRun,
    success: JSON_200,
    nowhere: `/v1/admin/retention/runs/${ID}`,
    fails: true,
  },
  {
    operation: "GET /v1/admin/reports",
    as: "admin",
    limits: GENERAL,
    path: () => "/v1/admin/reports?kind=erasure",
    success: JSON_200,
    invalid: { query: "&limit=0" },
    fails: true,
  },
  {
    operation: "GET /v1/admin/reports/{id}",
    as: "admin",
    limits: GENERAL,
    path: aReport,
    success: JSON_200,
    nowhere: `/v1/admin/reports/${ID}`,
    fails: true,
  },
  {
    operation: "GET /v1/admin/config",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "GET /v1/admin/config/{key}",
    as: "admin",
    limits: GENERAL,
    path: written,
    success: TAGGED,
    nowhere: "/v1/admin/config/nothing.here",
    fails: true,
  },
  {
    operation: "PUT /v1/admin/config/{key}",
    as: "admin",
    limits: GENERAL,
    path: () => CONFIG,
    json: () => ({ value: "x", is_sensitive: false }),
    success: { ...TAGGED, status: 201 },
    invalid: { json: { value: 7 } },
    fails: true,
  },
  {
    operation: "DELETE /v1/admin/config/{key}",
    as: "admin",
    limits: GENERAL,
    path: written,
    ifMatch: true,
    success: NOTHING,
    nowhere: "/v1/admin/config/nothing.here",
    fails: true,
  },
  { operation: "GET /v1/admin/flags", as: "admin", limits: GENERAL, success: JSON_200, fails: true },
  {
    operation: "GET /v1/admin/consent-policies",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "GET /v1/admin/consent-policies/{version}",
    as: "admin",
    limits: GENERAL,
    path: () => POLICY,
    success: TAGGED,
    nowhere: NO_POLICY,
    fails: true,
  },
  {
    operation: "PUT /v1/admin/consent-policies/{version}",
    as: "admin",
    limits: GENERAL,
    path: () => NEXT_POLICY,
    json: () => newPolicy(),
    success: { ...TAGGED, status: 201 },
    invalid: { json: newPolicy({ validity_days: 0 }) },
    fails: true,
  },
  {
    operation: "GET /v1/admin/consent-policies/{version}/preview",
    as: "admin",
    limits: GENERAL,
    path: () => `${POLICY}/preview`,
    success: { ...JSON_200, headers: { "content-language": "en", vary: "Accept-Language, Origin" } },
    nowhere: `${NO_POLICY}/preview`,
    invalid: { query: "?lang=-" },
    fails: true,
  },
  {
    operation: "POST /v1/admin/consent-policies/{version}/publication",
    as: "admin",
    limits: GENERAL,
    path: async (asker) => `${await drafted(asker)}/publication`,
    json: () => ({ material: true }),
    ifMatch: true,
    success: {
      status: 201,
      kind: "json",
      headers: { etag: '"2"', location: NEXT_POLICY },
    },
    nowhere: `${NO_POLICY}/publication`,
    invalid: { json: { material: "very" } },
    fails: true,
  },
  {
    operation: "GET /v1/admin/flags/{key}",
    as: "admin",
    limits: GENERAL,
    path: switched,
    success: TAGGED,
    nowhere: "/v1/admin/flags/nothing",
    fails: true,
  },
  {
    operation: "PUT /v1/admin/flags/{key}",
    as: "admin",
    limits: GENERAL,
    path: () => FLAG,
    json: () => ({ enabled: true }),
    success: TAGGED,
    nowhere: "/v1/admin/flags/nothing",
    invalid: { json: { enabled: "yes" } },
    fails: true,
  },

  // Evaluation of flags
  {
    operation: "POST /ofrep/v1/evaluate/flags",
    as: "commenter",
    limits: GENERAL,
    json: () => ({}),
    success: { ...JSON_200, headers: { etag: /^"[\w-]{43}"$/ } },
    invalid: { json: { context: 7 } },
    fails: true,
    ofrep: true,
  },
  {
    operation: "POST /ofrep/v1/evaluate/flags/{key}",
    as: "commenter",
    limits: GENERAL,
    path: () => "/ofrep/v1/evaluate/flags/enable_comments",
    json: () => ({}),
    success: JSON_200,
    nowhere: "/ofrep/v1/evaluate/flags/nothing",
    invalid: { json: { context: 7 } },
    fails: true,
    ofrep: true,
  },

  // The service itself
  { operation: "GET /health/live", as: "nobody", limits: [], success: JSON_200, fails: false },
  { operation: "GET /health/ready", as: "nobody", limits: [], success: JSON_200, fails: true },
  {
    operation: "GET /metrics",
    as: "metrics",
    limits: [],
    success: {
      status: 200,
      kind: "text",
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
    },
    fails: false,
  },
  {
    operation: "GET /.well-known/gpc.json",
    as: "nobody",
    limits: [],
    success: { ...JSON_200, headers: FOR_A_DAY },
    fails: false,
  },
  {
    operation: "GET /.well-known/security.txt",
    as: "nobody",
    limits: [],
    success: { status: 200, kind: "text", headers: FOR_A_DAY },
    fails: false,
  },
  {
    operation: "GET /.well-known/jwks.json",
    as: "nobody",
    limits: [],
    success: { ...JSON_200, headers: { "cache-control": "public, max-age=300" } },
    fails: true,
  },
  {
    operation: "GET /schemas/consent-receipt.json",
    as: "nobody",
    limits: [],
    success: { ...JSON_200, headers: FOR_A_DAY },
    fails: false,
  },
  {
    operation: "GET /problems/{type}",
    as: "nobody",
    limits: [],
    path: () => "/problems/conflict",
    success: PAGE,
    nowhere: "/problems/nothing",
    fails: false,
  },
  { operation: "GET /docs", as: "nobody", limits: [], success: PAGE, fails: false },
  {
    operation: "GET /docs/json",
    as: "nobody",
    limits: [],
    success: { ...JSON_200, headers: { "cache-control": "no-cache" } },
    fails: false,
  },
];
