import { describe, expect, test } from "bun:test";
import { MINUTE } from "../../src/domain/shared/instant.ts";
import { codeOf, pointersOf, type TestServer, testServer } from "../support/http.ts";
import { person, post } from "../support/http-people.ts";

const AUTHOR = "erika@example.org";
const PATH = "/v1/threads/%2Fblog%2Fpost%2F/comments";

interface Listed {
  readonly id: string;
  readonly parent_id: string | null;
  readonly depth: number;
  readonly content: string | null;
  readonly replies: Listed[];
  readonly replies_cursor: string | null;
}

const list = async (
  server: TestServer,
  query = "",
): Promise<{ items: Listed[]; next_cursor: string | null }> => {
  const response = await server.request("GET", `${PATH}${query}`);
  expect(response.status).toBe(200);
  return (await response.json()) as { items: Listed[]; next_cursor: string | null };
};

describe("posting", () => {
  test("answers the comment with its address, version and edit token", async () => {
    const server = await testServer({ moderation: "pre" });
    const { token } = await person(server, AUTHOR);
    const { data, response } = await server.client(token).POST("/v1/threads/{thread}/comments", {
      params: { path: { thread: "/blog/post/" } },
      body: {
        content: "<p onclick=x>Hello <strong>you</strong><script>alert(1)</script></p>",
        author_name: "Erika",
        gdpr_consent: true,
      },
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("location")).toBe(`/v1/comments/${data?.id}`);
    expect(response.headers.get("etag")).toBe('"1"');
    expect(data).toMatchObject({
      thread: "/blog/post/",
      status: "pending",
      author_name: "Erika",
      content: "<p>Hello <strong>you</strong></p>",
      depth: 0,
      version: 1,
    });
    expect(data?.edit_token).toMatch(/^gne_[\w-]{43}$/);
    expect(data?.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("counts characters, not UTF-16 units", async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    expect((await post(server, token, { content: "🙂".repeat(1000) })).version).toBe(1);
    const json = { content: "🙂".repeat(1001), author_name: "Erika", gdpr_consent: true };
    const response = await server.request("POST", PATH, { token, json });
    expect(response.status).toBe(422);
    expect(await pointersOf(response)).toEqual(["#/content"]);
  });

  test("names every wrong field at once", async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    const response = await server.request("POST", PATH, {
      token,
      json: { content: " ", author_name: "\u0000", author_email: "nobody", gdpr_consent: true },
    });
    expect(response.status).toBe(422);
    expect(await pointersOf(response)).toEqual(["#/content", "#/author_name", "#/author_email"]);
  });

  test.each([
    ["gdpr-consent-required", 422, { gdpr_consent: false }],
    ["content-empty", 422, { content: "<img src=x>" }],
    ["parent-not-found", 422, { parent_id: "0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b" }],
  ] as const)("is refused as %s", async (code, status, change) => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    const json = { content: "Hello", author_name: "Erika", gdpr_consent: true, ...change };
    const response = await server.request("POST", PATH, { token, json });
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });
});

describe("a thread", () => {
  test("whose name has slashes, spaces and umlauts is one path segment", async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    for (const thread of ["/blog/2026/über uns/", "a%2Fb", "?q=1#x"]) {
      const { id } = await post(server, token, { thread });
      const path = `/v1/threads/${encodeURIComponent(thread)}/comments`;
      const response = await server.request("GET", path);
      const { items } = (await response.json()) as { items: { id: string; thread: string }[] };
      expect(items.map((item) => [item.id, item.thread])).toEqual([[id, thread]]);
    }
  });

  test.each([
    ["%E0%A4%A", 404],
    ["%00", 422],
    ["%20", 422],
    ["x".repeat(201), 422],
  ])("%s is none", async (segment, status) => {
    const server = await testServer();
    const response = await server.request("GET", `/v1/threads/${segment}/comments`);
    expect(response.status).toBe(status);
  });

  test("shows roots oldest first with their branches, and pages both", async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    const roots: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      roots.push((await post(server, token, { content: `root ${n}` })).id);
      server.pass(1);
    }
    const [first = ""] = roots;
    const replies: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      const parent_id = replies.at(-1) ?? first;
      replies.push((await post(server, token, { content: `reply ${n}`, parent_id })).id);
      server.pass(1);
    }

    const page = await list(server, "?limit=2");
    expect(page.items.map(({ id }) => id)).toEqual(roots.slice(0, 2));
    expect(page.items[0]?.replies.map(({ id }) => id)).toEqual(replies.slice(0, 10));
    expect(page.items[0]?.replies.map(({ depth }) => depth)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(page.items[1]).toMatchObject({ replies: [], replies_cursor: null });
    const second = await list(server, `?limit=2&cursor=${page.next_cursor}`);
    expect([second.items.map(({ id }) => id), second.next_cursor]).toEqual([roots.slice(2), null]);

    const rest = await list(server, `?root=${first}&cursor=${page.items[0]?.replies_cursor}`);
    expect(rest.items.map(({ id }) => id)).toEqual(replies.slice(10));
    expect(rest.items.map(({ parent_id }) => parent_id)).toEqual(replies.slice(9, 11));
  });

  test("keeps the place of a removed comment, and nothing of it", async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    const root = await post(server, token, { content: "to be removed" });
    await post(server, token, { parent_id: root.id });
    const removed = await server.request("DELETE", `/v1/comments/${root.id}`, {
      token,
      headers: { "if-match": "*" },
    });
    expect(removed.status).toBe(204);
    const { items } = await list(server);
    expect(items[0]).toMatchObject({ id: root.id, status: "removed", content: null, author_name: null });
    expect(items[0]?.replies).toHaveLength(1);
  });

  test.each([
    ["?cursor=nonsense", "#/cursor"],
    ["?root=nonsense", "#/root"],
    ["?status=published", "#/status"],
    ["?limit=0", "#/limit"],
  ])("refuses %s", async (query, pointer) => {
    const response = await (await testServer()).request("GET", PATH + query);
    expect(response.status).toBe(422);
    expect(await pointersOf(response)).toEqual([pointer]);
  });
});

describe("If-Match", () => {
  const setUp = async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    const { id } = await post(server, token);
    const edit = (ifMatch: string | null) =>
      server.request("PATCH", `/v1/comments/${id}`, {
        token,
        json: { content: "changed" },
        headers: ifMatch === null ? {} : { "if-match": ifMatch },
      });
    return { server, token, id, edit };
  };

  test("is needed", async () => {
    const { server, token, id, edit } = await setUp();
    const response = await edit(null);
    expect([response.status, await codeOf(response)]).toEqual([428, "precondition-required"]);
    expect((await server.request("DELETE", `/v1/comments/${id}`, { token })).status).toBe(428);
  });

  test.each(['"1"', "*", '"7", "1"', ' "1" '])("%s matches version 1", async (ifMatch) => {
    const { server, id, edit } = await setUp();
    const response = await edit(ifMatch);
    expect([response.status, response.headers.get("etag")]).toEqual([200, '"2"']);
    const read = await server.request("GET", `/v1/comments/${id}`);
    expect([read.headers.get("etag"), await read.json()]).toMatchObject([
      '"2"',
      { content: "<p>changed</p>" },
    ]);
  });

  test.each(['"2"', 'W/"1"', "1", '""', '"x"', '"01"', '"7", "8"', '"1', ""])(
    "%s does not",
    async (ifMatch) => {
      const { edit } = await setUp();
      const response = await edit(ifMatch);
      expect([response.status, await codeOf(response)]).toEqual([412, "version-mismatch"]);
    },
  );
});

describe("editing and removing", () => {
  test("ends after fifteen minutes for the text, never for the removal", async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    const { id } = await post(server, token);
    server.pass(15 * MINUTE);
    const headers = { "if-match": '"1"' };
    const edit = await server.request("PATCH", `/v1/comments/${id}`, {
      token,
      headers,
      json: { content: "late" },
    });
    expect([edit.status, await codeOf(edit)]).toEqual([403, "edit-window-over"]);
    expect((await server.request("DELETE", `/v1/comments/${id}`, { token, headers })).status).toBe(204);
    const again = await server.request("DELETE", `/v1/comments/${id}`, {
      token,
      headers: { "if-match": "*" },
    });
    expect([again.status, await codeOf(again)]).toEqual([409, "comment-already-removed"]);
  });

  test("works with the edit token of this comment, and of no other", async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    const [mine, other] = [await post(server, token), await post(server, token)];
    const headers = { "if-match": "*" };
    const json = { content: "by token" };
    const own = await server.request("PATCH", `/v1/comments/${mine.id}`, {
      token: mine.edit_token,
      headers,
      json,
    });
    expect(own.status).toBe(200);
    const foreign = await server.request("PATCH", `/v1/comments/${mine.id}`, {
      token: other.edit_token,
      headers,
      json,
    });
    expect([foreign.status, await codeOf(foreign)]).toEqual([403, "not-the-author"]);
  });
});

describe("a report", () => {
  test("puts a public comment into the queue, from anybody", async () => {
    const server = await testServer();
    const { token } = await person(server, AUTHOR);
    const { id } = await post(server, token);
    const response = await server.request("POST", `/v1/comments/${id}/reports`, {
      json: { reason: "Advertising" },
    });
    expect([response.status, await response.text()]).toEqual([202, '{"status":"accepted"}']);
    const moderator = await person(server, "mod@example.org", "moderator");
    const { data } = await server.client(moderator.token).GET("/v1/moderation/queue");
    expect(data?.items.map((item) => item.id)).toEqual([id]);
  });
});
