import { answering } from "../../../app/idempotency/begin-request.ts";
import { ok } from "../../../domain/shared/result.ts";
import type { Service } from "../context.ts";
import { json, keptAnswer, type Route, route } from "../route.ts";
import { Accepted, NewSignInLink } from "../schemas/people.ts";

const ACCEPTED = json({ status: "accepted" });

export const signInLinkRoutes = ({ application }: Service): readonly Route[] => [
  route({
    method: "POST",
    path: "/v1/sign-in-links",
    operationId: "requestSignInLink",
    tag: "sessions",
    summary: "Ask for a sign-in link by e-mail",
    description:
      "The answer is the same whether the address is known or not. The link works once and for 15 minutes, and opens a page that waits for a click.",
    permission: ["content:read"],
    body: NewSignInLink,
    budget: "sign-in",
    success: { status: 202, description: "Accepted, whatever becomes of it", schema: Accepted },
    problems: ["return-to-not-allowed", "conflict"],
    handle: async ({ caller, body }) => {
      const asked = await application.sessions.requestSignInLink(
        answering(caller, () => keptAnswer(ACCEPTED)),
        {
          email: body.email,
          return_to: body.return_to ?? null,
        },
      );
      return asked.ok ? ok(ACCEPTED) : asked;
    },
  }),
];
