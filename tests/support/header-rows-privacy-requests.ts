// Privacy requests: the person's own, and the operators' inbox.
import { type Asker, GENERAL, ID, JSON_200, PAGE, type Row } from "./header-rows.ts";
import {
  type ConfirmationLink,
  entered,
  identified,
  restrictionOf,
  unconfirmed,
} from "./privacy-requests.ts";

const REQUESTS = "/v1/privacy-requests";
const INBOX = "/v1/admin/privacy-requests";

const own =
  (suffix = "") =>
  async ({ server, token }: Asker): Promise<string> => {
    const response = await server.request("POST", REQUESTS, { token, json: { type: "access" } });
    const { id } = (await response.json()) as { id: string };
    return `${REQUESTS}/${id}${suffix}`;
  };

const inInbox =
  (suffix: string) =>
  async ({ server }: Asker): Promise<string> =>
    `${INBOX}/${(await entered(server)).id}${suffix}`;

let link: ConfirmationLink = { id: ID, token: "" };

const filed = (list: string) => ({
  status: 201,
  kind: "json" as const,
  headers: { location: new RegExp(`^${list}/[0-9a-f-]{36}$`) },
});

const ZIP = {
  status: 200,
  kind: "zip",
  headers: { "content-disposition": 'attachment; filename="personal-data.zip"' },
} as const;

export const PRIVACY_REQUEST_ROWS: readonly Row[] = [
  {
    operation: "POST /v1/privacy-requests",
    as: "commenter",
    limits: ["general", "consent"],
    json: () => ({ type: "erasure", comments: "keep_text" }),
    success: { ...filed(REQUESTS), overTls: { "clear-site-data": '"cache", "storage"' } },
    invalid: { json: { type: "oblivion" } },
    fails: true,
  },
  {
    operation: "GET /v1/privacy-requests",
    as: "commenter",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?limit=0" },
    fails: true,
  },
  {
    operation: "GET /v1/privacy-requests/{id}",
    as: "commenter",
    limits: GENERAL,
    path: own(),
    success: JSON_200,
    nowhere: `${REQUESTS}/${ID}`,
    fails: true,
  },
  {
    operation: "GET /v1/privacy-requests/{id}/export",
    as: "commenter",
    limits: ["general", "exports"],
    path: own("/export"),
    success: ZIP,
    nowhere: `${REQUESTS}/${ID}/export`,
    fails: true,
  },
  {
    operation: "GET /schemas/personal-data.json",
    as: "nobody",
    limits: [],
    success: { ...JSON_200, headers: { "cache-control": "public, max-age=3600" } },
    fails: false,
  },
  {
    operation: "POST /v1/privacy-requests/{id}/cancellation",
    as: "commenter",
    limits: GENERAL,
    path: own("/cancellation"),
    success: JSON_200,
    nowhere: `${REQUESTS}/${ID}/cancellation`,
    fails: true,
  },
  {
    operation: "POST /v1/privacy-requests/{id}/confirmation",
    as: "nobody",
    limits: [],
    path: async ({ server }) => {
      link = await unconfirmed(server, "confirming@example.org");
      return `${REQUESTS}/${link.id}/confirmation`;
    },
    json: () => ({ token: link.token }),
    success: JSON_200,
    invalid: { json: { token: 7 } },
    fails: true,
  },
  { operation: "GET /confirm-request", as: "nobody", limits: [], success: PAGE, fails: false },
  {
    operation: "GET /v1/admin/privacy-requests",
    as: "admin",
    limits: GENERAL,
    success: JSON_200,
    invalid: { query: "?state=lost" },
    fails: true,
  },
  {
    operation: "POST /v1/admin/privacy-requests",
    as: "admin",
    limits: GENERAL,
    json: () => ({ type: "access", email: "letter@example.org", received_at: "2025-03-01T00:00:00Z" }),
    success: filed(REQUESTS),
    invalid: { json: { type: "access" } },
    fails: true,
  },
  {
    operation: "GET /v1/admin/privacy-requests/{id}/export",
    as: "admin",
    limits: ["general", "exports"],
    path: async ({ server }) => `${INBOX}/${(await identified(server)).id}/export`,
    success: ZIP,
    nowhere: `${INBOX}/${ID}/export`,
    fails: true,
  },
  {
    operation: "POST /v1/admin/privacy-requests/{id}/extension",
    as: "admin",
    limits: GENERAL,
    path: inInbox("/extension"),
    json: () => ({ reason: "Many comments" }),
    success: JSON_200,
    nowhere: `${INBOX}/${ID}/extension`,
    invalid: { json: {} },
    fails: true,
  },
  {
    operation: "POST /v1/admin/privacy-requests/{id}/refusal",
    as: "admin",
    limits: GENERAL,
    path: inInbox("/refusal"),
    json: () => ({ ground: "not_identifiable", reason: "Nothing leads to you" }),
    success: JSON_200,
    nowhere: `${INBOX}/${ID}/refusal`,
    invalid: { json: { ground: "no_time", reason: "x" } },
    fails: true,
  },
  {
    operation: "POST /v1/admin/privacy-requests/{id}/decision",
    as: "admin",
    limits: GENERAL,
    path: inInbox("/decision"),
    json: () => ({ decision: "granted", reason: "We have nothing of yours" }),
    success: JSON_200,
    nowhere: `${INBOX}/${ID}/decision`,
    invalid: { json: { decision: "maybe", reason: "x" } },
    fails: true,
  },
  {
    operation: "POST /v1/admin/privacy-requests/{id}/identity",
    as: "admin",
    limits: GENERAL,
    path: inInbox("/identity"),
    json: () => ({ step: "ask" }),
    success: JSON_200,
    nowhere: `${INBOX}/${ID}/identity`,
    invalid: { json: { step: "guess" } },
    fails: true,
  },
  {
    operation: "POST /v1/admin/privacy-requests/{id}/lifting",
    as: "admin",
    limits: GENERAL,
    path: async ({ server }) =>
      `${INBOX}/${(await restrictionOf(server, "restricted@example.org")).id}/lifting`,
    json: () => ({ reason: "The name is right" }),
    success: JSON_200,
    nowhere: `${INBOX}/${ID}/lifting`,
    invalid: { json: {} },
    fails: true,
  },
];
