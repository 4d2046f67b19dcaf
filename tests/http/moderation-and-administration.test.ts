import { describe, expect, test } from "bun:test";
import { codeOf, pointersOf, testServer } from "../support/http.ts";
import { person, post, serviceToken } from "../support/http-people.ts";

describe("moderation", () => {
  test("decides on what waits, longest waiting first, page by page", async () => {
    const server = await testServer({ moderation: "pre" });
    const author = await person(server, "erika@example.org");
    const moderator = await person(server, "mod@example.org", "moderator");
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      ids.push((await post(server, author.token, { content: `waits ${n}` })).id);
      server.pass(1);
    }
    const client = server.client(moderator.token);
    const page = await client.GET("/v1/moderation/queue", { params: { query: { limit: 2 } } });
    expect(page.data?.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await client.GET("/v1/moderation/queue", {
      params: { query: { limit: 2, cursor: page.data?.next_cursor ?? "" } },
    });
    expect([rest.data?.items.map(({ id }) => id), rest.data?.next_cursor]).toEqual([ids.slice(2), null]);

    const [approved = "", rejected = ""] = ids;
    const decide = async (id: string, decision: "approve" | "reject" | "remove") =>
      client.POST("/v1/comments/{id}/moderation", { params: { path: { id } }, body: { decision } });
    expect((await decide(approved, "approve")).data?.status).toBe("approved");
    expect((await decide(rejected, "reject")).data?.status).toBe("rejected");
    const again = await decide(rejected, "reject");
    expect([again.response.status, again.error?.code]).toEqual([409, "moderation-not-possible"]);
    const left = await client.GET("/v1/moderation/queue");
    expect(left.data?.items.map(({ id }) => id)).toEqual(ids.slice(2));

    const byStatus = await client.GET("/v1/threads/{thread}/comments", {
      params: { path: { thread: "/blog/post/" }, query: { status: "rejected" } },
    });
    expect(byStatus.data?.items.map(({ id }) => id)).toEqual([rejected]);
    const publicly = await server.client().GET("/v1/threads/{thread}/comments", {
      params: { path: { thread: "/blog/post/" } },
    });
    expect(publicly.data?.items.map(({ id }) => id)).toEqual([approved]);
  });

  test.each(["x", "1.x", `1.${"0".repeat(36)}`, "-1.0196f6a2-3c4d-7e5f-8a9b-0c1d2e3f4a5b"])(
    "the cursor %s is none of the queue",
    async (cursor) => {
      const server = await testServer();
      const moderator = await person(server, "mod@example.org", "moderator");
      const response = await server.request("GET", `/v1/moderation/queue?cursor=${cursor}`, {
        token: moderator.token,
      });
      expect(response.status).toBe(422);
      expect(await pointersOf(response)).toEqual(["#/cursor"]);
    },
  );
});

describe("roles", () => {
  test("are given and taken by version, and act on the next request", async () => {
    const server = await testServer();
    const admin = await person(server, "admin@example.org", "admin");
    const { token, subject } = await person(server, "erika@example.org");
    const read = await server.request("GET", `/v1/admin/subjects/${subject}`, { token: admin.token });
    expect(await read.json()).toMatchObject({ id: subject, role: "commenter", status: "active" });
    const etag = read.headers.get("etag") ?? "";

    const put = (ifMatch: string, role: string) =>
      server.request("PUT", `/v1/admin/subjects/${subject}/role`, {
        token: admin.token,
        headers: { "if-match": ifMatch },
        json: { role },
      });
    const made = await put(etag, "moderator");
    expect([made.status, await made.json()]).toMatchObject([200, { role: "moderator" }]);
    expect((await server.request("GET", "/v1/moderation/queue", { token })).status).toBe(200);
    const stale = await put(etag, "commenter");
    expect([stale.status, await codeOf(stale)]).toEqual([412, "version-mismatch"]);
    expect((await put("*", "commenter")).status).toBe(200);
    expect((await server.request("GET", "/v1/moderation/queue", { token })).status).toBe(403);
  });

  test("the last admin keeps the role", async () => {
    const server = await testServer();
    const { token, subject } = await person(server, "admin@example.org", "admin");
    const response = await server.request("PUT", `/v1/admin/subjects/${subject}/role`, {
      token,
      headers: { "if-match": "*" },
      json: { role: "commenter" },
    });
    expect([response.status, await codeOf(response)]).toEqual([409, "last-admin"]);
  });
});

describe("service credentials", () => {
  test("are shown once, listed without the token, and refused once revoked", async () => {
    const server = await testServer();
    const admin = server.client((await person(server, "admin@example.org", "admin")).token);
    const made = await admin.POST("/v1/admin/service-credentials", {
      body: { name: "shop backend", scopes: ["sessions:create"] },
    });
    expect(made.response.status).toBe(201);
    const id = made.data?.id ?? "";
    const token = made.data?.token ?? "";
    expect(token).toMatch(/^gnk_[\w-]{43}$/);
    expect(made.response.headers.get("location")).toBe(`/v1/admin/service-credentials/${id}`);

    const list = await admin.GET("/v1/admin/service-credentials");
    expect(list.data?.items).toMatchObject([{ id, name: "shop backend", revoked_at: null }]);
    expect(JSON.stringify(list.data)).not.toContain(token);

    const open = () => server.request("POST", "/v1/sessions", { token, json: { external_user_id: "u" } });
    expect((await open()).status).toBe(201);
    const revoked = await admin.DELETE("/v1/admin/service-credentials/{id}", { params: { path: { id } } });
    expect(revoked.response.status).toBe(204);
    expect((await open()).status).toBe(401);
    const after = await admin.GET("/v1/admin/service-credentials");
    expect(after.data?.items[0]?.revoked_at).toBe("2026-03-02T12:00:00.000Z");
  });

  test("page, and refuse what they cannot hold", async () => {
    const server = await testServer();
    const admin = await person(server, "admin@example.org", "admin");
    for (let n = 0; n < 3; n += 1) await serviceToken(server, ["sessions:create"]);
    const first = await server.client(admin.token).GET("/v1/admin/service-credentials", {
      params: { query: { limit: 2 } },
    });
    expect(first.data?.items).toHaveLength(2);
    const second = await server.client(admin.token).GET("/v1/admin/service-credentials", {
      params: { query: { limit: 2, cursor: first.data?.next_cursor ?? "" } },
    });
    expect([second.data?.items.length, second.data?.next_cursor]).toEqual([1, null]);
    for (const [json, pointer] of [
      [{ name: "", scopes: ["sessions:create"] }, "#/name"],
      [{ name: "x", scopes: [] }, "#/scopes"],
      [{ name: "x", scopes: ["everything"] }, "#/scopes/0"],
    ] as const) {
      const response = await server.request("POST", "/v1/admin/service-credentials", {
        token: admin.token,
        json,
      });
      expect([response.status, await pointersOf(response)]).toEqual([422, [pointer]]);
    }
  });
});
