import { t } from "elysia";
import type { PrivacyRequestView } from "../../../app/application.ts";
import { answering } from "../../../app/idempotency/begin-request.ts";
import { type CommentId, type PrivacyRequestId, parseId } from "../../../domain/shared/ids.ts";
import { err, ok, type Result } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { clearedSiteData } from "../dead-cookies.ts";
import type { Refusal } from "../refusals.ts";
import { type Answer, json, keptAnswer, type Route, route } from "../route.ts";
import { PAGE_QUERY, pageRequest, uuid } from "../schemas/kinds.ts";
import {
  Confirmation,
  NewPrivacyRequest,
  PrivacyRequestBody,
  PrivacyRequestPage,
  privacyRequestBody,
} from "../schemas/privacy-requests.ts";

const NOT_FOUND: Result<never, Refusal> = err({ type: "not-found" });
const params = { id: uuid() };

const answered = (request: PrivacyRequestView): Answer => json(privacyRequestBody(request));

/** Her cookies stay: with them she can take it back until it is carried out. */
const CLEARED = "After an erasure, over TLS: what this browser keeps of the site, but cookies, goes at once";

export const privacyRequestRoutes = ({ application, https }: Service): readonly Route[] => {
  const { privacyRequests } = application;
  const cleared = ({ type }: PrivacyRequestView): Readonly<Record<string, string>> =>
    type === "erasure" ? clearedSiteData(https) : {};
  const filed = (request: PrivacyRequestView): Answer =>
    json(privacyRequestBody(request), {
      status: 201,
      headers: { Location: `/v1/privacy-requests/${request.id}`, ...cleared(request) },
    });
  return [
    route({
      method: "POST",
      path: "/v1/privacy-requests",
      operationId: "filePrivacyRequest",
      tag: "privacy requests",
      summary: "Exercise a right",
      description:
        "A restriction, an objection to direct marketing and a correction are carried out at once, an erasure gets its date. A session is proof enough; a weaker credential is confirmed by a link to the address on file, where there is one. Nobody needs an account.",
      permission: ["rights-holder"],
      body: NewPrivacyRequest,
      budget: "consent",
      success: {
        status: 201,
        description: "Taken in",
        schema: PrivacyRequestBody,
        headers: { Location: "Where to follow it", "Clear-Site-Data": CLEARED },
      },
      problems: [
        "stronger-proof-required",
        "request-already-open",
        "address-in-use",
        "comment-already-removed",
        "content-empty",
        "not-found",
        "conflict",
      ],
      handle: async ({ caller, body }) => {
        const { rectification } = body;
        const comment = rectification?.comment ?? null;
        const id = comment === null ? null : parseId<CommentId>(comment.id);
        if (comment !== null && id === null) return NOT_FOUND;
        const done = await privacyRequests.file(
          answering(caller, (request: PrivacyRequestView) => keptAnswer(filed(request))),
          {
            type: body.type,
            statement: body.statement ?? null,
            comments: body.comments ?? null,
            purpose: body.purpose ?? null,
            ground: body.ground ?? null,
            rectification:
              rectification === null || rectification === undefined
                ? null
                : {
                    name: rectification.name ?? null,
                    email: rectification.email ?? null,
                    comment: comment === null || id === null ? null : { id, content: comment.content },
                  },
          },
        );
        return done.ok ? ok(filed(done.value)) : done;
      },
    }),
    route({
      method: "GET",
      path: "/v1/privacy-requests",
      operationId: "listPrivacyRequests",
      tag: "privacy requests",
      summary: "One's own requests, oldest first",
      description:
        "A cookie, a receipt or an edit token of somebody who could prove more shows what was asked with its like, and nothing else.",
      permission: ["rights-holder"],
      query: t.Object(PAGE_QUERY),
      success: { status: 200, description: "A page", schema: PrivacyRequestPage },
      problems: [],
      handle: async ({ caller, query }) => {
        const found = await privacyRequests.list(caller, pageRequest(query));
        return found.ok
          ? ok(
              json({
                items: found.value.items.map(privacyRequestBody),
                next_cursor: found.value.next_cursor,
              }),
            )
          : found;
      },
    }),
    route({
      method: "GET",
      path: "/v1/privacy-requests/:id",
      operationId: "readPrivacyRequest",
      reads: "privacy_request",
      tag: "privacy requests",
      summary: "One request",
      description: "Found by the person whose it is, and by admins.",
      permission: ["rights-holder"],
      params,
      success: { status: 200, description: "The request", schema: PrivacyRequestBody },
      problems: ["not-found"],
      handle: async ({ caller, params: { id } }) => {
        const request = parseId<PrivacyRequestId>(id);
        if (request === null) return NOT_FOUND;
        const found = await privacyRequests.read(caller, request);
        return found.ok ? ok({ ...answered(found.value), asStaff: found.value.seen_as_staff }) : found;
      },
    }),
    route({
      method: "POST",
      path: "/v1/privacy-requests/:id/cancellation",
      operationId: "cancelPrivacyRequest",
      tag: "privacy requests",
      summary: "Take a request back",
      description:
        "An erasure until it has begun. A restriction that is in force ends at once: it is the person's own.",
      permission: ["rights-holder"],
      params,
      success: { status: 200, description: "Taken back", schema: PrivacyRequestBody },
      problems: ["not-found", "request-state-conflict", "stronger-proof-required", "conflict"],
      handle: async ({ caller, params: { id } }) => {
        const request = parseId<PrivacyRequestId>(id);
        if (request === null) return NOT_FOUND;
        const done = await privacyRequests.cancel(caller, request);
        return done.ok ? ok(answered(done.value)) : done;
      },
    }),
    route({
      method: "POST",
      path: "/v1/privacy-requests/:id/confirmation",
      operationId: "confirmPrivacyRequest",
      tag: "privacy requests",
      summary: "Confirm a request by the link that was mailed",
      description:
        "Whoever holds the link holds the mailbox: no other credential is looked at. It works once, for 7 days.",
      permission: ["none"],
      params,
      body: Confirmation,
      success: {
        status: 200,
        description: "Confirmed",
        schema: PrivacyRequestBody,
        headers: { "Clear-Site-Data": CLEARED },
      },
      problems: [
        "confirmation-invalid",
        "subject-erased",
        "address-in-use",
        "comment-already-removed",
        "content-empty",
        "not-found",
        "conflict",
        "service-unavailable",
      ],
      handle: async ({ caller, params: { id }, body }) => {
        const request = parseId<PrivacyRequestId>(id);
        if (request === null) return err({ type: "confirmation-invalid" });
        const done = await privacyRequests.confirm(caller, { id: request, token: body.token });
        return done.ok ? ok(json(privacyRequestBody(done.value), { headers: cleared(done.value) })) : done;
      },
    }),
  ];
};
