import { t } from "elysia";
import { ok } from "../../../domain/shared/result.ts";
import { openApiDocument } from "../openapi.ts";
import { page } from "../pages/html.ts";
import style from "../pages/page.css" with { type: "text" };
import script from "../pages/reference.page.js" with { type: "text" };
import { json, type Route, route } from "../route.ts";
import { named } from "../schemas/kinds.ts";

const MAIN = `<a class="skip" href="#operations">Skip to the operations</a>
<header><h1 id="title">API reference</h1><div id="about"><p role="status">Loading …</p></div></header>
<nav id="contents" aria-label="Operations"></nav>
<main id="operations" tabindex="-1"></main>
<noscript><p>The reference is drawn from <a href="/docs/json">the OpenAPI document</a>, which needs JavaScript.</p></noscript>`;

const Document = named("OpenApiDocument", t.Object({}, { additionalProperties: true }));

/** `routes` is asked for when the document is first wanted: these routes stand in it too. */
export const docsRoutes = (routes: () => readonly Route[]): readonly Route[] => {
  let document: Promise<object> | undefined;
  return [
    route({
      method: "GET",
      path: "/docs",
      operationId: "readReference",
      tag: "service",
      summary: "The API reference",
      permission: ["none"],
      success: { status: 200, description: "The page", schema: null, contentType: "text/html" },
      problems: [],
      handle: async () => ok(page({ title: "API reference", main: MAIN, style, script })),
    }),
    route({
      method: "GET",
      path: "/docs/json",
      operationId: "readOpenApiDocument",
      tag: "service",
      summary: "The OpenAPI document",
      permission: ["none"],
      success: { status: 200, description: "The document", schema: Document },
      problems: [],
      cacheControl: "no-cache",
      handle: async () => {
        document ??= openApiDocument(routes());
        return ok(json(await document));
      },
    }),
  ];
};
