// Every operation of the document, with every kind of credential, on whosever resource it can be: what is answered
// stands here by hand, so that a permission that changes anywhere else is seen here.
import { describe, expect, test } from "bun:test";
import { sequence } from "../support/audit-log.ts";
import { anEntryProved, onceLogged } from "../support/header-rows-audit.ts";
import { testServer } from "../support/http.ts";
import { WHO, type Who, type Whose, type World, world } from "../support/http-matrix.ts";
import { linkTokenFor, serviceToken } from "../support/http-people.ts";
import { newPolicy } from "../support/policies.ts";
import {
  type ConfirmationLink,
  entered,
  identified,
  restrictionOf,
  unconfirmed,
} from "../support/privacy-requests.ts";
import { changes, insert } from "../support/records.ts";
import { accepted } from "../support/service.ts";
import { anOpenDelivery, aRecipient, type Recipient, signedHeaders } from "../support/webhooks.ts";

type Status = number | null;

/**
 * Statuses in this order: nobody, visitor | commenter, by cookie, moderator, admin | commenter narrowed to reading,
 * admin narrowed to posting, restricted commenter | service with the scope, without | edit token | dead credentials:
 * bad bearer, expired session, revoked service, session and receipt of an erased person | consent receipt, where it may
 * other than an edit token. Null: there can be no such resource.
 */
type Row = readonly [
  people: readonly [nobody: Status, visitor: Status],
  sessions: readonly [commenter: Status, cookie: Status, moderator: Status, admin: Status],
  less: readonly [reading: Status, posting: Status, restricted: Status],
  services: readonly [scope: Status, without: Status],
  editToken: Status,
  dead: Status,
  receipt?: Status,
];

interface Case {
  readonly operation: string;
  readonly whose?: Whose;
  readonly what?: string;
  readonly expected: Row;
  readonly json?: (world: World, who: Who) => Promise<object> | object;
  readonly headers?:
    | Readonly<Record<string, string>>
    | ((world: World, json: object | undefined) => Readonly<Record<string, string>>);
  readonly path?: (world: World, who: Who) => Promise<string> | string;
}

/** Open to everybody, and no credential is looked at, not even a bad one. */
const ALL: Row = [[200, 200], [200, 200, 200, 200], [200, 200, 200], [200, 200], 200, 200];
/** Open to everybody, but a bad credential is an error. */
const READ: Row = [[200, 200], [200, 200, 200, 200], [200, 200, 200], [200, 200], 200, 401];
const MODERATE: Row = [[401, 401], [403, 403, 200, 200], [403, 403, 403], [403, 403], 403, 401];
const ADMINISTER: Row = [[401, 401], [403, 403, 403, 200], [403, 403, 403], [403, 403], 403, 401];
const SIGNED_IN: Row = [[401, 401], [200, 200, 200, 200], [200, 200, 200], [403, 403], 403, 401];

/** Whoever can show that data here are hers. */
const RIGHTS: Row = [[401, 200], [200, 200, 200, 200], [200, 200, 200], [403, 403], 200, 401, 200];

/** Whoever is signed in, and every program. */
const EVALUATE: Row = [[401, 401], [200, 200, 200, 200], [200, 200, 200], [200, 200], 403, 401];

/** The same cells, with another status where it was 200. */
const ok = (status: number, row: Row): Row =>
  JSON.parse(JSON.stringify(row).replaceAll("200", String(status))) as Row;

const ANY_VERSION = { "if-match": "*" };
const THREAD = "/v1/threads/%2Fblog%2Fpost%2F/comments";
const COMMENT = { content: "Hello", author_name: "Erika", author_email: "e@example.org", gdpr_consent: true };

const comment = ({ comments }: World, who: Who): string => {
  const id = comments.get(who);
  if (id === undefined) throw new Error(`${who} has no such comment`);
  return id;
};
const commentPath =
  (suffix = "") =>
  (at: World, who: Who): string =>
    `/v1/comments/${comment(at, who)}${suffix}`;
const reply = (at: World, who: Who): object => ({ ...COMMENT, parent_id: comment(at, who) });
const breachPath = async ({ server }: World): Promise<string> => {
  await server.deps.unitOfWork.commit(changes([insert("breaches")]));
  return `/v1/admin/breaches/${(await server.deps.readers.breaches.list(null, 1))[0]?.id}`;
};
const subjectPath =
  (suffix: string, whose: "own" | "another's" | "a restricted person's" | "an erased person's") =>
  (at: World, who: Who): string =>
    `/v1/admin/subjects/${whose === "own" ? at.actors[who].subject : at.others[whose]}${suffix}`;

/** Whoever may withdraws, and so has a decision to ask about; for the others there is none. */
const ownReceipt = async ({ server, actors }: World, who: Who, token?: string): Promise<string> => {
  const response = await server.request("POST", "/v1/consents/withdrawals", {
    headers: token === undefined ? actors[who].headers : { authorization: `Bearer ${token}` },
    json: { purposes: ["marketing"] },
  });
  const { consent } = (await response.json()) as { consent?: { id: string } };
  return `/v1/consents/${consent?.id ?? server.deps.ids.next()}/receipt`;
};

const configurationPath = async ({ server, actors }: World): Promise<string> => {
  const key = "site.title";
  if ((await server.deps.readers.configuration.byKey(key)) === null) {
    const admin = await server.callerOf(actors.admin.author ?? "");
    const value = { key, value: "Owls", description: null, is_sensitive: false, version: null };
    accepted(await server.application.configuration.write(admin, value));
  }
  return `/v1/admin/config/${key}`;
};

const draftPath = async ({ server, actors }: World): Promise<string> => {
  if ((await server.deps.readers.consentPolicies.byVersion(2)) === null) {
    const admin = await server.callerOf(actors.admin.author ?? "");
    const input = { version: 2, policy: newPolicy(), stored: null };
    accepted(await server.application.policies.draft(admin, input));
  }
  return "/v1/admin/consent-policies/2";
};

/** One of the actor's own; for who can have none, somebody's. */
const ownRequest =
  (suffix: string) =>
  async ({ server, actors }: World, who: Who): Promise<string> => {
    const response = await server.request("POST", "/v1/privacy-requests", {
      headers: actors[who].headers,
      json: { type: "access" },
    });
    const { id } = (await response.json()) as { id?: string };
    return `/v1/privacy-requests/${id ?? server.deps.ids.next()}${suffix}`;
  };

const links = new WeakMap<World, Map<Who, Promise<ConfirmationLink>>>();

/** One request that waits for its link, for each actor. */
const linkOf = (at: World, who: Who): Promise<ConfirmationLink> => {
  const ofWorld = links.get(at) ?? new Map<Who, Promise<ConfirmationLink>>();
  links.set(at, ofWorld);
  const email = `confirming-${who.replaceAll(/[^a-z]/g, "-")}@example.org`;
  const link = ofWorld.get(who) ?? unconfirmed(at.server, email);
  ofWorld.set(who, link);
  return link;
};

let recipient: Recipient | null = null;

const webhookPath =
  (suffix = "") =>
  async ({ server }: World): Promise<string> => {
    recipient = await aRecipient(server);
    return `/v1/admin/webhooks/${recipient.id}${suffix}`;
  };

const recipientCases: readonly Case[] = [
  { operation: "GET /v1/admin/processing-record", expected: ADMINISTER },
  { operation: "GET /v1/admin/webhooks", expected: ADMINISTER },
  {
    operation: "POST /v1/admin/webhooks",
    json: () => ({ name: "x", url: "https://newsletter.example/", events: ["subject.erased"] }),
    expected: ok(201, ADMINISTER),
  },
  {
    operation: "DELETE /v1/admin/webhooks/{id}",
    path: webhookPath(),
    expected: ok(204, ADMINISTER),
  },
  {
    operation: "POST /v1/admin/webhooks/{id}/secrets",
    path: webhookPath("/secrets"),
    expected: ok(201, ADMINISTER),
  },
  {
    operation: "GET /v1/admin/webhooks/{id}/deliveries",
    path: webhookPath("/deliveries"),
    expected: ADMINISTER,
  },
  {
    operation: "POST /v1/admin/webhooks/{id}/deliveries/{delivery}/redelivery",
    path: async (at) => {
      const deliveries = await webhookPath("/deliveries")(at);
      return `${deliveries}/${await anOpenDelivery(at.server, recipient ?? { id: "" as never })}/redelivery`;
    },
    expected: ok(202, ADMINISTER),
  },
  {
    operation: "POST /v1/webhook-acknowledgements",
    json: async ({ server }) => {
      recipient = await aRecipient(server);
      return { delivery_id: await anOpenDelivery(server, recipient) };
    },
    headers: ({ server }, json) => signedHeaders(server, recipient?.secret ?? "", JSON.stringify(json)),
    expected: ok(204, READ),
  },
];

const CASES: readonly Case[] = [
  // Consent
  { operation: "GET /v1/consent-policy", expected: READ },
  {
    operation: "POST /v1/consents",
    json: () => ({ decisions: { functional: true }, method: "api" }),
    expected: [[201, 201], [201, 201, 201, 201], [201, 201, 201], [403, 403], 403, 401],
  },
  {
    operation: "POST /v1/consents/withdrawals",
    json: () => ({ purposes: ["marketing"] }),
    expected: [[401, 201], [201, 201, 201, 201], [201, 201, 201], [403, 403], 403, 401, 201],
  },
  {
    operation: "GET /v1/consents/current",
    expected: [[200, 200], [200, 200, 200, 200], [200, 200, 200], [403, 403], 403, 401, 200],
  },
  {
    operation: "GET /v1/consents/check",
    what: "whose scope is the other one of the two",
    path: ({ others }) => `/v1/consents/check?subject=${others["another's"]}&purpose=marketing`,
    expected: [[401, 401], [403, 403, 403, 403], [403, 403, 403], [403, 200], 403, 401],
  },
  {
    operation: "GET /v1/consents/history",
    expected: [[401, 200], [200, 200, 200, 200], [200, 200, 200], [403, 403], 403, 401, 200],
  },

  {
    operation: "GET /v1/consents/{id}/receipt",
    what: "of one's own decision",
    path: ownReceipt,
    expected: [[401, 200], [200, 200, 200, 200], [200, 200, 200], [403, 403], 403, 401, 200],
  },
  {
    operation: "GET /v1/consents/{id}/receipt",
    what: "of another's decision",
    path: async (at) => ownReceipt(at, "commenter", (await at.server.signIn("a.n.other@example.org")).token),
    expected: [[401, 404], [404, 404, 404, 404], [404, 404, 404], [403, 403], 403, 401, 404],
  },

  ...["kantara", "proof"].flatMap((form): readonly Case[] => [
    {
      operation: `GET /v1/consents/{id}/receipt/${form}`,
      what: "of one's own decision",
      path: async (at, who) => {
        const path = await ownReceipt(at, who);
        await sequence(at.server);
        return `${path}/${form}`;
      },
      expected: [[401, 200], [200, 200, 200, 200], [200, 200, 200], [403, 403], 403, 401, 200],
    },
    {
      operation: `GET /v1/consents/{id}/receipt/${form}`,
      what: "of another's decision",
      path: async (at) =>
        `${await ownReceipt(at, "commenter", (await at.server.signIn("a.n.other@example.org")).token)}/${form}`,
      expected: [[401, 404], [404, 404, 404, 404], [404, 404, 404], [403, 403], 403, 401, 404],
    },
  ]),

  // Its token is none of these credentials; without one it is for the loopback, and these requests come from nowhere.
  {
    operation: "GET /metrics",
    expected: [[401, 401], [401, 401, 401, 401], [401, 401, 401], [401, 401], 401, 401],
  },

  // Sessions
  {
    operation: "POST /v1/sign-in-links",
    json: () => ({ email: "new@example.org" }),
    expected: ok(202, READ),
  },
  { operation: "GET /sign-in", expected: ALL },
  {
    operation: "POST /v1/sessions",
    what: "by link",
    json: async ({ server }, who) => {
      const email = `${who.replaceAll(" ", "-")}@example.net`;
      await server.request("POST", "/v1/sign-in-links", { json: { email } });
      return { link_token: await linkTokenFor(server, email) };
    },
    expected: ok(201, READ),
  },
  {
    operation: "POST /v1/sessions",
    what: "for a user of the platform",
    json: () => ({ external_user_id: "u" }),
    expected: [[401, 401], [403, 403, 403, 403], [403, 403, 403], [201, 403], 403, 401],
  },
  { operation: "GET /v1/sessions/current", expected: SIGNED_IN },
  { operation: "DELETE /v1/sessions/current", expected: ok(204, SIGNED_IN) },
  { operation: "DELETE /v1/sessions", expected: ok(204, SIGNED_IN) },

  // Threads
  { operation: "GET /v1/threads/{thread}/comments", path: () => THREAD, expected: READ },
  {
    operation: "GET /v1/threads/{thread}/comments",
    what: "by status",
    path: () => `${THREAD}?status=pending`,
    expected: [[401, 401], [403, 403, 200, 200], [403, 403, 403], [403, 403], 403, 401],
  },
  {
    operation: "POST /v1/threads/{thread}/comments",
    path: () => THREAD,
    json: () => COMMENT,
    expected: [[401, 401], [201, 201, 201, 201], [403, 201, 403], [403, 403], 403, 401],
  },
  ...(
    [
      ["own", [[null, null], [201, 201, 201, 201], [403, 201, 403], [null, null], 403, null]],
      ["another's", [[401, 401], [201, 201, 201, 201], [403, 201, 403], [403, 403], 403, 401]],
      ["another's pending", [[401, 401], [422, 422, 422, 422], [403, 422, 403], [403, 403], 403, 401]],
      ["a restricted person's", [[401, 401], [422, 422, 422, 422], [403, 422, 403], [403, 403], 403, 401]],
      ["an erased person's", [[401, 401], [201, 201, 201, 201], [403, 201, 403], [403, 403], 403, 401]],
    ] as const
  ).map(
    ([whose, expected]): Case => ({
      operation: "POST /v1/threads/{thread}/comments",
      what: "a reply",
      whose,
      path: () => THREAD,
      json: reply,
      expected,
    }),
  ),

  // Comments
  ...(
    [
      ["own", [[null, null], [200, 200, 200, 200], [200, 200, 200], [null, null], 200, null]],
      ["own pending", [[null, null], [200, 200, 200, 200], [200, 200, 200], [null, null], 200, null, 404]],
      ["another's", READ],
      ["another's pending", [[404, 404], [404, 404, 200, 200], [404, 404, 404], [404, 404], 404, 401]],
      ["a restricted person's", [[404, 404], [404, 404, 404, 404], [404, 404, 404], [404, 404], 404, 401]],
      ["an erased person's", READ],
    ] as const
  ).map(
    ([whose, expected]): Case => ({
      operation: "GET /v1/comments/{id}",
      whose,
      path: commentPath(),
      expected,
    }),
  ),
  ...(
    [
      ["own", [[null, null], [200, 200, 200, 200], [403, 200, 403], [null, null], 200, null, 403]],
      ["own pending", [[null, null], [200, 200, 200, 200], [403, 200, 403], [null, null], 200, null, 403]],
      ["another's", [[401, 401], [403, 403, 403, 403], [403, 403, 403], [403, 403], 403, 401]],
      ["another's pending", [[401, 401], [404, 404, 403, 403], [403, 404, 404], [403, 403], 404, 401, 403]],
      [
        "a restricted person's",
        [[401, 401], [404, 404, 404, 404], [403, 404, 404], [403, 403], 404, 401, 403],
      ],
      ["an erased person's", [[401, 401], [403, 403, 403, 403], [403, 403, 403], [403, 403], 403, 401]],
    ] as const
  ).map(
    ([whose, expected]): Case => ({
      operation: "PATCH /v1/comments/{id}",
      whose,
      path: commentPath(),
      json: () => ({ content: "changed" }),
      headers: ANY_VERSION,
      expected,
    }),
  ),
  ...(
    [
      ["own", [[null, null], [204, 204, 204, 204], [403, 204, 204], [null, null], 204, null, 403]],
      ["own pending", [[null, null], [204, 204, 204, 204], [403, 204, 204], [null, null], 204, null, 403]],
      ["another's", [[401, 401], [403, 403, 204, 204], [403, 403, 403], [403, 403], 403, 401]],
      ["another's pending", [[401, 401], [404, 404, 204, 204], [403, 404, 404], [403, 403], 404, 401, 403]],
      [
        "a restricted person's",
        [[401, 401], [404, 404, 404, 404], [403, 404, 404], [403, 403], 404, 401, 403],
      ],
      ["an erased person's", [[401, 401], [403, 403, 204, 204], [403, 403, 403], [403, 403], 403, 401]],
    ] as const
  ).map(
    ([whose, expected]): Case => ({
      operation: "DELETE /v1/comments/{id}",
      whose,
      path: commentPath(),
      headers: ANY_VERSION,
      expected,
    }),
  ),
  ...(
    [
      ["own", [[null, null], [202, 202, 202, 202], [202, 202, 202], [null, null], 202, null]],
      ["own pending", [[null, null], [404, 404, 404, 404], [404, 404, 404], [null, null], 404, null]],
      ["another's", ok(202, READ)],
      ["another's pending", [[404, 404], [404, 404, 404, 404], [404, 404, 404], [404, 404], 404, 401]],
      ["a restricted person's", [[404, 404], [404, 404, 404, 404], [404, 404, 404], [404, 404], 404, 401]],
      ["an erased person's", ok(202, READ)],
    ] as const
  ).map(
    ([whose, expected]): Case => ({
      operation: "POST /v1/comments/{id}/reports",
      whose,
      path: commentPath("/reports"),
      json: () => ({ reason: "Advertising" }),
      expected,
    }),
  ),

  // Notifications: the link alone counts
  ...(["GET", "POST"] as const).map(
    (method): Case => ({
      operation: `${method} /unsubscribe/{token}`,
      path: async ({ server, others }) =>
        `/unsubscribe/${await server.deps.signer.conceal("unsubscribe", others["another's"])}`,
      expected: ALL,
    }),
  ),

  // Privacy requests: whoever can show that data here are hers
  { operation: "POST /v1/privacy-requests", json: () => ({ type: "access" }), expected: ok(201, RIGHTS) },
  { operation: "GET /v1/privacy-requests", expected: RIGHTS },
  ...(["", "/export", "/cancellation"] as const).flatMap((suffix): Case[] => [
    {
      operation: `${suffix === "/cancellation" ? "POST" : "GET"} /v1/privacy-requests/{id}${suffix}`,
      whose: "own",
      path: ownRequest(suffix),
      // To whoever could prove more, a weaker credential hands nothing out.
      expected:
        suffix === "/export"
          ? [[401, 200], [200, 200, 200, 200], [200, 200, 200], [403, 403], 403, 401, 403]
          : RIGHTS,
    },
    {
      operation: `${suffix === "/cancellation" ? "POST" : "GET"} /v1/privacy-requests/{id}${suffix}`,
      what: "a stranger's",
      path: async ({ server }) => `/v1/privacy-requests/${(await entered(server)).id}${suffix}`,
      expected: [
        [401, 404],
        [404, 404, 404, suffix === "" ? 200 : 404],
        [404, 404, 404],
        [403, 403],
        404,
        401,
        404,
      ],
    },
  ]),
  {
    operation: "POST /v1/privacy-requests/{id}/confirmation",
    what: "with its link",
    json: async (at, who) => ({ token: (await linkOf(at, who)).token }),
    path: async (at, who) => `/v1/privacy-requests/${(await linkOf(at, who)).id}/confirmation`,
    expected: ALL,
  },
  {
    operation: "POST /v1/privacy-requests/{id}/confirmation",
    what: "with another link",
    path: async ({ server }) => `/v1/privacy-requests/${(await entered(server)).id}/confirmation`,
    json: () => ({ token: `gnp_${"x".repeat(43)}` }),
    expected: ok(403, ALL),
  },
  { operation: "GET /confirm-request", expected: ALL },
  { operation: "GET /v1/admin/privacy-requests", expected: ADMINISTER },
  {
    operation: "POST /v1/admin/privacy-requests",
    json: () => ({ type: "access", email: "letter@example.org" }),
    expected: ok(201, ADMINISTER),
  },
  {
    operation: "GET /v1/admin/privacy-requests/{id}/export",
    path: async ({ server }) => `/v1/admin/privacy-requests/${(await identified(server)).id}/export`,
    expected: ADMINISTER,
  },
  ...(
    [
      ["extension", { reason: "Many comments" }],
      ["refusal", { ground: "not_identifiable", reason: "Nothing leads to you" }],
      ["decision", { decision: "granted", reason: "We have nothing of yours" }],
      ["identity", { step: "ask" }],
    ] as const
  ).map(
    ([step, body]): Case => ({
      operation: `POST /v1/admin/privacy-requests/{id}/${step}`,
      path: async ({ server }) => `/v1/admin/privacy-requests/${(await entered(server)).id}/${step}`,
      json: () => body,
      expected: ADMINISTER,
    }),
  ),
  {
    operation: "POST /v1/admin/privacy-requests/{id}/lifting",
    path: async ({ server }) => {
      const { id } = await restrictionOf(server, `contested-${server.deps.ids.subject()}@example.org`);
      return `/v1/admin/privacy-requests/${id}/lifting`;
    },
    json: () => ({ reason: "The name is right" }),
    expected: ADMINISTER,
  },

  // Moderation
  ...(
    [
      ["own pending", [[null, null], [403, 403, 200, 200], [403, 403, 403], [null, null], 403, null]],
      ["another's", MODERATE],
      ["another's pending", MODERATE],
      ["a restricted person's", ok(404, MODERATE)],
      ["an erased person's", MODERATE],
    ] as const
  ).map(
    ([whose, expected]): Case => ({
      operation: "POST /v1/comments/{id}/moderation",
      whose,
      path: commentPath("/moderation"),
      json: () => ({ decision: "approve" }),
      expected,
    }),
  ),
  { operation: "GET /v1/moderation/queue", expected: MODERATE },

  // Administration
  ...(["another's", "a restricted person's", "an erased person's"] as const).map(
    (whose): Case => ({
      operation: "GET /v1/admin/subjects/{id}",
      whose,
      path: subjectPath("", whose),
      expected: ADMINISTER,
    }),
  ),
  {
    operation: "GET /v1/admin/subjects/{id}",
    whose: "own",
    path: subjectPath("", "own"),
    expected: [[null, null], [403, 403, 403, 200], [403, 403, 403], [null, null], null, null, 403],
  },
  ...(
    [
      ["another's", ADMINISTER],
      ["a restricted person's", ok(409, ADMINISTER)],
      ["an erased person's", ok(409, ADMINISTER)],
      ["own", [[null, null], [403, 403, 403, 200], [403, 403, 403], [null, null], null, null, 403]],
    ] as const
  ).map(
    ([whose, expected]): Case => ({
      operation: "PUT /v1/admin/subjects/{id}/role",
      whose,
      path: subjectPath("/role", whose),
      json: () => ({ role: "moderator" }),
      headers: ANY_VERSION,
      expected,
    }),
  ),
  { operation: "GET /v1/admin/service-credentials", expected: ADMINISTER },
  { operation: "GET /v1/admin/retention", expected: ADMINISTER },
  { operation: "GET /v1/admin/retention/runs", expected: ADMINISTER },
  {
    operation: "POST /v1/admin/retention/runs",
    json: () => ({ dry_run: true }),
    expected: ok(202, ADMINISTER),
  },
  {
    operation: "GET /v1/admin/retention/runs/{id}",
    path: async ({ server }) => {
      await server.deps.unitOfWork.commit(changes([insert("retention_runs")]));
      return `/v1/admin/retention/runs/${(await server.deps.readers.retentionRuns.list(null, 1))[0]?.id}`;
    },
    expected: ADMINISTER,
  },
  { operation: "GET /v1/admin/reports", path: () => "/v1/admin/reports?kind=erasure", expected: ADMINISTER },
  {
    operation: "GET /v1/admin/reports/{id}",
    path: async ({ server }) => {
      await server.deps.unitOfWork.commit(changes([insert("signed_reports", { kind: "drill" })]));
      return `/v1/admin/reports/${(await server.deps.readers.signedReports.list("drill", null, 1))[0]?.id}`;
    },
    expected: ADMINISTER,
  },
  {
    operation: "POST /v1/admin/service-credentials",
    json: () => ({ name: "x", scopes: ["sessions:create"] }),
    expected: ok(201, ADMINISTER),
  },
  {
    operation: "DELETE /v1/admin/service-credentials/{id}",
    path: async ({ server }) => {
      await serviceToken(server, ["consents:check"]);
      const rows = await server.deps.readers.serviceCredentials.list(null, 100);
      return `/v1/admin/service-credentials/${rows.at(-1)?.id}`;
    },
    expected: ok(204, ADMINISTER),
  },

  ...recipientCases,

  { operation: "GET /v1/admin/breaches", expected: ADMINISTER },
  {
    operation: "POST /v1/admin/breaches",
    json: () => ({ nature: "a lost laptop", aware_at: "2025-03-01T00:00:00Z" }),
    expected: ok(201, ADMINISTER),
  },
  { operation: "GET /v1/admin/breaches/{id}", path: breachPath, expected: ADMINISTER },
  {
    operation: "PATCH /v1/admin/breaches/{id}",
    path: breachPath,
    json: () => ({ risk: "high" }),
    headers: ANY_VERSION,
    expected: ADMINISTER,
  },

  { operation: "GET /v1/admin/legal-holds", expected: ADMINISTER },
  {
    operation: "POST /v1/admin/legal-holds",
    json: () => ({ scope: "subject", on: "0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b", reason: "a claim" }),
    expected: ok(201, ADMINISTER),
  },
  {
    operation: "DELETE /v1/admin/legal-holds/{id}",
    path: async ({ server }) => {
      await server.deps.unitOfWork.commit(changes([insert("legal_holds")]));
      return `/v1/admin/legal-holds/${(await server.deps.readers.legalHolds.standing())[0]?.id}`;
    },
    expected: ok(204, ADMINISTER),
  },

  { operation: "GET /v1/admin/config", expected: ADMINISTER },
  { operation: "GET /v1/admin/config/{key}", path: configurationPath, expected: ADMINISTER },
  {
    operation: "PUT /v1/admin/config/{key}",
    path: () => "/v1/admin/config/site.title",
    json: () => ({ value: "x", is_sensitive: false }),
    expected: ok(201, ADMINISTER),
  },
  {
    operation: "DELETE /v1/admin/config/{key}",
    path: configurationPath,
    headers: ANY_VERSION,
    expected: ok(204, ADMINISTER),
  },
  { operation: "GET /v1/admin/consent-policies", expected: ADMINISTER },
  {
    operation: "GET /v1/admin/consent-policies/{version}",
    path: () => "/v1/admin/consent-policies/1",
    expected: ADMINISTER,
  },
  {
    operation: "GET /v1/admin/consent-policies/{version}/preview",
    path: () => "/v1/admin/consent-policies/1/preview",
    expected: ADMINISTER,
  },
  {
    operation: "PUT /v1/admin/consent-policies/{version}",
    path: () => "/v1/admin/consent-policies/2",
    json: () => newPolicy(),
    expected: ok(201, ADMINISTER),
  },
  {
    operation: "POST /v1/admin/consent-policies/{version}/publication",
    path: async (at) => `${await draftPath(at)}/publication`,
    json: () => ({ material: false }),
    headers: ANY_VERSION,
    expected: ok(201, ADMINISTER),
  },
  { operation: "GET /v1/admin/flags", expected: ADMINISTER },
  {
    operation: "GET /v1/admin/flags/{key}",
    path: () => "/v1/admin/flags/enable_comments",
    expected: ADMINISTER,
  },
  {
    operation: "PUT /v1/admin/flags/{key}",
    path: () => "/v1/admin/flags/enable_comments",
    json: () => ({ enabled: true }),
    expected: ADMINISTER,
  },

  // The audit trail, and the log over it
  { operation: "GET /v1/admin/audit-entries", expected: ADMINISTER },
  { operation: "GET /v1/admin/audit-entries/{id}/proof", path: anEntryProved, expected: ADMINISTER },
  { operation: "GET /audit/checkpoint", path: onceLogged("/audit/checkpoint"), expected: ALL },
  { operation: "GET /audit/keys", expected: ALL },
  { operation: "GET /audit/tile/{tile}", path: onceLogged("/audit/tile/0/000.p/1"), expected: ALL },

  // Evaluation of flags
  { operation: "POST /ofrep/v1/evaluate/flags", json: () => ({}), expected: EVALUATE },
  {
    operation: "POST /ofrep/v1/evaluate/flags/{key}",
    path: () => "/ofrep/v1/evaluate/flags/enable_comments",
    json: () => ({}),
    expected: EVALUATE,
  },

  // The service itself
  ...[
    "/health/live",
    "/health/ready",
    "/.well-known/gpc.json",
    "/.well-known/security.txt",
    "/.well-known/jwks.json",
    "/schemas/consent-receipt.json",
    "/schemas/personal-data.json",
    "/docs",
    "/docs/json",
  ].map((path): Case => ({ operation: `GET ${path}`, expected: ALL })),
  { operation: "GET /problems/{type}", path: () => "/problems/not-found", expected: ALL },
];

const DEAD: readonly Who[] = [
  "bad bearer",
  "expired session",
  "revoked service",
  "erased commenter",
  "erased person's receipt",
];

const cells = ([people, sessions, less, services, editToken, dead, receipt]: Row): readonly Status[] => [
  ...people,
  ...sessions,
  ...less,
  ...services,
  editToken,
  receipt === undefined ? editToken : receipt,
  ...DEAD.map(() => dead),
];

const nameOf = ({ operation, what, whose }: Case): string =>
  [operation, what, whose === undefined ? undefined : `(${whose})`]
    .filter((part) => part !== undefined)
    .join(" ");

describe("who may do what", () => {
  test.each(CASES.map((each) => [nameOf(each), each] as const))("%s", async (_name, each) => {
    const at = await world(each.whose ?? "another's");
    const [method = "", template = ""] = each.operation.split(" ");
    const found: [Who, Status][] = [];
    for (const [column, who] of WHO.entries()) {
      if (cells(each.expected)[column] === null) {
        found.push([who, null]);
        continue;
      }
      const path = (await each.path?.(at, who)) ?? template;
      const json = await each.json?.(at, who);
      const { status } = await at.server.request(method, path, {
        headers: {
          ...at.actors[who].headers,
          ...(typeof each.headers === "function" ? each.headers(at, json) : each.headers),
        },
        ...(json === undefined ? {} : { json }),
      });
      found.push([who, status]);
    }
    expect(found).toEqual(
      WHO.map((who, column): [Who, Status] => [who, cells(each.expected)[column] ?? null]),
    );
  });
});

describe("the matrix is whole", () => {
  test("it holds every operation of the document, and none that is not there", async () => {
    const response = await (await testServer()).request("GET", "/docs/json");
    const { paths } = (await response.json()) as { paths: Record<string, object> };
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...new Set(CASES.map(({ operation }) => operation))].toSorted()).toEqual(documented.toSorted());
  });

  test("what acts on one resource is tried on one's own, another's, a restricted and an erased person's", () => {
    const WHOSE: readonly Whose[] = ["another's", "a restricted person's", "an erased person's"];
    const onOne = CASES.filter(({ operation }) => /\/(?:comments|subjects)\/\{id\}/.test(operation));
    for (const operation of new Set(onOne.map((each) => each.operation))) {
      const tried = onOne.filter((each) => each.operation === operation).map(({ whose }) => whose);
      expect([operation, tried]).toEqual([operation, expect.arrayContaining([...WHOSE])]);
      expect([operation, tried.some((whose) => whose?.startsWith("own"))]).toEqual([operation, true]);
    }
  });

  test("nothing is null but what cannot be", () => {
    for (const each of CASES) {
      if (cells(each.expected).includes(null))
        expect([nameOf(each), each.whose?.startsWith("own")]).toEqual([nameOf(each), true]);
    }
  });
});
