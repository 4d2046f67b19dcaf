import { afterEach, describe, expect, test } from "bun:test";
import { wakeRequests } from "../../src/app/privacy-requests/wake-requests.ts";
import type { PrivacyRequestId } from "../../src/domain/shared/ids.ts";
import { DAY, plus } from "../../src/domain/shared/instant.ts";
import { asking, confirmationFor, entered, identified, restrictionOf } from "../support/privacy-requests.ts";
import { accepted, type TestService, testService } from "../support/service.ts";

const ADA = "ada@example.org";

let service: TestService;
afterEach(() => service.close());

const operator = async () => (await service.signIn("operator@example.org", "admin")).caller;

const statusOf = async (email: string): Promise<string | undefined> => {
  const index = await service.deps.blindIndexer.index("email", email as never);
  const line = await service.deps.readers.identities.find("email", index);
  return line === null ? undefined : (await service.deps.readers.subjects.byId(line.subject_id))?.status;
};

const subjectsOfMails = async (to: string): Promise<readonly string[]> => {
  await service.deliver();
  return service.mails.filter((mail) => mail.to === to).map(({ subject }) => subject);
};

describe("a privacy request", () => {
  test("for erasure gets its date, can be cancelled, and is asked once at a time", async () => {
    service = await testService();
    const { caller } = await service.signIn(ADA);
    const { privacyRequests } = service.application;
    const request = accepted(await privacyRequests.file(caller, asking("erasure")));
    expect(request).toMatchObject({ state: "scheduled", comments: "keep_text", clock: "running" });
    expect(request.effective_at).toBeLessThan(request.due_at);
    expect(await privacyRequests.file(caller, asking("erasure"))).toMatchObject({
      error: { type: "request-already-open" },
    });
    expect(accepted(await privacyRequests.cancel(caller, request.id)).state).toBe("cancelled");
    expect(await privacyRequests.cancel(caller, request.id)).toMatchObject({
      error: { type: "request-state-conflict" },
    });
    expect(await subjectsOfMails(ADA)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("We received your request"),
        expect.stringContaining("cancelled"),
      ]),
    );
  });

  test("for restriction restricts at once; it is lifted after a message, or by the person herself", async () => {
    service = await testService();
    const restriction = await restrictionOf(service, ADA);
    expect(restriction.state).toBe("completed");
    expect(await statusOf(ADA)).toBe("restricted");
    const lifted = accepted(
      await service.application.privacyRequests.announceLift(await operator(), {
        id: restriction.id,
        reason: "The name is right",
      }),
    );
    expect(lifted.lift_at).not.toBeNull();
    expect(await statusOf(ADA)).toBe("restricted");
    service.pass(6 * DAY);
    expect(await wakeRequests(service.deps)).toBe(0);
    expect(await statusOf(ADA)).toBe("restricted");
    service.pass(DAY);
    expect(await wakeRequests(service.deps)).toBe(1);
    expect(await statusOf(ADA)).toBe("active");
    const again = await restrictionOf(service, ADA);
    const { caller } = await service.signIn(ADA);
    accepted(await service.application.privacyRequests.cancel(caller, again.id));
    expect(await statusOf(ADA)).toBe("active");
  });

  test("that objects to direct marketing is granted at once, whatever anybody weighs", async () => {
    service = await testService();
    const { caller } = await service.signIn(ADA);
    const request = accepted(await service.application.privacyRequests.file(caller, asking("objection")));
    expect(request).toMatchObject({ state: "completed", restriction_ground: null });
    const { standings } = accepted(await service.application.consent.currentConsent(caller));
    expect(standings.marketing.granted).toBe(false);
    expect(await statusOf(ADA)).toBe("active");
  });

  test("for a new address is confirmed by the new mailbox, and the old address is kept nowhere", async () => {
    service = await testService();
    const { caller } = await service.signIn(ADA);
    const wanted = { name: "Ada L.", email: "ada.l@example.org", comment: null };
    const { privacyRequests } = service.application;
    const request = accepted(
      await privacyRequests.file(caller, asking("rectification", { rectification: wanted })),
    );
    expect(request).toMatchObject({ state: "awaiting_confirmation", clock: "stopped" });
    const { id, token } = await confirmationFor(service, "ada.l@example.org");
    const link = { id: id as PrivacyRequestId, token };
    const done = accepted(await privacyRequests.confirm(caller, link));
    expect(done.state).toBe("completed");
    expect(await statusOf(ADA)).toBeUndefined();
    expect(await statusOf("ada.l@example.org")).toBe("active");
    expect(await privacyRequests.confirm(caller, link)).toMatchObject({
      error: { type: "confirmation-invalid" },
    });
  });

  test("leaves the letters that the law demands in the outbox, and sends them after her to a new address", async () => {
    service = await testService();
    const { caller } = await service.signIn(ADA);
    const { privacyRequests } = service.application;
    accepted(await privacyRequests.file(caller, asking("access")));
    const name = { name: "Ada L.", email: null, comment: null };
    accepted(await privacyRequests.file(caller, asking("rectification", { rectification: name })));
    expect((await subjectsOfMails(ADA)).join()).toMatch(/received.*carried out/);

    const moved = { name: null, email: "ada.l@example.org", comment: null };
    accepted(await privacyRequests.file(caller, asking("rectification", { rectification: moved })));
    const { id, token } = await confirmationFor(service, "ada.l@example.org");
    accepted(await privacyRequests.file(caller, asking("portability")));
    const third = { name: null, email: "a.lovelace@example.org", comment: null };
    accepted(await privacyRequests.file(caller, asking("rectification", { rectification: third })));
    accepted(await privacyRequests.confirm(caller, { id: id as PrivacyRequestId, token }));
    const newMailbox = await subjectsOfMails("ada.l@example.org");
    expect(newMailbox.map((each) => each.replace(/ \(.*/, ""))).toEqual([
      "Please confirm your request",
      expect.stringMatching("received"),
      "Your request was carried out",
    ]);
    expect(await subjectsOfMails("a.lovelace@example.org")).toHaveLength(1);
    expect((await subjectsOfMails(ADA)).at(-1)).toContain("Your address was changed");
    const told = service.mails.find(({ subject }) => subject.includes("address was changed"));
    expect(told?.text).not.toContain("ada.l@example.org");
  });

  test("is extended once with a reason, and refused with where to complain", async () => {
    service = await testService();
    const caller = await operator();
    const { privacyRequests } = service.application;
    const { id, due_at } = await entered(service);
    const extended = accepted(await privacyRequests.extend(caller, { id, reason: "Many comments" }));
    expect(extended.due_at).toBeGreaterThan(due_at);
    expect(await privacyRequests.extend(caller, { id, reason: "More" })).toMatchObject({
      error: { type: "extension-not-possible" },
    });
    expect(await privacyRequests.refuse(caller, { id, ground: "excessive", reason: " " })).toMatchObject({
      error: { type: "invalid-input" },
    });
    const refused = accepted(
      await privacyRequests.refuse(caller, { id, ground: "excessive", reason: "The tenth this week" }),
    );
    expect(refused.answer).toContain("supervisory authority");
    expect(refused.answer).toContain("court");
    expect(await subjectsOfMails("stranger@example.net")).toHaveLength(3);
  });

  test("stops its clock while it is asked who she is, and reminds the operators once each", async () => {
    service = await testService();
    const caller = await operator();
    const { privacyRequests } = service.application;
    const { id, due_at } = await entered(service);
    accepted(await privacyRequests.askIdentity(caller, id));
    service.pass(40 * DAY);
    expect(await wakeRequests(service.deps)).toBe(1);
    expect(await wakeRequests(service.deps)).toBe(0);
    const { subject } = accepted(
      await service.application.sessions.currentSession((await service.signIn(ADA)).caller),
    );
    const admin = await operator();
    const going = accepted(await privacyRequests.confirmIdentity(admin, { id, subject }));
    expect(going).toMatchObject({ state: "open", clock: "running", subject, unsuspended_due_at: due_at });
    expect(going.due_at - due_at).toBeGreaterThanOrEqual(40 * DAY);
    service.pass(going.due_at - service.deps.clock.now() - 7 * DAY);
    expect(await wakeRequests(service.deps)).toBe(1);
    expect(await wakeRequests(service.deps)).toBe(0);
    service.pass(7 * DAY + 1);
    expect(await wakeRequests(service.deps)).toBe(1);
    expect(await wakeRequests(service.deps)).toBe(0);
    expect(
      accepted(
        await privacyRequests.inbox(await operator(), {
          page: { limit: 20, cursor: null },
          state: null,
          type: null,
        }),
      ).items[0],
    ).toMatchObject({ id, late: true });
    expect(
      (await subjectsOfMails("operator@example.org")).filter((each) => each.includes("needs an answer")),
    ).toHaveLength(3);
  });

  test("is not kept for ever where nobody shows whose it is", async () => {
    service = await testService();
    const caller = await operator();
    const { privacyRequests } = service.application;
    const { id } = await entered(service);
    accepted(await privacyRequests.askIdentity(caller, id));
    service.pass(30 * DAY);
    expect(await wakeRequests(service.deps)).toBe(1);
    expect(await subjectsOfMails("operator@example.org")).toContainEqual(
      expect.stringContaining("needs an answer"),
    );
    service.pass(30 * DAY - 1);
    expect(await wakeRequests(service.deps)).toBe(0);
    service.pass(1);
    expect(await wakeRequests(service.deps)).toBe(1);
    expect(await wakeRequests(service.deps)).toBe(0);
    expect(accepted(await privacyRequests.read(await operator(), id))).toMatchObject({
      state: "refused",
      refusal_ground: "not_identifiable",
      contact: null,
      statement: null,
      closed_at: service.deps.clock.now(),
    });
    await service.deliver();
    const last = service.mails.findLast(({ to }) => to === "stranger@example.net");
    expect(last?.subject).toContain("Your request was closed");
    expect(last?.text).toContain("supervisory authority");
  });

  test("names the way to the data in its letter, and says so when it came late", async () => {
    service = await testService();
    const { caller } = await service.signIn(ADA);
    const { privacyRequests } = service.application;
    const { id } = accepted(await privacyRequests.file(caller, asking("access")));
    await service.deliver();
    const letter = service.mails.findLast(({ to }) => to === ADA);
    const link = `http://localhost/v1/privacy-requests/${id}/export`;
    expect(letter?.text).toContain(`\n${link}\n`);
    expect(letter?.text).toContain("Sign in");
    expect(letter?.html).toContain(`<a href="${link}">`);

    const received_at = plus(service.deps.clock.now(), -76 * DAY);
    const input = { ...asking("access"), email: "stranger@example.net", received_at };
    accepted(await privacyRequests.enter(await operator(), input));
    await service.deliver();
    const late = service.mails.findLast(({ to }) => to === "stranger@example.net");
    expect(late?.text).toContain("should have answered by");
    expect(late?.text).not.toContain("at the latest");
    expect(late?.text).not.toContain("/export");
  });

  test("for erasure is extended before it is due, and its date moves with the limit", async () => {
    service = await testService();
    const { caller } = await service.signIn(ADA);
    const { privacyRequests } = service.application;
    const { id, due_at, effective_at } = accepted(await privacyRequests.file(caller, asking("erasure")));
    const admin = await operator();
    const extended = accepted(await privacyRequests.extend(admin, { id, reason: "A claim is looked into" }));
    expect(extended).toMatchObject({ state: "scheduled", extended_at: service.deps.clock.now() });
    expect(extended.due_at).toBeGreaterThan(due_at);
    expect(extended.effective_at).toBe(plus(extended.due_at, -DAY));
    expect(extended.effective_at).toBeGreaterThan(effective_at ?? 0);
    expect(await privacyRequests.extend(admin, { id, reason: "More" })).toMatchObject({
      error: { type: "extension-not-possible" },
    });
    expect(accepted(await privacyRequests.cancel(caller, id)).state).toBe("cancelled");
  });

  test("that came by letter is answered with the archive, once it is known whose it is", async () => {
    service = await testService();
    const { privacyRequests } = service.application;
    const nobodys = await entered(service);
    expect(await privacyRequests.handOver(await operator(), nobodys.id)).toMatchObject({
      error: { type: "request-state-conflict" },
    });
    const { id } = await identified(service, "portability");
    const files = accepted(await privacyRequests.handOver(await operator(), id));
    const [data] = files;
    let text = "";
    for await (const chunk of data?.chunks ?? []) text += chunk;
    expect(text).toContain("letter-writer@example.org");
    expect(accepted(await privacyRequests.read(await operator(), id)).state).toBe("open");
    const correction = await identified(service, "restriction");
    expect(await privacyRequests.handOver(await operator(), correction.id)).toMatchObject({
      error: { type: "not-found" },
    });
    const { caller } = await service.signIn("letter-writer@example.org");
    expect(await privacyRequests.handOver(caller, id)).toMatchObject({
      error: { type: "permission-missing" },
    });
  });
});
