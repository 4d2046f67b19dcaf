// From the person's request to the certificate: an erasure that was asked for is carried out when its date has come.
import { describe, expect, test } from "bun:test";
import { runErasures } from "../../src/app/erasure/run-erasures.ts";
import { COLLECTIONS } from "../../src/domain/personal-data/records.ts";
import type { PrivacyRequestId } from "../../src/domain/shared/ids.ts";
import { DAY, MINUTE } from "../../src/domain/shared/instant.ts";
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
    expect(await run(service)).toEqual({ done: 1, held: 0, residue: 0, open: 0, nothing: 0 });
    const request = await requestOf(service, id);
    expect(request).toMatchObject({ ...COMPLETED, closed_at: service.deps.clock.now() });
    expect(request?.subject_id).not.toBe(scene.her);
    expect(await certificates(service)).toHaveLength(1);
    expect(await leftOfHer(service)).toEqual([]);

    service.pass(DAY);
    expect(await run(service)).toMatchObject({ done: 0, nothing: 0 });
    expect(await certificates(service)).toHaveLength(1);
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
    for (let minute = 0; minute < 3; minute += 1) {
      expect(await run(service)).toMatchObject({ done: 0, held: 1 });
      expect(await requestOf(service, id)).toMatchObject({
        state: "running",
        hindrance: "legal_hold",
        closed_at: null,
        subject_id: scene.her,
      });
      service.pass(MINUTE);
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
});
