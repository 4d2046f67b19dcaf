// Two instances on one database: what one has stored, the other answers with at once. No cache outlives a withdrawal.
import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { ANONYMOUS } from "../../src/app/caller.ts";
import type { Store } from "../../src/ports/store.ts";
import { newPolicy } from "../support/policies.ts";
import { startPostgres } from "../support/postgres.ts";
import { accepted, refused, testService } from "../support/service.ts";

const TIMES = 4;

const alternate = async (open: () => Promise<Store>): Promise<void> => {
  const [store, sameStore] = [await open(), await open()];
  await store.migrator.up();
  const instances = [await testService({ store }), await testService({ store: sameStore })] as const;
  const [one, other] = instances;
  const credential = accepted(
    await one.application.serviceCredentials.create("cli", { name: "backend", scopes: ["consents:check"] }),
  );
  const program = await one.callerOf(credential.token);
  const visitor = one.as(ANONYMOUS);
  const first = accepted(
    await one.application.consent.recordConsent(visitor, {
      decisions: {},
      notice_token: null,
      method: "settings",
    }),
  );
  const subject = first.record.subject_id;
  const her = one.as(
    accepted(
      await one.application.sessions.authenticate({
        bearer: null,
        session_cookie: null,
        subject_cookie: first.subject_token,
      }),
    ),
  );
  const answers = async (): Promise<readonly string[]> =>
    Promise.all(
      instances.map(
        async ({ application }) =>
          accepted(await application.consent.checkConsent(program, { subject, purpose: "marketing" })).reason,
      ),
    );
  const both = (reason: string): readonly string[] => [reason, reason];

  for (let time = 0; time < TIMES; time += 1) {
    const [here, there] = time % 2 === 0 ? [one, other] : [other, one];
    const decisions = { marketing: true };
    const input = { decisions, notice_token: null, method: "settings" } as const;
    accepted(await here.application.consent.recordConsent(her, input));
    expect(await answers()).toEqual(both("granted"));
    accepted(
      await there.application.consent.withdrawConsent(her, { purposes: ["marketing"], method: "api" }),
    );
    expect(await answers()).toEqual(both("withdrawn"));
  }

  const { caller: admin } = await one.signIn("admin@example.org", "admin");
  const draft = { version: 2, policy: newPolicy(), stored: null };
  accepted(await one.application.policies.draft(admin, draft));
  const published = await Promise.all(
    [one, other, one, other].map(({ application }) =>
      application.policies.publish(admin, { version: 2, material: true, stored: 1 }),
    ),
  );
  expect(published.filter(({ ok }) => ok)).toHaveLength(1);
  for (const each of published.filter(({ ok }) => !ok)) expect(refused(each)).toBe("policy-published");
  expect(await answers()).toEqual(both("outdated"));
  for (const instance of instances) await instance.close();
};

describe("a withdrawal and a publication act on every instance at once", () => {
  test("on PostgreSQL", async () => {
    const database = await startPostgres();
    try {
      await alternate(() => openPostgres({ url: database.url, poolSize: 2 }));
    } finally {
      await database.stop();
    }
  }, 60_000);

  test("on SQLite", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gonogo-consent-instances-"));
    try {
      await alternate(() => openSqlite({ path: join(folder, "gonogo.db") }));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
