// What other people write of somebody, wherever they can write, keeps nobody from being erased.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import type { Caller } from "../../src/app/caller.ts";
import { begin, carryOn, eraseSubject } from "../../src/app/erasure/erase-subject.ts";
import { runErasures } from "../../src/app/erasure/run-erasures.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY, HOUR } from "../../src/domain/shared/instant.ts";
import type { Store } from "../../src/ports/store.ts";
import { SILENT } from "../support/audit-log.ts";
import { CANARY } from "../support/canary.ts";
import { asking } from "../support/privacy-requests.ts";
import { accepted, type TestService, testService } from "../support/service.ts";
import { aRecipient } from "../support/webhooks.ts";

const folder = mkdtempSync(join(tmpdir(), "gonogo-others-words-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const subjectOf = ({ principal }: Caller): SubjectId => {
  if (principal.kind !== "session") throw new Error("whoever signed in has a session");
  return principal.subject.id;
};

const post = async (
  service: TestService,
  caller: Caller,
  content: string,
  { thread = "/posts/birds", name = "Otto" } = {},
) =>
  accepted(
    await service.application.comments.postComment(caller, {
      thread,
      content,
      author_name: name,
      author_email: null,
      parent_id: null,
      notify_replies: true,
      gdpr_consent: true,
    }),
  ).comment.id;

const hold = async (service: TestService, admin: Caller, on: SubjectId, reason: string) =>
  accepted(await service.application.legalHolds.place(admin, { scope: "subject", on, reason }));

const certificateOf = async ({ deps }: TestService) => {
  const [report] = await deps.readers.signedReports.list("erasure", null, 1);
  const said = await deps.documents.verify("report", report?.document ?? "");
  return said as unknown as { retained: { place: string; records: number; ground: string }[] };
};

describe.each(["memory", "SQLite"] as const)("words of others (%s)", (kind) => {
  let store: Store | undefined;
  beforeAll(async () => {
    store = kind === "SQLite" ? await openSqlite({ path: join(folder, "words.db") }) : undefined;
  });
  afterAll(async () => await store?.close());

  test("stay with a ground that the certificate names, and what nobody answers for goes", async () => {
    const service = await testService(store === undefined ? {} : { store });
    const { application, deps } = service;
    const admin = await service.signIn("root@example.org", "admin");
    const enter = { ...asking("access"), email: CANARY.email, received_at: null };
    const statement = `my friend ${CANARY.name} wrote this`;
    const nobodys = accepted(await application.privacyRequests.enter(admin.caller, { ...enter, statement }));
    const stranger = { ...enter, statement, email: "stranger@example.net" };
    accepted(await application.privacyRequests.enter(admin.caller, stranger));

    const she = await service.signIn(CANARY.email);
    const her = subjectOf(she.caller);
    await post(service, she.caller, "<p>Thank you for sharing this with us.</p>", { name: CANARY.name });
    const he = await service.signIn("dave@example.org");
    const his = subjectOf(he.caller);
    accepted(
      await application.privacyRequests.file(
        he.caller,
        asking("access", { statement: `what ${CANARY.name} said about me` }),
      ),
    );
    await post(service, he.caller, "<p>See there.</p>", { thread: "/authors-quendolina-zwiebelfisch/" });
    // The same turn of the language, and her address as only a machine reads it.
    await post(service, he.caller, "<p>Thank you for sharing this with us.</p>");
    await post(service, he.caller, `<p>${Buffer.from(CANARY.email).toString("base64")}</p>`);
    const lifted = await hold(service, admin.caller, deps.ids.subject(), `Claim 7 against ${CANARY.name}`);
    accepted(await application.legalHolds.lift(admin.caller, lifted.id));
    const standing = await hold(service, admin.caller, deps.ids.subject(), `Claim 8 against ${CANARY.name}`);

    const begun = await begin(deps, { subject: her, comments: "remove_text" });
    if (begun === null) throw new Error("she is somebody");
    service.pass(HOUR);
    const since = await post(service, he.caller, "<p>Something else.</p>");
    let asked = 0;
    const outcome = await carryOn(deps, begun.id, async () => {
      asked += 1;
      const { comment } = (await deps.readers.comments.byId(since)) ?? {};
      // Written anew at the very end, when nothing goes through the comments any more.
      if (comment !== undefined && (await deps.readers.erasures.byId(begun.id))?.step === "look") {
        await post(service, he.caller, `<p>Where is ${CANARY.name} now?</p>`);
      }
      return true;
    });
    expect(asked).toBeGreaterThan(10);
    expect(outcome.type === "residue" ? outcome.places : {}).toEqual({});
    expect(outcome.type).toBe("done");

    const { retained } = await certificateOf(service);
    expect(retained.map(({ place, records }) => [place, records])).toEqual([
      ["comments.content", 2],
      ["comments.thread", 1],
      ["legal_holds.reason", 1],
    ]);
    for (const { ground } of retained) expect(ground).not.toBe("");
    const request = await deps.readers.privacyRequests.byId(nobodys.id);
    expect(request).toMatchObject({ contact: null, statement: null, state: "cancelled", wakes_at: null });
    expect((await deps.readers.legalHolds.byId(lifted.id))?.reason).toBe("");
    expect((await deps.readers.legalHolds.byId(standing.id))?.reason).toContain(CANARY.name);
    expect(await deps.readers.privacyRequests.ofSubject(his, null, 10)).toHaveLength(1);
  });
});

test("whoever is called like words of the service itself is erased", async () => {
  for (const name of ['"policy_version":1', "Essential Functional", "Publish Access Restriction"]) {
    const service = await testService();
    const admin = await service.signIn("root@example.org", "admin");
    const decisions = { functional: true, marketing: true };
    const input = { decisions, notice_token: null, method: "api" } as const;
    accepted(await service.application.consent.recordConsent(admin.caller, input));
    const she = await service.signIn(CANARY.email);
    await post(service, she.caller, "<p>Of birds.</p>", { name });
    const outcome = await eraseSubject(service.deps)({
      subject: subjectOf(she.caller),
      comments: "remove_text",
    });
    expect([name, outcome.type]).toEqual([name, "done"]);
  }
});

test("where she is still found stands in the inbox, without what stands there", async () => {
  const service = await testService({ settings: { anonymizationDelayDays: 1 } });
  const admin = await service.signIn("root@example.org", "admin");
  const she = await service.signIn(CANARY.email);
  await post(service, she.caller, "<p>Of birds.</p>", { name: CANARY.name });
  const request = accepted(await service.application.privacyRequests.file(she.caller, asking("erasure")));
  const setting = { key: "site.editor", value: CANARY.name, description: null, is_sensitive: true };
  accepted(await service.application.configuration.write(admin.caller, { ...setting, version: null }));
  service.pass(2 * DAY);
  const figures = await runErasures({ ...service.deps, leases: service.store.leases, logger: SILENT });
  expect(figures).toMatchObject({ residue: 1 });
  const { caller } = await service.signIn("root@example.org", "admin");
  const page = { limit: 20, cursor: null };
  const { items } = accepted(
    await service.application.privacyRequests.inbox(caller, { page, state: null, type: null }),
  );
  expect(items.map(({ id, hindrance, places }) => ({ id, hindrance, places }))).toEqual([
    { id: request.id, hindrance: "residue", places: [{ place: "system_config.value", records: 1 }] },
  ]);
});

test("recipients are told once that she was erased, however often she is looked for", async () => {
  const service = await testService();
  const recipient = await aRecipient(service);
  const admin = await service.signIn("root@example.org", "admin");
  const she = await service.signIn(CANARY.email);
  await post(service, she.caller, "<p>Of birds.</p>", { name: CANARY.name });
  const setting = { key: "site.editor", value: CANARY.name, description: null, is_sensitive: true };
  accepted(await service.application.configuration.write(admin.caller, { ...setting, version: null }));
  const input = { subject: subjectOf(she.caller), comments: "remove_text" } as const;
  expect((await eraseSubject(service.deps)(input)).type).toBe("residue");
  for (let hours = 0; hours < 3; hours += 1) {
    service.pass(2 * HOUR);
    const deps = { ...service.deps, leases: service.store.leases, logger: SILENT };
    expect(await runErasures(deps)).toMatchObject({ residue: 1 });
  }
  const open = await service.deps.readers.webhookDeliveries.open(recipient.id, null, 100);
  expect(open.filter(({ event }) => event === "subject.erased")).toHaveLength(1);
});
