import { expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqliteSource } from "../../src/adapters/drizzle/staging/sqlite-staging.ts";
import { startPostgres } from "../support/postgres.ts";
import { runCli, startService } from "../support/process.ts";
import { fillProduction, SOURCE_SECRET } from "../support/staging-scene.ts";

const PEOPLE = 20;
const STAGING_SECRET = "the secret key of staging, long enough too";

test("a staging copy is a service's own, and the source of another copy", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gonogo-staging-"));
  const server = await startPostgres();
  const copy = join(folder, "copy.db");
  try {
    const store = await openPostgres({ url: server.url });
    await store.migrator.up();
    await fillProduction(store, PEOPLE);
    await store.close();
    await runCli(
      { DATABASE_URL: server.url, SECRET_KEY: SOURCE_SECRET, STAGING_SECRET_KEY: STAGING_SECRET },
      "staging",
      "export",
      "--to",
      `sqlite:///${copy}`,
    );
    const again = join(folder, "again.db");
    const from = { DATABASE_URL: `sqlite:///${copy}`, SECRET_KEY: STAGING_SECRET };
    await runCli(from, "staging", "export", "--to", `sqlite:///${again}`);
    const copied = openSqliteSource(again);
    expect(await copied.count("comments")).toBe(2 * PEOPLE);
    await copied.close();

    const staging = await startService({ ...from, GDPR_MODE: "staging" });
    try {
      const source = openSqliteSource(copy);
      const [comment] = await source.page("comments", ["id"], null, 1);
      await source.close();
      const thread = encodeURIComponent(String(comment?.["thread"]));
      const answer = await fetch(`${staging.url}/v1/threads/${thread}/comments`);
      expect(answer.status).toBe(200);
      const { items } = (await answer.json()) as { items: { author_name: string | null; content: string }[] };
      expect(items.length).toBeGreaterThan(0);
      for (const { author_name, content } of items) {
        expect(author_name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
        expect(content).toMatch(/^<p>/);
      }
    } finally {
      await staging.stop();
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
