import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { renderMarkdown } from "../../src/adapters/http/pages/markdown.ts";
import { PROBLEMS } from "../../src/adapters/http/problems.ts";
import type { ProblemCode } from "../../src/adapters/http/refusals.ts";
import { testServer } from "../support/http.ts";

const FOLDER = join(import.meta.dir, "../../docs/problems");
const CODES = Object.keys(PROBLEMS) as ProblemCode[];

describe("the catalogue", () => {
  test("has a page for every problem, and no page for anything else", () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(CODES.map((code) => `${code}.md`).toSorted());
  });

  test.each(CODES)("%s is explained as it is answered", (code) => {
    const text = readFileSync(join(FOLDER, `${code}.md`), "utf8");
    const { status, title, error, detail } = PROBLEMS[code];
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(text).toStartWith(`# ${title}\n\nStatus ${status}, code \`${code}\`.\n`);
    expect(text).toContain("\n## What to do\n\n- ");
    const example = JSON.parse(/```json\n([\s\S]+?)\n```/.exec(text)?.[1] ?? "null");
    expect(example).toMatchObject({ type: `/problems/${code}`, code, status, title, error, detail });
  });

  test.each(CODES)("%s is served where its type leads", async (code) => {
    const response = await (await testServer()).request("GET", `/problems/${code}`);
    const html = await response.text();
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(html).toContain(`<h1>${PROBLEMS[code].title}</h1>`);
    expect(html).toContain("<h2>What to do</h2>\n<ul><li>");
    // What Markdown would have drawn and this renderer does not know would stand there as it is.
    expect(html.replaceAll(/<style[\s\S]*?<\/style>|<pre[\s\S]*?<\/pre>/g, "")).not.toMatch(
      /```|\*\*|\]\(|`/,
    );
  });
});

describe("the renderer", () => {
  test("escapes everything, also in code", () => {
    expect(renderMarkdown('<b> & "x" `<i>`')).toBe(
      "<p>&lt;b&gt; &amp; &quot;x&quot; <code>&lt;i&gt;</code></p>",
    );
  });

  test("keeps blank lines inside a fence", () => {
    expect(renderMarkdown("# A\n\n```json\n{\n\n}\n```\n\n- one\n  more\n- two")).toBe(
      '<h1>A</h1>\n<pre tabindex="0"><code>{\n\n}</code></pre>\n<ul><li>one more</li><li>two</li></ul>',
    );
  });
});
