import { t } from "elysia";
import { err, ok } from "../../../domain/shared/result.ts";
import { page } from "../pages/html.ts";
import { renderMarkdown } from "../pages/markdown.ts";
import style from "../pages/page.css" with { type: "text" };
import { PROBLEMS } from "../problems.ts";
import type { ProblemCode } from "../refusals.ts";
import { type Route, route } from "../route.ts";

const FOLDER = new URL("../../../../docs/problems/", import.meta.url);

const isCode = (text: string): text is ProblemCode => Object.hasOwn(PROBLEMS, text);

export const problemRoutes = (): readonly Route[] => [
  route({
    method: "GET",
    path: "/problems/:type",
    operationId: "readProblemPage",
    tag: "service",
    summary: "What a problem means and what to do",
    description: "Where the `type` of every problem leads.",
    permission: ["none"],
    params: { type: t.String({ description: "The `code` of the problem", examples: ["not-found"] }) },
    success: { status: 200, description: "The page", schema: null, contentType: "text/html" },
    problems: ["not-found"],
    handle: async ({ params: { type } }) => {
      if (!isCode(type)) return err({ type: "not-found" });
      const markdown = await Bun.file(new URL(`${type}.md`, FOLDER)).text();
      const main = `<main>${renderMarkdown(markdown)}<p><a href="/docs">API reference</a></p></main>`;
      return ok(page({ title: PROBLEMS[type].title, main, style }));
    },
  }),
];
