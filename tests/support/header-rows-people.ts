import { sequence } from "./audit-log.ts";
// Consent, sessions and comments.
import {
  type Asker,
  aComment,
  type Expected,
  GENERAL,
  ID,
  JSON_200,
  NOTHING,
  PAGE,
  type Row,
  SERVICE,
  type Success,
  TAGGED,
} from "./header-rows.ts";
import { linkTokenFor, post } from "./http-people.ts";

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
const cookies = (...lines: readonly string[]): Expected => ({
  "set-cookie": new RegExp(`^${lines.map((line) => escaped(line).replaceAll("<any>", "[^;]+")).join(", ")}$`),
});

const CONSENT_COOKIE = "gonogo_consent=<any>; Path=/; SameSite=Lax; Max-Age=31536000";
const CONSENT_COOKIE_TLS = "gonogo_consent=<any>; Path=/; Secure; SameSite=Lax; Max-Age=31536000";
const VISITOR_COOKIE = "gonogo_subject=<any>; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000";
const VISITOR_COOKIE_TLS =
  "__Host-gonogo_subject=<any>; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=31536000";
const SESSION_COOKIE = "gonogo_session=<any>; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400";
const SESSION_COOKIE_TLS =
  "__Host-gonogo_session=<any>; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=86400";

const SIGNED_OUT: Success = {
  ...NOTHING,
  headers: cookies("gonogo_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
  overTls: {
    ...cookies("__Host-gonogo_session=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0"),
    "clear-site-data": '"cache", "storage"',
  },
};

const CURRENT = { location: "/v1/consents/current", vary: "Sec-GPC, Origin" };

const ownComment = async ({ server, token }: Asker): Promise<string> =>
  `/v1/comments/${(await post(server, token)).id}`;

const aDecision = async ({ server, token }: Asker): Promise<string> => {
  const { data } = await server.client(token).POST("/v1/consents", {
    body: { decisions: {}, method: "settings" },
  });
  return `/v1/consents/${data?.consent.id}/receipt`;
};

const THREAD = "/v1/threads/%2Fblog%2Fpost%2F/comments";

const unsubscribing = async ({ server, subject }: Asker): Promise<string> =>
  `/unsubscribe/${await server.deps.signer.conceal("unsubscribe", subject)}`;

export const PEOPLE_ROWS: readonly Row[] = [
  // Consent
  {
    operation: "GET /v1/consent-policy",
    as: "nobody",
    limits: GENERAL,
    success: { ...JSON_200, headers: { "content-language": "en", vary: "Accept-Language, Origin" } },
    invalid: { query: "?lang=-" },
    fails: true,
  },
  {
    operation: "POST /v1/consents",
    as: "nobody",
    limits: ["general", "consent"],
    json: () => ({ decisions: {}, method: "api" }),
    success: {
      status: 201,
      kind: "json",
      headers: { ...CURRENT, ...cookies(CONSENT_COOKIE, VISITOR_COOKIE) },
      overTls: cookies(CONSENT_COOKIE_TLS, VISITOR_COOKIE_TLS),
    },
    invalid: { json: { decisions: {}, method: "api", more: 1 } },
    fails: true,
  },
  {
    operation: "POST /v1/consents/withdrawals",
    as: "commenter",
    limits: ["general", "consent"],
    json: () => ({ purposes: ["marketing"] }),
    success: {
      status: 201,
      kind: "json",
      headers: { ...CURRENT, ...cookies(CONSENT_COOKIE) },
      overTls: cookies(CONSENT_COOKIE_TLS),
    },
    invalid: { json: { purposes: ["essential"] } },
    fails: true,
  },
  {
    operation: "GET /v1/consents/current",
    as: "commenter",
    limits: GENERAL,
    success: { ...JSON_200, headers: { vary: "Sec-GPC, Origin" } },
    fails: true,
  },
  {
    operation: "GET /v1/consents/check",
    as: "program",
    limits: SERVICE,
    path: ({ subject }) => `/v1/consents/check?subject=${subject}&purpose=marketing`,
    success: { ...JSON_200, headers: { vary: "Sec-GPC, Origin" } },
    invalid: { query: "&purpose=profit" },
    fails: true,
  },
  {
    operation: "GET /v1/consents/{id}/receipt",
    as: "commenter",
    limits: GENERAL,
    path: aDecision,
    success: JSON_200,
    nowhere: `/v1/consents/${ID}/receipt`,
    fails: true,
  },
  {
    operation: "GET /v1/consents/{id}/receipt/kantara",
    as: "commenter",
    limits: GENERAL,
    path: async (asker) => `${await aDecision(asker)}/kantara`,
    success: JSON_200,
    nowhere: `/v1/consents/${ID}/receipt/kantara`,
    fails: true,
  },
  {
    operation: "GET /v1/consents/{id}/receipt/proof",
    as: "commenter",
    limits: GENERAL,
    path: async (asker) => {
      const path = await aDecision(asker);
      await sequence(asker.server);
      return `${path}/proof`;
    },
    success: JSON_200,
    nowhere: `/v1/consents/${ID}/receipt/proof`,
    fails: true,
  },
  {
    operation: "GET /v1/consents/history",
    as: "commenter",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },

  // Sessions
  {
    operation: "POST /v1/sign-in-links",
    as: "nobody",
    limits: ["general", "sign-in"],
    json: () => ({ email: "new@example.org" }),
    success: { status: 202, kind: "json" },
    invalid: { json: { email: 7 } },
    fails: true,
  },
  { operation: "GET /sign-in", as: "nobody", limits: [], success: PAGE, fails: false },
  {
    operation: "POST /v1/sessions",
    as: "nobody",
    limits: ["general", "sign-in"],
    json: async ({ server }) => {
      await server.request("POST", "/v1/sign-in-links", { json: { email: "new@example.org" } });
      return { link_token: await linkTokenFor(server, "new@example.org") };
    },
    success: {
      status: 201,
      kind: "json",
      headers: { location: "/v1/sessions/current", ...cookies(SESSION_COOKIE) },
      overTls: cookies(SESSION_COOKIE_TLS),
    },
    invalid: { json: { link_token: 7 } },
    fails: true,
  },
  { operation: "GET /v1/sessions/current", as: "commenter", limits: GENERAL, success: JSON_200, fails: true },
  {
    operation: "DELETE /v1/sessions/current",
    as: "commenter",
    limits: GENERAL,
    success: SIGNED_OUT,
    fails: true,
  },
  { operation: "DELETE /v1/sessions", as: "commenter", limits: GENERAL, success: SIGNED_OUT, fails: true },

  // Comments
  {
    operation: "GET /v1/threads/{thread}/comments",
    as: "nobody",
    limits: GENERAL,
    path: () => THREAD,
    success: JSON_200,
    nowhere: `${THREAD}?root=${ID}`,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "POST /v1/threads/{thread}/comments",
    as: "commenter",
    limits: ["general", "comments"],
    path: () => THREAD,
    json: () => ({ content: "Hello", author_name: "E", author_email: "e@example.org", gdpr_consent: true }),
    success: {
      status: 201,
      kind: "json",
      headers: { location: /^\/v1\/comments\/[0-9a-f-]{36}$/, etag: '"1"' },
    },
    invalid: { json: { content: 7 } },
    fails: true,
  },
  {
    operation: "GET /v1/comments/{id}",
    as: "nobody",
    limits: GENERAL,
    path: aComment(),
    success: TAGGED,
    nowhere: `/v1/comments/${ID}`,
    fails: true,
  },
  {
    operation: "PATCH /v1/comments/{id}",
    as: "commenter",
    limits: GENERAL,
    path: ownComment,
    json: () => ({ content: "changed" }),
    ifMatch: true,
    success: TAGGED,
    nowhere: `/v1/comments/${ID}`,
    invalid: { json: { content: 7 } },
    fails: true,
  },
  {
    operation: "DELETE /v1/comments/{id}",
    as: "commenter",
    limits: GENERAL,
    path: ownComment,
    ifMatch: true,
    success: NOTHING,
    nowhere: `/v1/comments/${ID}`,
    fails: true,
  },
  {
    operation: "POST /v1/comments/{id}/reports",
    as: "nobody",
    limits: ["general", "comments"],
    path: aComment("/reports"),
    json: () => ({ reason: "Advertising" }),
    success: { status: 202, kind: "json" },
    nowhere: `/v1/comments/${ID}/reports`,
    invalid: { json: { reason: 7 } },
    fails: true,
  },
  {
    operation: "GET /unsubscribe/{token}",
    as: "nobody",
    limits: [],
    path: unsubscribing,
    success: PAGE,
    nowhere: "/unsubscribe/forged",
    fails: true,
  },
  {
    operation: "POST /unsubscribe/{token}",
    as: "nobody",
    limits: [],
    path: unsubscribing,
    form: true,
    success: PAGE,
    nowhere: "/unsubscribe/forged",
    invalid: { form: "more=1" },
    fails: true,
  },
];
