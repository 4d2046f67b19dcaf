import { t } from "elysia";
import type { NewSessionView } from "../../../app/application.ts";
import { SECOND } from "../../../domain/shared/instant.ts";
import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { endedSessionCookie, sessionCookie } from "../credentials.ts";
import { clearedSiteData } from "../dead-cookies.ts";
import { type Answer, json, type Route, route } from "../route.ts";
import {
  LinkSession,
  OpenedSession,
  openedSessionBody,
  ServiceSession,
  Session,
  sessionBody,
} from "../schemas/people.ts";

const CLEARED = "Over TLS: what this browser keeps of the site, but cookies, goes";

export const sessionRoutes = ({ application, cookies, clock, https }: Service): readonly Route[] => {
  const opened = (session: NewSessionView, forBrowser: boolean): Answer => {
    const seconds = Math.floor((session.expires_at - clock.now()) / SECOND);
    return json(openedSessionBody(session), {
      headers: { Location: "/v1/sessions/current" },
      cookies: forBrowser ? [sessionCookie(cookies, session.token, seconds)] : [],
    });
  };

  const signedOut = (): Answer => ({
    content: null,
    cookies: [endedSessionCookie(cookies)],
    headers: clearedSiteData(https),
  });

  return [
    route({
      method: "POST",
      path: "/v1/sessions",
      operationId: "openSession",
      tag: "sessions",
      summary: "Sign in",
      description:
        "With a `link_token` for everybody: sets the session cookie too, and ends the session that was in use. With an `external_user_id` for service credentials of the scope `sessions:create`: sets no cookie. A session ends after 24 hours.",
      permission: ["content:read"],
      body: t.Union([LinkSession, ServiceSession]),
      budget: "sign-in",
      success: {
        status: 201,
        description: "Signed in",
        schema: OpenedSession,
        headers: { Location: "The session" },
      },
      problems: [
        "sign-in-link-invalid",
        "credential-required",
        "permission-missing",
        "subject-erased",
        "conflict",
      ],
      handle: async ({ caller, body }) => {
        if ("link_token" in body) {
          const session = await application.sessions.signIn(caller, body);
          return session.ok ? ok(opened(session.value, true)) : session;
        }
        const session = await application.sessions.createServiceSession(caller, {
          external_user_id: body.external_user_id,
          permissions: body.permissions ?? null,
        });
        return session.ok ? ok(opened(session.value, false)) : session;
      },
    }),
    route({
      method: "GET",
      path: "/v1/sessions/current",
      operationId: "readCurrentSession",
      tag: "sessions",
      summary: "Who am I",
      permission: ["session"],
      success: { status: 200, description: "The session in use", schema: Session },
      problems: [],
      handle: async ({ caller }) => {
        const session = await application.sessions.currentSession(caller);
        return session.ok ? ok(json(sessionBody(session.value))) : session;
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/sessions/current",
      operationId: "signOut",
      tag: "sessions",
      summary: "Sign out",
      permission: ["session"],
      success: {
        status: 204,
        description: "Signed out; the cookie is gone",
        schema: null,
        headers: { "Clear-Site-Data": CLEARED },
      },
      problems: ["conflict"],
      handle: async ({ caller }) => {
        const done = await application.sessions.signOut(caller);
        return done.ok ? ok(signedOut()) : done;
      },
    }),
    route({
      method: "DELETE",
      path: "/v1/sessions",
      operationId: "signOutEverywhere",
      tag: "sessions",
      summary: "Sign out everywhere",
      description: "Ends every session of the person, on every device.",
      permission: ["session"],
      success: {
        status: 204,
        description: "Signed out everywhere; the cookie is gone",
        schema: null,
        headers: { "Clear-Site-Data": CLEARED },
      },
      problems: ["conflict"],
      handle: async ({ caller }) => {
        const done = await application.sessions.signOutEverywhere(caller);
        return done.ok ? ok(signedOut()) : done;
      },
    }),
  ];
};
