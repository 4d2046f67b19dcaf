import { describe, expect, test } from "bun:test";
import { testServer } from "../support/http.ts";

const PAGES = ["/docs", "/sign-in", "/problems/not-found"] as const;

const nonceOf = (response: Response): string =>
  /script-src 'self' 'nonce-([^']+)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1] ?? "";

describe("our own pages", () => {
  test.each(PAGES)("%s runs only what carries the nonce of this answer", async (path) => {
    const server = await testServer();
    const [first, second] = [await server.request("GET", path), await server.request("GET", path)];
    const [one, other] = [nonceOf(first), nonceOf(second)];
    expect(one).toMatch(/^[A-Za-z0-9+/]{22,}={0,2}$/);
    expect(one).not.toBe(other);
    const html = await first.text();
    for (const [tag] of html.matchAll(/<(?:script|style)\b[^>]*>/g)) expect(tag).toContain(`nonce="${one}"`);
    const markup = html.replaceAll(/(<script[^>]*>)[\s\S]*?<\/script>/g, "$1");
    expect(markup).not.toMatch(/\son[a-z]+=|javascript:|\sstyle=/i);
    // The specification's policy. 'unsafe-inline' is for browsers that know no nonce; the others ignore it beside one.
    expect((second.headers.get("content-security-policy") ?? "").replaceAll(other, "N").split("; ")).toEqual([
      "default-src 'self'",
      "script-src 'self' 'nonce-N' 'unsafe-inline'",
      "style-src 'self' 'nonce-N' 'unsafe-inline'",
      "img-src 'self' data: https:",
      "connect-src 'self'",
      "font-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'self'",
      "object-src 'none'",
      "form-action 'self'",
    ]);
    expect(first.headers.get("cache-control")).toContain("no-store");
  });

  test.each(PAGES)("%s loads nothing from anywhere", async (path) => {
    const response = await (await testServer()).request("GET", path);
    expect(await response.text()).not.toMatch(
      /\s(?:src|href|action)="(?!\/|#|data:,)|url\(|@import|https?:\/\//,
    );
  });

  test.each(PAGES)("%s says its language, title and place for small screens", async (path) => {
    const html = await (await (await testServer()).request("GET", path)).text();
    expect(html).toStartWith('<!doctype html>\n<html lang="en">');
    expect(html).toMatch(/<title>[^<]+<\/title>/);
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1">');
    expect([...html.matchAll(/<h1\b/g)]).toHaveLength(1);
    expect(html).toContain("<main");
  });
});
