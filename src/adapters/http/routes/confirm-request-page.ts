import { ok } from "../../../domain/shared/result.ts";
import script from "../pages/confirm-request.page.js" with { type: "text" };
import { page } from "../pages/html.ts";
import style from "../pages/page.css" with { type: "text" };
import { type Route, route } from "../route.ts";

const MAIN = `<main>
<h1>Confirm your request</h1>
<noscript><p>Confirming needs JavaScript. That way the link keeps its secret from every server log.</p></noscript>
<p id="explanation">You asked for something to be done with your data. Nothing happens until you confirm that it was you.</p>
<p><button type="button" id="confirm" hidden>Confirm</button></p>
<p id="status" role="status"></p>
</main>`;

export const confirmRequestPageRoutes = (): readonly Route[] => [
  route({
    method: "GET",
    path: "/confirm-request",
    operationId: "readConfirmRequestPage",
    tag: "privacy requests",
    summary: "Where the link leads that confirms a privacy request",
    description:
      "Waits for a click, because mail scanners follow links. The token stands behind `#` and is sent to no server until then.",
    permission: ["none"],
    success: { status: 200, description: "The page", schema: null, contentType: "text/html" },
    problems: [],
    handle: async () => ok(page({ title: "Confirm your request", main: MAIN, style, script })),
  }),
];
