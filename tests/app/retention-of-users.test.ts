import { describe, expect, test } from "bun:test";
import { sealedRetention } from "../../src/adapters/crypto/sealed-retention.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import type { Caller } from "../../src/app/caller.ts";
import { subjectOf } from "../../src/app/caller.ts";
import { continueRun } from "../../src/app/retention/continue-run.ts";
import { startRetentionByCommand } from "../../src/app/retention/start-run.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY, HOUR, type Instant, plusDays } from "../../src/domain/shared/instant.ts";
import { asking, unconfirmed } from "../support/privacy-requests.ts";
import { accepted, NOON, testService } from "../support/service.ts";

const ADA = "ada@example.org";
const PERIOD = 1_095;

const scene = async () => {
  const store = openMemory();
  const service = await testService({ store });
  const { deps, application } = service;
  const credential = await application.serviceCredentials.create("cli", {
    name: "site",
    scopes: ["sessions:create"],
  });
  const platform = await service.callerOf(accepted(credential).token);
  const openSession = async (): Promise<SubjectId> => {
    const input = { external_user_id: "user-42", permissions: null };
    return accepted(await application.sessions.createServiceSession(platform, input)).subject;
  };
  const subjectById = async (id: SubjectId) => {
    const subject = await deps.readers.subjects.byId(id);
    if (subject === null) throw new Error("she is here");
    return subject;
  };
  const runDeps = {
    ...deps,
    retention: sealedRetention(store.retention, deps.auditSeals),
    leases: store.leases,
  };
  const retain = async () => {
    accepted(await startRetentionByCommand(deps, false));
    return continueRun(runDeps, { holder: "test" });
  };
  const vault = (id: SubjectId) => deps.readers.identities.ofSubject(id);
  return { service, deps, application, openSession, subjectById, retain, vault };
};

type Scene = Awaited<ReturnType<typeof scene>>;

const idOf = (caller: Caller): SubjectId => {
  const subject = subjectOf(caller.principal);
  if (subject === null) throw new Error("she is known");
  return subject.id;
};

describe("the period of user data", () => {
  const uses: Readonly<Record<string, (at: Scene, caller: Caller) => Promise<unknown>>> = {
    "signing in": async ({ service }) => service.signIn(ADA),
    "posting a comment": async ({ application }, caller) =>
      accepted(
        await application.comments.postComment(caller, {
          thread: "/posts/1",
          parent_id: null,
          content: "Hello",
          author_name: "Ada",
          author_email: null,
          gdpr_consent: true,
          notify_replies: false,
        }),
      ),
    "deciding about consent": async ({ application }, caller) =>
      accepted(
        await application.consent.recordConsent(caller, {
          decisions: { marketing: true },
          notice_token: null,
          method: "api",
        }),
      ),
    "withdrawing consent": async ({ application }, caller) =>
      accepted(await application.consent.withdrawConsent(caller, { purposes: ["marketing"], method: "api" })),
    "asking by right": async ({ application }, caller) =>
      accepted(await application.privacyRequests.file(caller, asking("access"))),
    "objecting, which withdraws as well": async ({ application }, caller) =>
      accepted(await application.privacyRequests.file(caller, asking("objection"))),
    "a restriction, which moves her as well": async ({ application }, caller) =>
      accepted(await application.privacyRequests.file(caller, asking("restriction"))),
  };

  for (const [name, use] of Object.entries(uses)) {
    test(`begins anew by ${name}`, async () => {
      const at = await scene();
      const { caller } = await at.service.signIn(ADA);
      at.service.pass(40 * DAY);
      await use(at, caller);
      const after = await at.subjectById(idOf(caller));
      expect(after.retention_until).toBe(plusDays(NOON, 40 + PERIOD));
      await at.service.close();
    });
  }

  test("begins anew by a session that the platform opens, at most once a day", async () => {
    const at = await scene();
    const id = await at.openSession();
    at.service.pass(DAY - 1);
    await at.openSession();
    expect(await at.subjectById(id)).toMatchObject({ version: 1, retention_until: plusDays(NOON, PERIOD) });
    at.service.pass(1);
    await at.openSession();
    at.service.pass(HOUR);
    await at.openSession();
    expect(await at.subjectById(id)).toMatchObject({
      version: 2,
      retention_until: plusDays(NOON, PERIOD + 1),
    });
    await at.service.close();
  });

  test("never ends for somebody who comes every day; it does for somebody who stays away", async () => {
    const at = await scene();
    const id = await at.openSession();
    const { caller } = await at.service.signIn(ADA);
    for (let week = 0; week < 160; week += 1) {
      at.service.pass(7 * DAY);
      expect(await at.openSession()).toBe(id);
    }
    await at.retain();
    expect(await at.vault(id)).toHaveLength(1);
    expect(await at.openSession()).toBe(id);
    expect(await at.vault(idOf(caller))).toHaveLength(0);
    await at.service.close();
  });
});

describe("whoever waits for an answer", () => {
  test("keeps her vault however late it is, and no longer than she waits", async () => {
    const at = await scene();
    const { caller } = await at.service.signIn(ADA);
    const id = idOf(caller);
    const { id: request } = accepted(await at.application.privacyRequests.file(caller, asking("access")));
    at.service.pass(2 * PERIOD * DAY);
    for (let run = 0; run < 2; run += 1) {
      await at.retain();
      expect(await at.vault(id)).toHaveLength(1);
      at.service.pass(31 * DAY);
    }
    accepted(await at.application.privacyRequests.cancel(caller, request));
    await at.retain();
    expect(await at.vault(id)).toHaveLength(0);
    await at.service.close();
  });

  test("keeps it while her click is awaited, and many do at once", async () => {
    const at = await scene();
    const people: SubjectId[] = [];
    for (let person = 0; person < 120; person += 1) {
      const { caller } = await at.service.signIn(`person-${person}@example.org`);
      accepted(await at.application.privacyRequests.file(caller, asking("access")));
      people.push(idOf(caller));
    }
    await unconfirmed(at.service, ADA);
    at.service.pass((PERIOD + 1) * DAY);
    await at.retain();
    for (const id of people) expect(await at.vault(id)).toHaveLength(1);
    const later: Instant = plusDays(NOON, PERIOD + 31);
    for (const id of people) expect((await at.subjectById(id)).retention_until).toBe(later);
    await at.service.close();
  });
});
