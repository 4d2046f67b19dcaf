import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { openPostgresSource } from "../../src/adapters/drizzle/staging/postgres-staging.ts";
import { openSqliteSource } from "../../src/adapters/drizzle/staging/sqlite-staging.ts";
import type { StagingSource } from "../../src/ports/staging-copy.ts";
import { startPostgres, type TestPostgres } from "../support/postgres.ts";
import { runCli, spawnCli, startService } from "../support/process.ts";
import { fillProduction, SOURCE_SECRET } from "../support/staging-scene.ts";

/** 5 in the suite, 40 by hand. */
const KILLS = Number(process.env["STAGING_KILLS"] ?? 5);
const PEOPLE = 120;
const STAGING_SECRET = "the secret key of staging, long enough too";

/** The same moments at every run. */
const moments = Array.from({ length: KILLS }, (_, index) => ((index * 0.618034) % 1) * 1.05);

describe("a staging copy whose making is killed", () => {
  const folder = mkdtempSync(join(tmpdir(), "gonogo-staging-killed-"));
  const production = join(folder, "production.db");
  const settings = {
    DATABASE_URL: `sqlite:///${production}`,
    SECRET_KEY: SOURCE_SECRET,
    STAGING_SECRET_KEY: STAGING_SECRET,
  };
  let postgres: TestPostgres;

  const countsOf = async (source: StagingSource): Promise<Record<string, number>> => {
    try {
      const counts: Record<string, number> = {};
      for (const table of ["subjects", "identities", "consents", "comments", "sessions", "audit_entries"]) {
        counts[table] = await source.count(table);
      }
      return counts;
    } finally {
      await source.close();
    }
  };
  const whole = {
    subjects: PEOPLE,
    identities: PEOPLE,
    consents: PEOPLE,
    comments: 2 * PEOPLE,
    sessions: 0,
    audit_entries: 0,
  };

  /** Kills the command at a share of the time that a whole run took; answers whether it had ended by itself. */
  const killed = async (to: string, afterMs: number): Promise<boolean> => {
    const child = spawnCli(settings, "staging", "export", "--to", to);
    const timer = setTimeout(() => child.kill("SIGKILL"), afterMs);
    await child.exited;
    clearTimeout(timer);
    return child.exitCode === 0;
  };

  const timed = async (to: string): Promise<number> => {
    const from = performance.now();
    await runCli(settings, "staging", "export", "--to", to);
    return performance.now() - from;
  };

  beforeAll(async () => {
    const store = await openSqlite({ path: production });
    await store.migrator.up();
    await fillProduction(store, PEOPLE);
    await store.close();
    postgres = await startPostgres({ dedicated: true });
  });
  afterAll(async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is whole or not there, and comes the next time (SQLite)", async () => {
    const whole_ms = await timed(`sqlite:///${join(folder, "timed.db")}`);
    for (const [index, share] of moments.entries()) {
      const path = join(folder, `copy-${index}.db`);
      const ended = await killed(`sqlite:///${path}`, share * whole_ms);
      if (existsSync(path)) expect(await countsOf(openSqliteSource(path))).toEqual(whole);
      else expect(ended).toBe(false);
      if (existsSync(path)) continue;
      await runCli(settings, "staging", "export", "--to", `sqlite:///${path}`);
      expect(await countsOf(openSqliteSource(path))).toEqual(whole);
      expect(readdirSync(folder).filter((name) => name.startsWith(`copy-${index}.db.unfinished`))).toEqual(
        [],
      );
    }
  });

  test("is whole or empty, and comes the next time (PostgreSQL)", async () => {
    await (await openPostgres({ url: postgres.url })).close();
    const child = spawnCli(settings, "staging", "export", "--to", postgres.url);
    const reader = child.stderr.getReader();
    await reader.read();
    child.kill("SIGKILL");
    await child.exited;
    const store = await openPostgres({ url: postgres.url });
    await store.migrator.up();
    await store.close();
    const left = await countsOf(await openPostgresSource(postgres.url));
    expect([0, PEOPLE]).toContain(left["subjects"] ?? -1);
    if (left["subjects"] === 0) await runCli(settings, "staging", "export", "--to", postgres.url);
    expect(await countsOf(await openPostgresSource(postgres.url))).toEqual(whole);
  });

  test("is a service's own, and the source of another copy", async () => {
    const again = join(folder, "again.db");
    const from = { DATABASE_URL: postgres.url, SECRET_KEY: STAGING_SECRET };
    await runCli(from, "staging", "export", "--to", `sqlite:///${again}`);
    expect((await countsOf(openSqliteSource(again)))["comments"]).toBe(2 * PEOPLE);

    const staging = await startService({
      DATABASE_URL: `sqlite:///${join(folder, "timed.db")}`,
      SECRET_KEY: STAGING_SECRET,
      GDPR_MODE: "staging",
    });
    try {
      const source = openSqliteSource(join(folder, "timed.db"));
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
  });
});
