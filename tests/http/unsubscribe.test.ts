import { describe, expect, test } from "bun:test";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import { codeOf, type RequestOptions, type TestServer, testServer } from "../support/http.ts";
import { type Person, person, post } from "../support/http-people.ts";

const URLENCODED = { "content-type": "application/x-www-form-urlencoded" };
const ONE_CLICK: RequestOptions = { headers: URLENCODED, body: "List-Unsubscribe=One-Click" };

const multipart = (body: string): RequestOptions => ({
  headers: { "content-type": "multipart/form-data; boundary=----7MA4YWxk" },
  body: body.replaceAll("\n", "\r\n"),
});

const PART = `------7MA4YWxk
Content-Disposition: form-data; name="List-Unsubscribe"

One-Click
------7MA4YWxk--
`;

/** Ada was told of a reply; the path of the link in her mail. */
const told = async (): Promise<{ server: TestServer; ada: Person; path: string }> => {
  const server = await testServer();
  const ada = await person(server, "ada@example.org");
  const bob = await person(server, "bob@example.org");
  const { data: root } = await server.client(ada.token).POST("/v1/threads/{thread}/comments", {
    params: { path: { thread: "/blog/post/" } },
    body: {
      content: "Hello",
      author_name: "Ada",
      author_email: "ada@example.org",
      gdpr_consent: true,
      notify_replies: true,
    },
  });
  if (root === undefined) throw new Error("she posted");
  await post(server, bob.token, { parent_id: root.id });
  await server.deliver();
  const url = server.mails.findLast(({ to }) => to === "ada@example.org")?.unsubscribe_url;
  if (url === undefined) throw new Error("she was told how to stop such mails");
  return { server, ada, path: new URL(url).pathname };
};

const wants = async (server: TestServer, { subject }: Person): Promise<boolean> =>
  (await server.deps.readers.mailPreferences.ofSubject(subject as SubjectId))?.notifications ?? true;

describe("the page", () => {
  test("asks, and opening it changes nothing", async () => {
    const { server, ada, path } = await told();
    const response = await server.request("GET", path);
    expect(response.status).toBe(200);
    const html = await response.text();
    expect(html).toContain('<form method="post">');
    expect(html).toContain('<input type="hidden" name="List-Unsubscribe" value="One-Click">');
    expect(html).not.toMatch(/<script|\ssrc=|https?:/);
    expect([...html.matchAll(/<h1\b/g)]).toHaveLength(1);
    expect(response.headers.get("content-security-policy")).toContain("form-action 'self'");
    expect(response.headers.get("cache-control")).toContain("no-store");
    expect((await server.request("HEAD", path)).status).toBe(200);
    expect(await wants(server, ada)).toBe(true);
  });
});

describe("one click", () => {
  test.each<[string, RequestOptions]>([
    ["a form", ONE_CLICK],
    [
      "a form with a charset",
      { ...ONE_CLICK, headers: { "content-type": `${URLENCODED["content-type"]}; charset=utf-8` } },
    ],
    ["a multipart form", multipart(PART)],
    ["nothing at all", {}],
    ["an empty form", { headers: URLENCODED, body: "" }],
    ["a form with a stranger's credentials", { ...ONE_CLICK, token: "gns_nobody" }],
    ["a form from anywhere", { ...ONE_CLICK, headers: { ...URLENCODED, origin: "https://mail.example" } }],
  ])("as %s stops the mails, and again changes nothing", async (_, options) => {
    const { server, ada, path } = await told();
    const response = await server.request("POST", path, options);
    expect([response.status, response.headers.get("content-type")]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(await response.text()).toContain("no more of these mails");
    expect(await wants(server, ada)).toBe(false);
    expect((await server.request("POST", path, options)).status).toBe(200);
    expect(server.logs.map(({ fields }) => fields.path_template)).toContain("/unsubscribe/:token");
    expect(JSON.stringify(server.logs)).not.toContain(path.slice(20));
  });

  test.each<[string, RequestOptions, number, string]>([
    ["JSON", { json: { "List-Unsubscribe": "One-Click" } }, 415, "unsupported-media-type"],
    ["another value", { ...ONE_CLICK, body: "List-Unsubscribe=No" }, 422, "invalid-input"],
    ["another field", { ...ONE_CLICK, body: "x=1" }, 422, "invalid-input"],
    ["a prototype key", { ...ONE_CLICK, body: "__proto__=1" }, 422, "invalid-input"],
    ["a file", multipart(PART.replace('"\n', '"; filename="x"\n')), 422, "invalid-input"],
    ["half a multipart form", multipart(PART.slice(0, 60)), 422, "invalid-input"],
    ["no multipart form", multipart("secret words"), 422, "invalid-input"],
    [
      "a multipart form without a boundary",
      { headers: { "content-type": "multipart/form-data" }, body: PART },
      422,
      "invalid-input",
    ],
    [
      "a compressed form",
      { ...ONE_CLICK, headers: { ...URLENCODED, "content-encoding": "gzip" } },
      415,
      "unsupported-media-type",
    ],
    ["a huge form", { ...ONE_CLICK, body: `x=${"y".repeat(70_000)}` }, 413, "body-too-large"],
  ])("as %s is refused and changes nothing", async (_, options, status, code) => {
    const { server, ada, path } = await told();
    const response = await server.request("POST", path, options);
    expect(response.status).toBe(status);
    expect(await response.clone().text()).not.toContain("secret");
    expect(await codeOf(response)).toBe(code);
    expect(await wants(server, ada)).toBe(true);
  });

  test("the link shows nobody's pseudonym, and one of a mail sent before, which does, still works", async () => {
    const { server, ada, path } = await told();
    const token = path.slice("/unsubscribe/".length);
    expect(Buffer.from(token, "base64url").toString("latin1")).not.toContain(ada.subject);
    const former = `/unsubscribe/${await server.deps.signer.sign("unsubscribe", ada.subject)}`;
    expect((await server.request("GET", former)).status).toBe(200);
    expect((await server.request("POST", former, ONE_CLICK)).status).toBe(200);
    expect(await wants(server, ada)).toBe(false);
  });

  test("is for links of mails only, and for one person each", async () => {
    const { server, ada, path } = await told();
    const subject = await server.deps.signer.sign("subject", ada.subject);
    for (const wrong of ["/unsubscribe/x", `/unsubscribe/${subject}`, `${path}x`, `${path.slice(0, -1)}!`]) {
      for (const method of ["GET", "POST"]) {
        expect([wrong, (await server.request(method, wrong)).status]).toEqual([wrong, 404]);
      }
    }
    expect(await wants(server, ada)).toBe(true);
    expect((await server.request("DELETE", path)).status).toBe(405);
  });
});
