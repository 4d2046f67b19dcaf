import { describe, expect, test } from "bun:test";
import { type TestServer, testServer } from "../support/http.ts";
import { openPage } from "../support/http-dom.ts";
import { linkTokenFor } from "../support/http-people.ts";

const EMAIL = "erika@example.org";

/** What the page fetches, sent to the server, with a note of it. */
const through = (server: TestServer, sent: { path: string; body: string }[]) =>
  (async (path: string, init: { method?: string; headers?: Record<string, string>; body?: string } = {}) => {
    sent.push({ path, body: init.body ?? "" });
    const { method = "GET", headers = {}, body } = init;
    return server.request(method, path, body === undefined ? { headers } : { headers, body });
  }) as unknown as typeof fetch;

const openSignIn = async (returnTo: string | null = null) => {
  const server = await testServer();
  await server.request("POST", "/v1/sign-in-links", { json: { email: EMAIL, return_to: returnTo } });
  const token = await linkTokenFor(server, EMAIL);
  const html = await (await server.request("GET", "/sign-in")).text();
  const sent: { path: string; body: string }[] = [];
  const open = (hash: string) => openPage(html, hash, through(server, sent));
  return { server, token, sent, open };
};

describe("the sign-in page", () => {
  test("waits for a click, and has taken the token out of the address by then", async () => {
    const { token, sent, open } = await openSignIn();
    const page = open(`#${token}`);
    await page.ran;
    expect(page.addresses).toEqual(["/page"]);
    expect(page.byId("sign-in").hidden).toBe(false);
    expect(sent).toEqual([]);

    await page.byId("sign-in").listeners.get("click")?.();
    expect(sent).toEqual([{ path: "/v1/sessions", body: JSON.stringify({ link_token: token }) }]);
    expect(page.byId("status").textContent).toBe("You are signed in. You may close this page.");
    expect(page.byId("sign-in").hidden).toBe(true);
    expect(page.visited).toEqual([]);
  });

  test("goes back where the link was asked for", async () => {
    const { token, open } = await openSignIn("https://www.example.org/blog/");
    const page = open(`#${token}`);
    await page.byId("sign-in").listeners.get("click")?.();
    expect(page.visited).toEqual(["https://www.example.org/blog/"]);
    expect(page.byId("return")).toMatchObject({
      hidden: false,
      href: "https://www.example.org/blog/",
      focused: true,
    });
  });

  test("says why a spent link does not work, and offers it no more", async () => {
    const { token, open } = await openSignIn();
    await open(`#${token}`).byId("sign-in").listeners.get("click")?.();
    const again = open(`#${token}`);
    await again.byId("sign-in").listeners.get("click")?.();
    expect(again.byId("status").textContent).toStartWith(
      "The sign-in link is unknown, expired or used already.",
    );
    expect(again.byId("sign-in").hidden).toBe(true);
  });

  test("lets one try again when the service could not be reached", async () => {
    const { server, token } = await openSignIn();
    const html = await (await server.request("GET", "/sign-in")).text();
    const page = openPage(html, `#${token}`, (() =>
      Promise.reject(new Error("offline"))) as unknown as typeof fetch);
    await page.byId("sign-in").listeners.get("click")?.();
    expect(page.byId("status").textContent).toContain("could not be reached");
    expect(page.byId("sign-in")).toMatchObject({ hidden: false, disabled: false });
  });

  test("without a token explains itself and shows no button", async () => {
    const { open } = await openSignIn();
    const page = open("");
    await page.ran;
    expect(page.byId("sign-in").hidden).toBe(true);
    expect(page.byId("explanation").textContent).toContain("The link is incomplete");
  });

  test("never goes to an address that is no web page", async () => {
    const { server, token } = await openSignIn();
    const html = await (await server.request("GET", "/sign-in")).text();
    const answers = (async () =>
      Response.json({ return_to: "javascript:alert(1)" })) as unknown as typeof fetch;
    const page = openPage(html, `#${token}`, answers);
    await page.byId("sign-in").listeners.get("click")?.();
    expect([page.visited, page.byId("return").href]).toEqual([[], ""]);
  });
});

describe("the reference page", () => {
  const draw = async (hash = "") => {
    const server = await testServer();
    const html = await (await server.request("GET", "/docs")).text();
    const page = openPage(html, hash, through(server, []));
    await page.ran;
    const document = (await (await server.request("GET", "/docs/json")).json()) as {
      paths: Record<string, Record<string, { operationId: string; "x-permission": string; summary: string }>>;
      components: { schemas: Record<string, object> };
    };
    return { page, document, main: page.byId("operations") };
  };

  test("shows every operation with its permission, and every schema", async () => {
    const { document, main } = await draw();
    const drawn = new Map(main.all().map((element) => [element.attributes.get("id") ?? "", element]));
    for (const methods of Object.values(document.paths)) {
      for (const operation of Object.values(methods)) {
        const element = drawn.get(operation.operationId);
        expect([operation.operationId, element?.tagName]).toEqual([operation.operationId, "DETAILS"]);
        expect(element?.textContent).toContain(operation.summary);
        expect(element?.textContent).toContain(`Permission: ${operation["x-permission"]}`);
      }
    }
    for (const name of Object.keys(document.components.schemas))
      expect(drawn.has(`schema-${name}`)).toBe(true);
  });

  test("leads every link to something on the page or to a page of ours", async () => {
    const { page, main } = await draw();
    const everything = [...main.all(), ...page.byId("contents").all(), ...page.byId("about").all()];
    const ids = new Set(everything.map((element) => element.attributes.get("id")));
    for (const link of everything.filter(({ tagName }) => tagName === "A")) {
      const href = link.attributes.get("href") ?? "";
      const leads = href.startsWith("#")
        ? ids.has(href.slice(1))
        : /^\/(?:problems\/[a-z-]+|docs\/json)$/.test(href);
      expect([href, leads]).toEqual([href, true]);
    }
  });

  test("opens the operation that the address names", async () => {
    const { main } = await draw("#postComment");
    const open = main.all().filter((element) => element.open);
    expect(open.map((element) => element.attributes.get("id"))).toEqual(["postComment"]);
  });

  test("says so when the document cannot be read", async () => {
    const html = await (await (await testServer()).request("GET", "/docs")).text();
    const page = openPage(html, "", (() => Promise.reject(new Error("offline"))) as unknown as typeof fetch);
    await page.ran;
    expect(page.byId("about").all()[1]?.attributes.get("role")).toBe("alert");
  });
});
