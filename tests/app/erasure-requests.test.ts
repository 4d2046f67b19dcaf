// From the person's request to the certificate: an erasure that was asked for is carried out when its date has come.
import { describe, expect, test } from "bun:test";
import { ANONYMOUS } from "../../src/app/caller.ts";
import { eraseSubject } from "../../src/app/erasure/erase-subject.ts";
import { runErasures } from "../../src/app/erasure/run-erasures.ts";
import { COLLECTIONS } from "../../src/domain/personal-data/records.ts";
import type { PrivacyRequestId, SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY, MINUTE, plus } from "../../src/domain/shared/instant.ts";
import { SealBroken } from "../../src/ports/secrets.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { SILENT } from "../support/audit-log.ts";
import { betrayals, CANARY } from "../support/canary.ts";
import { makeScene } from "../support/erasable.ts";
import { asking } from "../support/privacy-requests.ts";
import { accepted, refused, type TestService, testService } from "../support/service.ts";

const DELAY_DAYS = 3;

/** She asks, names herself in her own words, and has nothing else to do. */
const asked = async () => {
  const service = await testService({ settings: { anonymizationDelayDays: DELAY_DAYS } });
  const scene = await makeScene(service);
  const statement = `I am ${CANARY.name}, ${CANARY.email}: forget me.`;
  const { id } = accepted(
    await service.application.privacyRequests.file(
      scene.herCaller,
      asking("erasure", { comments: "remove_text", statement }),
    ),
  );
  return { service, scene, id };
};

const run = (service: TestService) =>
  runErasures({ ...service.deps, logger: SILENT, leases: service.store.leases });

const requestOf = ({ deps }: TestService, id: PrivacyRequestId) => deps.readers.privacyRequests.byId(id);

const certificates = ({ deps }: TestService) => deps.readers.signedReports.list("erasure", null, 10);

/** What leads to her, in the clear, in any collection or in the trail. */
const leftOfHer = async ({ deps }: TestService): Promise<readonly string[]> => {
  const rows = await Promise.all(COLLECTIONS.map((each) => deps.readers.records.walk(each, null, 1_000)));
  return betrayals(JSON.stringify([...rows.flat(), ...(await deps.readers.audit.list(null, 1_000))]));
};

const COMPLETED = {
  type: "erasure",
  state: "completed",
  statement: null,
  hindrance: null,
  anonymized: true,
} as const;

describe("an erasure that was asked for", () => {
  test("waits for its date, is carried out, and its request says no more than that", async () => {
    const { service, scene, id } = await asked();
    service.pass(DELAY_DAYS * DAY - MINUTE);
    expect(await run(service)).toMatchObject({ done: 0 });
    expect(await requestOf(service, id)).toMatchObject({ state: "scheduled" });

    service.pass(MINUTE);
    expect(await run(service)).toEqual({ done: 1, held: 0, residue: 0, open: 0, nothing: 0, failed: 0 });
    const request = await requestOf(service, id);
    expect(request).toMatchObject({ ...COMPLETED, closed_at: service.deps.clock.now() });
    expect(request?.subject_id).not.toBe(scene.her);
    expect(await certificates(service)).toHaveLength(1);
    expect(await leftOfHer(service)).toEqual([]);

    service.pass(DAY);
    expect(await run(service)).toMatchObject({ done: 0, nothing: 0 });
    expect(await certificates(service)).toHaveLength(1);
  });

  test("ends with a letter that says so and holds the certificate, and then her address is nowhere", async () => {
    const { service } = await asked();
    await service.deliver();
    service.pass(DELAY_DAYS * DAY);
    await run(service);
    const [letter, ...others] = await service.deps.readers.records.walk("outgoing_mails", null, 10);
    expect(letter).toMatchObject({ kind: "privacy_request", subject_id: null });
    expect(others).toEqual([]);
    await service.deliver();
    const told = service.mails.filter(({ subject }) => subject.includes("Your data were erased"));
    expect(told.map(({ to }) => to)).toEqual([CANARY.email]);
    const [certificate] = await certificates(service);
    expect(certificate).toBeDefined();
    expect(told[0]?.text).toContain(`\n${certificate?.document}\n`);
    expect(await service.deps.readers.records.walk("outgoing_mails", null, 10)).toEqual([]);
    const [erasure] = await service.deps.readers.records.walk("erasures", null, 10);
    expect(erasure).toMatchObject({ status: "done", work: null });
  });

  test("by letter, of somebody without an address here, is answered where the letter came from", async () => {
    const service = await testService({ settings: { anonymizationDelayDays: DELAY_DAYS } });
    const { caller } = await service.signIn("root@example.org", "admin");
    const decided = accepted(
      await service.application.consent.recordConsent(service.as(ANONYMOUS), {
        decisions: {},
        notice_token: null,
        method: "settings",
      }),
    );
    const subject = decided.record.subject_id;
    const input = { ...asking("erasure"), email: "letter@example.org", received_at: null };
    const { id } = accepted(await service.application.privacyRequests.enter(caller, input));
    accepted(await service.application.privacyRequests.confirmIdentity(caller, { id, subject }));
    service.pass(DELAY_DAYS * DAY);
    expect(await run(service)).toMatchObject({ done: 1 });
    await service.deliver();
    expect(service.mails.findLast(({ to }) => to === "letter@example.org")?.subject).toContain(
      "Your data were erased",
    );
  });

  test("stays open while a hold keeps her data, says so, and goes on once it is lifted", async () => {
    const { service, scene, id } = await asked();
    const { legalHolds, privacyRequests } = service.application;
    const admin = await service.signIn("root@example.org", "admin");
    const before = await leftOfHer(service);
    const hold = accepted(
      await legalHolds.place(admin.caller, { scope: "subject", on: scene.her, reason: "a claim" }),
    );
    service.pass(DELAY_DAYS * DAY);
    const entries = async () => (await service.deps.readers.audit.list(null, 1_000)).length;
    let written = 0;
    for (let minute = 0; minute < 3; minute += 1) {
      expect(await run(service)).toMatchObject({ done: 0, held: 1 });
      expect(await requestOf(service, id)).toMatchObject({
        state: "running",
        hindrance: "legal_hold",
        closed_at: null,
        subject_id: scene.her,
      });
      service.pass(MINUTE);
      // However long it waits, only that it has to is told.
      if (minute === 0) written = await entries();
      expect(await entries()).toBe(written);
    }
    expect(await leftOfHer(service)).toEqual(before);
    expect(await certificates(service)).toEqual([]);
    expect(refused(await privacyRequests.cancel(scene.herCaller, id))).toBe("request-state-conflict");

    const { caller } = await service.signIn("root@example.org", "admin");
    accepted(await legalHolds.lift(caller, hold.id));
    expect(await run(service)).toMatchObject({ done: 1, held: 0 });
    expect(await requestOf(service, id)).toMatchObject(COMPLETED);
    expect(await certificates(service)).toHaveLength(1);
    expect(await leftOfHer(service)).toEqual([]);
  });

  describe("that fails by itself", () => {
    /** Three people whose date has come: her, and two whom nobody wrote about. */
    const three = async () => {
      const { service, scene, id } = await asked();
      const others: PrivacyRequestId[] = [];
      for (const name of ["ines", "jonas"]) {
        const { caller } = await service.signIn(`${name}@example.org`);
        others.push(accepted(await service.application.privacyRequests.file(caller, asking("erasure"))).id);
      }
      service.pass(DELAY_DAYS * DAY);
      return { service, scene, id, others };
    };

    /** Runs with an erasure that goes wrong in a way of its own whenever hers is gone on with. */
    const runWith = async (service: TestService, her: SubjectId, failure: Error) => {
      const { readers } = service.deps;
      const lines: string[] = [];
      const figures = runErasures({
        ...service.deps,
        readers: {
          ...readers,
          identities: {
            ...readers.identities,
            ofSubject: (subject) =>
              subject === her ? Promise.reject(failure) : readers.identities.ofSubject(subject),
          },
        },
        logger: { ...SILENT, error: (...line) => void lines.push(JSON.stringify(line)) },
        leases: service.store.leases,
      });
      return { figures: await figures.catch((reason: unknown) => reason), lines };
    };

    test.each([
      ["a vault that cannot be read", new SealBroken()],
      ["a bug", Object.assign(new TypeError(`no ${CANARY.name}`), { detail: CANARY.email })],
      ["a value refused", new StorageFailure("refused", "no", "identities.ofSubject", "22021")],
    ])("keeps nobody else waiting, and is told of: %s", async (_what, failure) => {
      const { service, scene, id, others } = await three();
      const { figures, lines } = await runWith(service, scene.her, failure);
      expect(figures).toEqual({ done: 2, held: 0, residue: 0, open: 0, nothing: 0, failed: 1 });
      for (const other of others) expect(await requestOf(service, other)).toMatchObject(COMPLETED);
      expect(await requestOf(service, id)).toMatchObject({
        state: "running",
        hindrance: "trouble",
        effective_at: plus(service.deps.clock.now(), 10 * MINUTE),
      });
      expect(lines).toEqual([
        expect.stringContaining(`["erasure_failed",{"exception_type":"${failure.name}"`),
      ]);
      expect(betrayals(lines.join())).toEqual([]);

      // Mended, it is carried out as if it had never failed, once its time has come again.
      service.pass(9 * MINUTE);
      expect(await run(service)).toMatchObject({ done: 0, failed: 0 });
      service.pass(MINUTE);
      expect(await run(service)).toMatchObject({ done: 1, failed: 0 });
      expect(await requestOf(service, id)).toMatchObject(COMPLETED);
      expect(await leftOfHer(service)).toEqual([]);
    });

    test("without a request of hers keeps nobody else waiting either", async () => {
      const { service, scene, others } = await three();
      const stopped = { subject: scene.her, comments: "remove_text" } as const;
      expect((await eraseSubject(service.deps)(stopped, async () => false)).type).toBe("open");
      for (let turn = 0; turn < 2; turn += 1) {
        const request = await requestOf(service, others[turn] as PrivacyRequestId);
        const input = { subject: request?.subject_id as SubjectId, comments: "keep_text" } as const;
        expect((await eraseSubject(service.deps)(input, async () => false)).type).toBe("open");
      }
      const rest = await service.deps.readers.privacyRequests.dueErasures(service.deps.clock.now(), 10);
      expect(rest).toHaveLength(3);
      const { readers } = service.deps;
      const deps = {
        ...service.deps,
        readers: { ...readers, privacyRequests: { ...readers.privacyRequests, dueErasures: async () => [] } },
      };
      const { figures } = await runWith({ ...service, deps }, scene.her, new SealBroken());
      expect(figures).toMatchObject({ done: 2, failed: 1 });
      expect(await readers.erasures.ofSubject(scene.her)).toMatchObject({
        status: "running",
        next_attempt_at: plus(service.deps.clock.now(), 10 * MINUTE),
      });
    });

    test.each(["lost", "closed", "overloaded"] as const)(
      "because the store is %s ends the run, and is nobody's fault",
      async (kind) => {
        const { service, scene, id, others } = await three();
        const failure = new StorageFailure(kind, "no", "identities.ofSubject");
        const { figures, lines } = await runWith(service, scene.her, failure);
        expect(figures).toBe(failure);
        expect(lines).toEqual([]);
        expect(await requestOf(service, id)).toMatchObject({ state: "running", hindrance: null });
        for (const other of others)
          expect(await requestOf(service, other)).toMatchObject({ state: "scheduled" });
        expect(await run(service)).toMatchObject({ done: 3, failed: 0 });
      },
    );
  });
});
