import { t } from "elysia";
import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { page } from "../pages/html.ts";
import style from "../pages/page.css" with { type: "text" };
import { type Route, route } from "../route.ts";

/** Mail scanners follow links, so that opening this page changes nothing. */
const ASK = `<main>
<h1>Stop these mails?</h1>
<p>You will no longer be told by mail of replies to your comments or of what moderators decide on them. Links to sign in are still sent when you ask for one.</p>
<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<p><button>Stop these mails</button></p>
</form>
</main>`;

const DONE = `<main>
<h1>You will get no more of these mails</h1>
<p>Links to sign in are still sent when you ask for one.</p>
</main>`;

const params = { token: t.String({ description: "From the mail", examples: ["OGYz.bm8"] }) };

export const unsubscribeRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "GET",
    path: "/unsubscribe/:token",
    operationId: "readUnsubscribePage",
    tag: "notifications",
    summary: "Where the link in a notification leads",
    description: "Asks with a button and changes nothing, because mail scanners follow links.",
    permission: ["none"],
    params,
    success: { status: 200, description: "The page", schema: null, contentType: "text/html" },
    problems: ["not-found", "service-unavailable"],
    handle: async ({ params: { token } }) => {
      const known = await application.notifications.checkUnsubscribeLink(token);
      return known.ok ? ok(page({ title: "Stop these mails?", main: ASK, style })) : known;
    },
  }),
  route({
    method: "POST",
    path: "/unsubscribe/:token",
    operationId: "unsubscribe",
    tag: "notifications",
    summary: "Stop notifications by mail",
    description:
      "One click in a mail program (RFC 8058), or the button of the page. No cookie and no other credential is looked at: the link is enough. Doing it again changes nothing.",
    permission: ["none"],
    params,
    body: t.Object(
      { "List-Unsubscribe": t.Optional(t.Literal("One-Click")) },
      { additionalProperties: false, examples: [{ "List-Unsubscribe": "One-Click" }] },
    ),
    optionalBody: true,
    formBody: true,
    success: { status: 200, description: "Stopped", schema: null, contentType: "text/html" },
    problems: ["not-found", "conflict", "service-unavailable"],
    handle: async ({ caller, params: { token } }) => {
      const done = await application.notifications.unsubscribe(caller, token);
      return done.ok ? ok(page({ title: "Stopped", main: DONE, style })) : done;
    },
  }),
];
