import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { commentHtml } from "../../src/adapters/sanitize-html/comment-html.ts";
import { VECTORS } from "./html-vectors.ts";

const { comment, text } = commentHtml;

/** The whole language of stored comments: whatever does not match it could be markup of another kind. */
const LANGUAGE =
  /^(?:[^<>]|<\/?(?:p|strong|em|ul|ol|li)>|<br>|<\/a>|<a href="(?:https?:\/\/|mailto:)[^"<>]*"(?: title="[^"<>]+")?>)*$/;

const expectReduced = (html: string): void => {
  expect(html).toMatch(LANGUAGE);
  const open: string[] = [];
  for (const [, slash, name] of html.matchAll(/<(\/?)([a-z]+)/g)) {
    if (name === "br") continue;
    if (slash === "") open.push(name ?? "");
    else expect(open.pop()).toBe(name as string);
  }
  expect(open).toEqual([]);
};

describe("a comment in HTML", () => {
  test.each([
    [
      "the allow-list stays",
      "<p>a<br>b <strong>c</strong> <em>d</em></p>",
      "<p>a<br>b <strong>c</strong> <em>d</em></p>",
    ],
    ["lists stay", "<ul><li>a</li></ul><ol><li>b</li></ol>", "<ul><li>a</li></ul><ol><li>b</li></ol>"],
    [
      "a link stays with its title",
      '<p><a href="https://example.org/x" title="T">a</a></p>',
      '<p><a href="https://example.org/x" title="T">a</a></p>',
    ],
    ["every other attribute goes", '<p class="x" id="y" onclick="z" style="color:red">a</p>', "<p>a</p>"],
    [
      "of a link too",
      '<a href="https://example.org/" target="_blank" rel="x" onclick="y">a</a>',
      '<p><a href="https://example.org/">a</a></p>',
    ],
    ["other tags go, their text stays", "<h1>a</h1><p><b>b</b> <i>c</i> <span>d</span></p>", "a<p>b c d</p>"],
    ["scripts go with their text", "<p>a</p><script>alert(1)</script>", "<p>a</p>"],
    ["styles go with their text", "<style>p{}</style><p>a</p>", "<p>a</p>"],
    ["open tags are closed", "<p>a <em>b", "<p>a <em>b</em></p>"],
    ["stray ends go", "<p>a</p></div></strong>", "<p>a</p>"],
    ["empty elements go", "<p></p><p>a<em></em></p><ul><li></li></ul>", "<p>a</p>"],
    ["comments go", "<p>a<!-- b --></p>", "<p>a</p>"],
    [
      "entities are kept as what they mean",
      "<p>a &amp; b &lt;c&gt; &eacute;</p>",
      "<p>a &amp; b &lt;c&gt; é</p>",
    ],
    ["line breaks inside marked-up blocks mean nothing", "<div>a\nb</div>", "<p>a b</p>"],
    ["line breaks between inline tags are kept", "a <em>b</em>\nc\n\nd", "<p>a <em>b</em><br>c</p><p>d</p>"],
    ["an element across a blank line is not torn", "<em>a\n\nb</em>", "<p><em>a<br><br>b</em></p>"],
    ["control characters behind entities go", "<p>a&#1;b&#x1f;c</p>", "<p>abc</p>"],
  ])("%s", (_, content, reduced) => {
    expect(comment(content)).toBe(reduced);
  });

  test.each([
    ["http://example.org", "http://example.org/"],
    ["HTTPS://Example.ORG/A?b=c&d=e#f", "https://example.org/A?b=c&amp;d=e#f"],
    ["mailto:ada@example.org", "mailto:ada@example.org"],
    ["https://münchen.example/ä b", "https://xn--mnchen-3ya.example/%C3%A4%20b"],
    ["  https://example.org/x\t", "https://example.org/x"],
  ])("a link to %s stays", (href, stored) => {
    expect(comment(`<a href="${href}">x</a>`)).toBe(`<p><a href="${stored}">x</a></p>`);
  });

  test.each([
    "",
    "x",
    "/x",
    "../x",
    "#x",
    "?x",
    "//example.org",
    "\\\\example.org",
    "http:example.org",
    "https:/example.org",
    "https://",
    "mailto:",
    "ftp://example.org",
    "file:///etc/passwd",
    "tel:1",
    "data:text/html,<script>alert(1)</script>",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript&colon;alert(1)",
    "\u0001javascript:alert(1)",
    "vbscript:msgbox(1)",
    "blob:https://example.org/1",
    "https://user:password@example.org/",
    "https://example.org@evil.example/",
  ])("a link to %j goes, its text stays", (href) => {
    expect(comment(`<p><a href="${href}">x</a></p>`)).toBe("<p>x</p>");
  });
});

describe("what an attacker tries", () => {
  test.each(VECTORS)("%s", (vector) => {
    for (const content of [vector, `<p>a</p>${vector}`, `${vector}<p>b</p>`]) {
      const reduced = comment(content);
      expectReduced(reduced);
      expect(comment(reduced)).toBe(reduced);
      expectReduced(text(content));
    }
  });

  test("tags nest no deeper than a browser can bear, and long rubbish ends soon", () => {
    const deep = comment(`${"<ul><li>".repeat(4_000)}x`);
    expect(deep.match(/<ul>/g)?.length).toBeLessThanOrEqual(20);
    for (const rubbish of [
      "<",
      "<a ",
      "<!--",
      "&",
      " ",
      "\n",
      "</p>",
      "<em>",
      ">",
      "<iframe>",
      "<p>",
      "<a href='",
    ]) {
      const content = rubbish.repeat(Math.floor(65_536 / rubbish.length));
      expectReduced(comment(content));
      expectReduced(comment(`>${content}`));
      expectReduced(comment(`${content}>`));
    }
  });
});

describe("plain text", () => {
  test.each([
    ["one line is a paragraph", "Hello", "<p>Hello</p>"],
    ["a line break stays", "a\nb", "<p>a<br>b</p>"],
    ["whatever the system's line ends", "a\r\nb\rc", "<p>a<br>b<br>c</p>"],
    ["a blank line parts paragraphs", "a\n\nb\n \n\n c ", "<p>a</p><p>b</p><p>c</p>"],
    ["space around goes", "\n\n  a  \n\n", "<p>a</p>"],
    [
      "what looks like HTML but is none stays",
      "a < b & c > d <3 <- 1<2",
      "<p>a &lt; b &amp; c &gt; d &lt;3 &lt;- 1&lt;2</p>",
    ],
    ["a tag that never ends is text", "a <b", "<p>a &lt;b</p>"],
    ["an entity is text", "&lt; &eacute;", "<p>&amp;lt; &amp;eacute;</p>"],
  ])("%s", (_, content, reduced) => {
    expect(comment(content)).toBe(reduced);
    expect(text(content)).toBe(reduced);
  });

  test("as such: nothing in it is markup", () => {
    expect(text("<p>a</p>\n<script>b</script>")).toBe(
      "<p>&lt;p&gt;a&lt;/p&gt;<br>&lt;script&gt;b&lt;/script&gt;</p>",
    );
  });
});

describe("nothing to read", () => {
  test.each([
    "",
    " \n\t ",
    "<p></p>",
    "<p> <br> &nbsp;</p>",
    "<p>\u200b\ufeff\u00ad\u3164</p>",
    "\u200b",
    "<script>alert(1)</script>",
    "<!-- a -->",
    "<img src=x>",
    '<a href="https://example.org/"></a>',
    "<ul><li></li></ul>",
    "&#1;".replace("&#1;", "\u0001"),
  ])("%j is empty", (content) => {
    expect(comment(content)).toBe("");
  });
});

describe("every comment", () => {
  const piece = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        "<p>",
        "</p>",
        "<br>",
        "<br/>",
        "<strong>",
        "</strong>",
        "<em>",
        "</em>",
        "<ul>",
        "</ul>",
        "<ol>",
        "<li>",
        "</li>",
        "</a>",
        "<a href='https://example.org/?a=b&c'>",
        "<a href=mailto:a@b.example title='x \" y'>",
        "<a href=/x>",
      ),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        "<div>",
        "</div>",
        "<script>",
        "</script>",
        "<style>",
        "<svg>",
        "<b>",
        "<noscript>",
        "</noscript>",
        "<iframe>",
        "<textarea>",
        "<title>",
        "<table>",
        "<!--",
        "-->",
        "<![CDATA[",
        "<",
        ">",
        "&",
        "&lt;",
        "&#60;",
        "&nbsp;",
        "'",
        '"',
        "=",
        "/",
        "`",
      ),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom("\n", "\n\n", "\r\n", " ", "\t", "\u00a0", "a", "b c", "ü", "😀"),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
  );
  const content = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(""));

  test("is in the language of comments, balanced, and the same when reduced again", () => {
    fc.assert(
      fc.property(content, (source) => {
        const reduced = comment(source);
        expectReduced(reduced);
        expect(comment(reduced)).toBe(reduced);
      }),
      { numRuns: 2_000 },
    );
  });

  test("as plain text shows each of its visible characters in order", () => {
    fc.assert(
      fc.property(content, (source) => {
        const shown = text(source);
        expectReduced(shown);
        const visible = (of: string): string =>
          of.replace(/[\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]/gu, "");
        const read = shown
          .replace(/<[^>]*>/g, "")
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&amp;", "&");
        expect(visible(read)).toBe(visible(source));
      }),
      { numRuns: 1_000 },
    );
  });
});
