import { t } from "elysia";
import type { Application, PrivacyRequestView } from "../../../app/application.ts";
import type { Caller } from "../../../app/caller.ts";
import { answering } from "../../../app/idempotency/begin-request.ts";
import { type PrivacyRequestId, parseId, type SubjectId } from "../../../domain/shared/ids.ts";
import { parseInstant } from "../../../domain/shared/instant.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import type { Refusal } from "../refusals.ts";
import { type Answer, json, keptAnswer, type Route, route } from "../route.ts";
import { pageRequest, uuid } from "../schemas/kinds.ts";
import {
  EnteredPrivacyRequest,
  Extension,
  IdentityStep,
  INBOX_QUERY,
  InboxPage,
  inboxBody,
  Lifting,
  PrivacyRequestBody,
  privacyRequestBody,
  RequestDecision,
  RequestRefusal,
} from "../schemas/privacy-requests.ts";

const NOT_FOUND: Result<never, Refusal> = err({ type: "not-found" });
const params = { id: uuid() };
const tag = "privacy requests";
const permission = ["system:administer"] as const;
const changed = { status: 200, description: "The request now", schema: PrivacyRequestBody } as const;

const entered = (request: PrivacyRequestView): Answer =>
  json(privacyRequestBody(request), {
    status: 201,
    headers: { Location: `/v1/privacy-requests/${request.id}` },
  });

/** What an operator does to one request. */
const acting = async (
  id: string,
  act: (id: PrivacyRequestId) => ReturnType<Application["privacyRequests"]["extend"]>,
): Promise<Result<Answer, Refusal>> => {
  const request = parseId<PrivacyRequestId>(id);
  if (request === null) return NOT_FOUND;
  const done = await act(request);
  return done.ok ? ok(json(privacyRequestBody(done.value))) : done;
};

export const adminPrivacyRequestRoutes = ({ application }: Service): readonly Route[] => {
  const { privacyRequests } = application;
  const identity = (
    caller: Caller,
    id: PrivacyRequestId,
    step: "ask" | "confirm",
    subject: SubjectId | null,
  ) =>
    step === "ask"
      ? privacyRequests.askIdentity(caller, id)
      : privacyRequests.confirmIdentity(caller, { id, subject });
  return [
    route({
      method: "GET",
      path: "/v1/admin/privacy-requests",
      operationId: "listPrivacyRequestInbox",
      tag,
      summary: "What has to be answered, what is late first",
      description: "Whatever is not answered for good, or one state. Reading it is told to the audit trail.",
      permission,
      query: t.Object(INBOX_QUERY),
      success: { status: 200, description: "A page", schema: InboxPage },
      problems: [],
      handle: async ({ caller, query }) => {
        const found = await privacyRequests.inbox(caller, {
          page: pageRequest(query),
          state: query.state ?? null,
          type: query.type ?? null,
        });
        return found.ok
          ? ok(
              json({
                items: found.value.items.map(inboxBody),
                next_cursor: found.value.next_cursor,
              }),
            )
          : found;
      },
    }),
    route({
      method: "POST",
      path: "/v1/admin/privacy-requests",
      operationId: "enterPrivacyRequest",
      tag,
      summary: "Enter a request that came by letter, telephone or mail",
      description:
        "With the day it reached the site: from then on its time runs. Who is known by the address gets a link to confirm it.",
      permission,
      body: EnteredPrivacyRequest,
      success: {
        status: 201,
        description: "Taken in",
        schema: PrivacyRequestBody,
        headers: { Location: "Where to follow it" },
      },
      problems: ["conflict"],
      handle: async ({ caller, body }) => {
        const received = body.received_at ?? null;
        const done = await privacyRequests.enter(
          answering(caller, (request: PrivacyRequestView) => keptAnswer(entered(request))),
          {
            type: body.type,
            statement: body.statement ?? null,
            comments: body.comments ?? null,
            purpose: body.purpose ?? null,
            ground: body.ground ?? null,
            email: body.email,
            received_at: received === null ? null : parseInstant(Date.parse(received)),
          },
        );
        return done.ok ? ok(entered(done.value)) : done;
      },
    }),
    route({
      method: "POST",
      path: "/v1/admin/privacy-requests/:id/extension",
      operationId: "extendPrivacyRequest",
      tag,
      summary: "Take two months more",
      description: "Once, before the request is due; the person is mailed the reason (GDPR Art. 12(3)).",
      permission,
      params,
      body: Extension,
      success: changed,
      problems: ["not-found", "request-state-conflict", "extension-not-possible", "conflict"],
      handle: ({ caller, params: { id }, body }) =>
        acting(id, (request) => privacyRequests.extend(caller, { id: request, reason: body.reason })),
    }),
    route({
      method: "POST",
      path: "/v1/admin/privacy-requests/:id/refusal",
      operationId: "refusePrivacyRequest",
      tag,
      summary: "Refuse, on a legal ground",
      description: "The person is mailed the reason and where she may complain (GDPR Art. 12(4)).",
      permission,
      params,
      body: RequestRefusal,
      success: changed,
      problems: ["not-found", "request-state-conflict", "conflict"],
      handle: ({ caller, params: { id }, body }) =>
        acting(id, (request) =>
          privacyRequests.refuse(caller, { id: request, ground: body.ground, reason: body.reason }),
        ),
    }),
    route({
      method: "POST",
      path: "/v1/admin/privacy-requests/:id/decision",
      operationId: "decidePrivacyRequest",
      tag,
      summary: "Decide an objection, a contested correction, or what was answered by hand",
      permission,
      params,
      body: RequestDecision,
      success: changed,
      problems: ["not-found", "request-state-conflict", "conflict"],
      handle: ({ caller, params: { id }, body }) =>
        acting(id, (request) =>
          privacyRequests.decide(caller, { id: request, decision: body.decision, reason: body.reason }),
        ),
    }),
    route({
      method: "POST",
      path: "/v1/admin/privacy-requests/:id/identity",
      operationId: "identifyPrivacyRequest",
      tag,
      summary: "Ask who it is, or confirm it",
      description:
        "Only where nothing showed it: for requests that an operator entered. While she is asked the clock stands still (GDPR Art. 12(6)).",
      permission,
      params,
      body: IdentityStep,
      success: changed,
      problems: [
        "not-found",
        "request-state-conflict",
        "subject-erased",
        "address-in-use",
        "comment-already-removed",
        "content-empty",
        "conflict",
      ],
      handle: ({ caller, params: { id }, body }) => {
        const subject = body.subject ?? null;
        const whose = subject === null ? null : parseId<SubjectId>(subject);
        return acting(id, (request) => identity(caller, request, body.step, whose));
      },
    }),
    route({
      method: "POST",
      path: "/v1/admin/privacy-requests/:id/lifting",
      operationId: "liftRestriction",
      tag,
      summary: "Announce the end of a restriction",
      description: "The person is mailed the reason; the restriction ends 7 days later (GDPR Art. 18(3)).",
      permission,
      params,
      body: Lifting,
      success: changed,
      problems: ["not-found", "request-state-conflict", "conflict"],
      handle: ({ caller, params: { id }, body }) =>
        acting(id, (request) => privacyRequests.announceLift(caller, { id: request, reason: body.reason })),
    }),
  ];
};
