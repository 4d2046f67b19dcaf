import { ok } from "../../../domain/shared/result.ts";
import { page } from "../pages/html.ts";
import style from "../pages/page.css" with { type: "text" };
import script from "../pages/sign-in.page.js" with { type: "text" };
import { type Route, route } from "../route.ts";

const MAIN = `<main>
<h1>Sign in</h1>
<noscript><p>Signing in needs JavaScript. That way the link keeps its secret from every server log.</p></noscript>
<p id="explanation">You asked for a link to sign in. It works once and for 15 minutes.</p>
<p><button type="button" id="sign-in" hidden>Sign in</button></p>
<p id="status" role="status"></p>
<p><a id="return" hidden>Go on</a></p>
</main>`;

export const signInPageRoutes = (): readonly Route[] => [
  route({
    method: "GET",
    path: "/sign-in",
    operationId: "readSignInPage",
    tag: "sessions",
    summary: "Where a sign-in link leads",
    description:
      "Waits for a click, because mail scanners follow links. The token stands behind `#` and is sent to no server until then.",
    permission: ["none"],
    success: { status: 200, description: "The page", schema: null, contentType: "text/html" },
    problems: [],
    handle: async () => ok(page({ title: "Sign in", main: MAIN, style, script })),
  }),
];
