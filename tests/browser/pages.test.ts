import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { type RunningService, startService } from "../support/process.ts";

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

let directory: string;
let service: RunningService;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "gonogo-browser-"));
  service = await startService({ DATABASE_URL: `sqlite:///${join(directory, "gonogo.db")}` });
  browser = await openBrowser();
}, 60_000);

afterAll(async () => {
  await browser.close();
  await service.stop();
  await rm(directory, { recursive: true, force: true });
});

/** A page of the service, with everything that went wrong in it and every address it asked. */
const visit = async (path: string, options: Parameters<Browser["newContext"]>[0] = {}) => {
  const context: BrowserContext = await browser.newContext(options);
  const page: Page = await context.newPage();
  const troubles: string[] = [];
  const asked = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") troubles.push(message.text());
  });
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("request", (request) => asked.add(new URL(request.url()).origin));
  await page.goto(`${service.url}${path}`, { waitUntil: "networkidle" });
  return { context, page, troubles, asked };
};

const PAGES = ["/docs", "/sign-in", "/problems/not-found"] as const;

describe("our own pages in a real browser", () => {
  for (const path of PAGES) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`${path} runs without a complaint, asks nobody else and is accessible, ${colorScheme}`, async () => {
        const { context, page, troubles, asked } = await visit(path, { colorScheme });
        const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(troubles).toEqual([]);
        expect([...asked]).toEqual([service.url]);
        expect(await page.title()).not.toBe("");
        await context.close();
      }, 60_000);
    }

    test(`${path} fits a screen of 320 pixels without scrolling sideways`, async () => {
      const { context, page } = await visit(path, { viewport: { width: 320, height: 640 } });
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      expect(width).toBeLessThanOrEqual(320);
      await context.close();
    }, 60_000);
  }

  test("/docs names every operation of the document", async () => {
    const { context, page } = await visit("/docs");
    const document = (await (await fetch(`${service.url}/docs/json`)).json()) as {
      paths: Record<string, Record<string, { summary?: string }>>;
    };
    const text = await page.evaluate<string>("document.body.textContent");
    for (const [path, operations] of Object.entries(document.paths)) {
      expect(text).toContain(path);
      for (const { summary } of Object.values(operations))
        if (summary !== undefined) expect(text).toContain(summary);
    }
    await context.close();
  }, 60_000);

  test("a mailed link signs in after a click on the button, and not before; the token leaves the address bar", async () => {
    const email = "ada@example.org";
    const asked = await fetch(`${service.url}/v1/sign-in-links`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email }),
    });
    expect(asked.status).toBe(202);
    const token = await mailedToken(join(directory, "outbox"));
    const { context, page, troubles } = await visit(`/sign-in#${token}`);
    expect((await context.cookies()).map(({ name }) => name)).toEqual([]);
    await page.keyboard.press("Tab");
    await page.getByRole("button").first().click();
    await page.waitForFunction("document.body.textContent.includes('signed in')");
    expect((await context.cookies()).map(({ name, httpOnly }) => [name, httpOnly])).toEqual([
      ["gonogo_session", true],
    ]);
    expect(page.url()).not.toContain(token);
    expect(troubles).toEqual([]);
    const who = await page.evaluate("fetch('/v1/sessions/current').then((answer) => answer.json())");
    expect(who).toMatchObject({ role: "commenter" });
    await context.close();
  }, 60_000);
});

const mailedToken = async (outbox: string): Promise<string> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const files = await readdir(outbox).catch(() => []);
    for (const file of files.filter((each) => each.endsWith(".eml"))) {
      const mail = (await readFile(join(outbox, file), "utf8")).replaceAll("=\r\n", "");
      const token = mail.match(/#(gnl_[\w-]+)/)?.[1];
      if (token !== undefined) return token;
    }
    await Bun.sleep(50);
  }
  throw new Error("no mail came within ten seconds");
};
