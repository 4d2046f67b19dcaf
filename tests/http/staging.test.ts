// A copy of what the service itself wrote, asked over HTTP alone: everything that there is, by everybody that there is.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRunKey } from "../../src/adapters/crypto/run-key.ts";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { openSqliteSource, openSqliteTarget } from "../../src/adapters/drizzle/staging/sqlite-staging.ts";
import { runErasures } from "../../src/app/erasure/run-erasures.ts";
import { exportStaging } from "../../src/app/staging/export-staging.ts";
import {
  SEALED_COLLECTIONS,
  type SealedRecord,
  sealedValues,
} from "../../src/domain/personal-data/sealed-fields.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import { recordingLogger, testServer } from "../support/http.ts";
import { type Person, person } from "../support/http-people.ts";
import { newPolicy } from "../support/policies.ts";
import { aRecipient } from "../support/webhooks.ts";

const PEOPLE = 8;
const POLICY = newPolicy();
const WORDS = POLICY.texts[0]?.purposes.marketing.description ?? "";

const REQUESTS = [
  { type: "erasure", comments: "keep_text" },
  { type: "access" },
  { type: "restriction", ground: "accuracy_contested" },
] as const;

const folder = mkdtempSync(join(tmpdir(), "gonogo-staged-service-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("is made of a database that holds everything the service writes", async () => {
  const path = join(folder, "production.db");
  const store = await openSqlite({ path });
  const server = await testServer({ store });
  const asked = async (
    method: string,
    route: string,
    token?: string,
    json?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const response = await server.request(method, route, {
      headers,
      ...(token === undefined ? {} : { token }),
      ...(json === undefined ? {} : { json }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${text}`);
    return text === "" ? {} : (JSON.parse(text) as Record<string, string>);
  };

  const admin = await person(server, "privacy-office@example.org", "admin");
  const moderator = await person(server, "moderator@example.org", "moderator");
  await aRecipient(server);
  // The address of an admin is in the published text, where everybody reads it.
  const published = newPolicy({}, ["en", "de"]);
  const texts = published.texts.map((each) => ({ ...each, body: "Write to privacy-office@example.org." }));
  await asked("PUT", "/v1/admin/consent-policies/2", admin.token, { ...published, texts });
  await asked(
    "POST",
    "/v1/admin/consent-policies/2/publication",
    admin.token,
    { material: true },
    {
      "if-match": "*",
    },
  );
  await asked("PUT", "/v1/admin/consent-policies/3", admin.token, POLICY);
  await asked("PUT", "/v1/admin/config/site.imprint.address", admin.token, {
    value: WORDS,
    description: WORDS,
    is_sensitive: false,
  });
  await asked("POST", "/v1/admin/service-credentials", admin.token, {
    name: "necessary,analytics,marketing",
    scopes: ["sessions:create"],
  });
  await asked("POST", "/v1/admin/breaches", admin.token, {
    nature: WORDS,
    aware_at: new Date(server.deps.clock.now()).toISOString(),
  });

  const people: Person[] = [];
  const comments: string[] = [];
  for (let index = 0; index < PEOPLE; index += 1) {
    await asked("POST", "/v1/consents", undefined, { decisions: { functional: true }, method: "api" });
    const somebody = await person(server, `visitor-number-${index}@example.org`);
    people.push(somebody);
    const decisions = { functional: index % 2 === 0, marketing: true };
    await asked("POST", "/v1/consents", somebody.token, { decisions, method: "api" });
    await asked("POST", "/v1/consents/withdrawals", somebody.token, { purposes: ["marketing"] });
    // In the words of a policy, and in those of what is stored of a consent.
    const posted = await asked(
      "POST",
      `/v1/threads/${encodeURIComponent('/"decided_at"/marketing/')}/comments`,
      somebody.token,
      {
        content: WORDS,
        author_name: '"policy_version":1',
        author_email: `visitor-number-${index}@example.org`,
        gdpr_consent: true,
        ...(index > 0 ? { parent_id: comments[0] } : {}),
      },
      { "idempotency-key": crypto.randomUUID() },
    );
    comments.push(posted["id"] ?? "");
    await asked("POST", `/v1/comments/${comments[0]}/reports`, somebody.token, { reason: WORDS });
    await asked("POST", "/v1/privacy-requests", somebody.token, {
      ...REQUESTS[Math.floor(index / 3)],
      statement: WORDS,
    });
  }
  await asked("POST", `/v1/comments/${comments[3]}/moderation`, moderator.token, {
    decision: "reject",
    reason: WORDS,
  });
  await server.deliver();
  server.pass(40 * DAY);
  const figures = await runErasures({
    ...server.deps,
    leases: server.store.leases,
    logger: recordingLogger(),
  });
  expect(figures).toMatchObject({ done: 3, residue: 0 });
  const again = await person(server, "privacy-office@example.org", "admin");
  const hold = { scope: "subject", on: people[5]?.subject, reason: WORDS };
  await asked("POST", "/v1/admin/legal-holds", again.token, hold);
  await asked("POST", "/v1/admin/retention/runs", again.token, { dry_run: true });

  const source = openSqliteSource(path);
  const target = await openSqliteTarget(join(folder, "copy.db"));
  try {
    const report = await exportStaging({
      source,
      target,
      key: makeRunKey(),
      now: server.deps.clock.now(),
      sealName: null,
      opened: (collection, row) =>
        (SEALED_COLLECTIONS as readonly string[]).includes(collection)
          ? sealedValues({ collection, row } as unknown as SealedRecord).map(({ sealed, context }) =>
              server.deps.sealer.open(sealed, context),
            )
          : [],
    });
    expect(report.leaks).toEqual([]);
    expect(report.rows).toMatchObject({ consent_policies: 3, comments: PEOPLE });
  } finally {
    await source.close();
    await target.close();
    await server.close();
  }
});
