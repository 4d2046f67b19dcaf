import { describe, expect, test } from "bun:test";
import { commentHtml } from "../../src/adapters/sanitize-html/comment-html.ts";
import { quotationOf, textOf } from "../../src/app/mail/html.ts";
import { moderationMail, pageOf, replyMail } from "../../src/app/mail/notification-mail.ts";
import type { CommentStatus } from "../../src/domain/comments/comment.ts";
import { codePoints } from "../../src/domain/shared/text.ts";
import { record } from "../support/records.ts";

const SITE = { publicUrl: "https://comments.example.org", allowedOrigins: ["https://www.example.org"] };
const STOP = "https://comments.example.org/unsubscribe/abc.def";

const turn = (content: string, status: CommentStatus = "approved", reason: string | null = null) => ({
  after: record("comments", { content: commentHtml.comment(content), status, thread: "/blog/post/" }),
  reason,
});

describe("a quotation", () => {
  test.each([
    ["Well said.", "Well said."],
    ["<p>One</p><p>two<br>three</p>", "One two three"],
    ["<ul><li>a</li><li>b</li></ul>", "a b"],
    ["a < b & c > d", "a < b & c > d"],
    ["<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "<script>alert(1)</script>"],
    ["<p>&#x1F389; &#233; &eacute; &amp;amp;</p>", "🎉 é é &amp;"],
    ['<a href="https://evil.example/x" title="a > b">here</a> ok', "here ok"],
    ["buy at https://evil.example/?q=1 now", "buy at [link] now"],
    ["see www.evil.example, or HTTP://EVIL.example", "see [link] or [link]"],
    ["write to bob@example.org, or <bob.b@mail.example.org>", "write to [address], or <[address]>"],
    ["turned \u202Earound\u2066 here", "turned around here"],
    ["a\r\n\r\n\tb\u2028c", "a b c"],
  ])("%j reads %j", (content, expected) => {
    expect(quotationOf(commentHtml.comment(content), 200)).toBe(expected);
  });

  test("has at most 200 characters as people count them", () => {
    for (const text of ["x".repeat(1_000), "🦉".repeat(1_000), "one two ".repeat(125)]) {
      const quotation = quotationOf(commentHtml.comment(text), 200);
      expect(codePoints(quotation)).toBeLessThanOrEqual(200);
      expect(codePoints(quotation)).toBeGreaterThan(190);
      expect(quotation).toEndWith("…");
    }
    expect(quotationOf(commentHtml.comment("x".repeat(200)), 200)).toBe("x".repeat(200));
    expect(quotationOf(commentHtml.comment("x".repeat(201)), 200)).toBe(`${"x".repeat(199)}…`);
  });

  test("leaves a character reference to nothing out", () => {
    expect(textOf("a&#0;b&#xD800;c&#1114112;d&nbsp;e&bogus;")).toBe("abcd e&bogus;");
  });
});

describe("the page of a thread", () => {
  test.each([
    ["/blog/first-post/", "https://www.example.org/blog/first-post/"],
    ["/über uns?a=1", "https://www.example.org/%C3%BCber%20uns?a=1"],
    ["/../../x", "https://www.example.org/x"],
    ["blog/first-post", null],
    ["https://evil.example/", null],
    ["//evil.example/x", null],
    ["/\\evil.example/x", null],
    ["/\t/evil.example/x", null],
    ["javascript:alert(1)", null],
    ["post-42", null],
  ])("%j is %j", (thread, page) => {
    expect(pageOf(thread, SITE)).toBe(page);
  });

  test("is unknown where no site is configured", () => {
    expect(pageOf("/blog/", { allowedOrigins: [] })).toBeNull();
  });
});

describe("the mail about a reply", () => {
  const mail = replyMail(turn('<p>I <b>agree</b> &amp; "so" do <i>they</i>'), SITE, STOP);

  test("quotes it, leads to its page and says how to stop such mails", () => {
    expect(mail.subject).toBe("New reply to your comment on www.example.org");
    expect(mail.text).toContain('\n> I agree & "so" do they\n');
    expect(mail.text).toContain("\nhttps://www.example.org/blog/post/\n");
    expect(mail.text).toContain(`\n${STOP}\n`);
    expect(mail.unsubscribe_url).toBe(STOP);
  });

  test("is escaped in HTML, and has nothing that calls home", () => {
    expect(mail.html).toContain("<blockquote>I agree &amp; &quot;so&quot; do they</blockquote>");
    expect(mail.html).toContain(`<a href="${STOP}">${STOP}</a>`);
    const hostile = replyMail(
      turn("<p>&lt;img src=x onerror=alert(1)&gt; &lt;/blockquote&gt;</p>"),
      SITE,
      STOP,
    );
    expect(hostile.html).toContain("&lt;img src=x onerror=alert(1)&gt; &lt;/blockquote&gt;");
    for (const { html } of [mail, hostile]) {
      expect(html).not.toMatch(/<(?:img|script|style|link|iframe)\b|\sstyle=|\ssrc="/i);
    }
  });

  test("names the service and links nowhere where no site is configured", () => {
    const bare = replyMail(turn("Yes"), { ...SITE, allowedOrigins: [] }, STOP);
    expect(bare.subject).toContain("comments.example.org");
    expect(bare.text.match(/https:\S+/g)).toEqual([STOP]);
  });
});

describe("the mail about a moderator's decision", () => {
  test.each([
    ["approved", "is published now", true],
    ["rejected", "was not accepted", false],
    ["removed", "was removed", false],
  ] as const)("%s", (status, words, linked) => {
    const mail = moderationMail(turn("My words", status, "<b>off</b> topic\nreally"), SITE, STOP);
    expect(mail.subject).toBe(`Your comment on www.example.org ${words}`);
    expect(mail.text).toContain("\n> My words\n");
    expect(mail.text).toContain("\nThe reason given:\n<b>off</b> topic\nreally\n");
    expect(mail.html).toContain("<p>The reason given:<br>&lt;b&gt;off&lt;/b&gt; topic<br>really</p>");
    expect(mail.text.includes("https://www.example.org/blog/post/")).toBe(linked);
    expect(mail.unsubscribe_url).toBe(STOP);
  });

  test("says nothing of a reason where none was given", () => {
    expect(moderationMail(turn("My words", "removed"), SITE, STOP).text).not.toContain("reason");
  });
});
