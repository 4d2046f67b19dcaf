import { describe, expect, test } from "bun:test";
import { ANONYMOUS, type Caller } from "../../src/app/caller.ts";
import { FEATURE_FLAGS } from "../../src/domain/configuration/feature-flags.ts";
import { DAY, HOUR } from "../../src/domain/shared/instant.ts";
import { accepted, refused, type TestService, testService } from "../support/service.ts";

const shownToken = async (service: TestService): Promise<string> =>
  accepted(await service.application.consent.showPolicy(["en"])).notice_token;

/** A visitor who granted what is given, with the caller that her subject cookie makes. */
const decided = async (service: TestService, decisions: { functional?: boolean; marketing?: boolean }) => {
  const outcome = accepted(
    await service.application.consent.recordConsent(service.as(ANONYMOUS), {
      decisions,
      notice_token: await shownToken(service),
      method: "banner",
    }),
  );
  const principal = accepted(
    await service.application.sessions.authenticate({
      bearer: null,
      session_cookie: null,
      subject_cookie: outcome.subject_token,
    }),
  );
  return { outcome, caller: service.as(principal) };
};

const granted = async (service: TestService, caller: Caller): Promise<string[]> => {
  const { standings } = accepted(await service.application.consent.currentConsent(caller));
  return Object.entries(standings)
    .filter(([, each]) => each.granted)
    .map(([type]) => type);
};

describe("deciding", () => {
  test("a visitor becomes a subject by deciding, and only by deciding", async () => {
    const service = await testService();
    const before = accepted(await service.application.consent.currentConsent(service.as(ANONYMOUS)));
    expect(before).toMatchObject({ subject: null, record: null, needs_decision: true });
    const { outcome, caller } = await decided(service, { functional: true });
    expect(outcome.record).toMatchObject({
      sequence: 1,
      event: "decided",
      consent_given: true,
      method: "banner",
    });
    expect(outcome.record.notice_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await granted(service, caller)).toEqual(["essential", "functional"]);
  });

  test("the notice hash is of exactly what was shown, and differs by language", async () => {
    const service = await testService();
    const [english, german, again] = await Promise.all(
      ["en", "de-AT", "en"].map(async (language) =>
        accepted(await service.application.consent.showPolicy([language])),
      ),
    );
    expect(german?.notice.language).toBe("de");
    expect(english?.notice_hash).toBe(again?.notice_hash as string);
    expect(english?.notice_hash).not.toBe(german?.notice_hash as string);
  });

  test("a banner decision needs fresh proof of the notice", async () => {
    const service = await testService();
    const token = await shownToken(service);
    const attempt = (notice_token: string | null) =>
      service.application.consent.recordConsent(service.as(ANONYMOUS), {
        decisions: {},
        notice_token,
        method: "banner",
      });
    expect(refused(await attempt(null))).toBe("notice-required");
    expect(refused(await attempt(`${token.slice(0, -2)}xx`))).toBe("notice-token-invalid");
    service.pass(HOUR - 1);
    expect((await attempt(token)).ok).toBe(true);
    service.pass(1);
    expect(refused(await attempt(token))).toBe("notice-token-expired");
  });

  test("analytics is neither offered nor grantable while its flag is off", async () => {
    const service = await testService();
    const { notice } = accepted(await service.application.consent.showPolicy([]));
    expect(notice.purposes.map(({ type }) => type)).toEqual(["essential", "functional", "marketing"]);
    const outcome = await service.application.consent.recordConsent(service.as(ANONYMOUS), {
      decisions: { analytics: true },
      notice_token: await shownToken(service),
      method: "banner",
    });
    expect(refused(outcome)).toBe("purpose-not-offered");
    const open = await testService({ settings: { flags: { ...FEATURE_FLAGS, enable_analytics: true } } });
    expect(accepted(await open.application.consent.showPolicy([])).notice.purposes).toHaveLength(4);
  });

  test("decisions at the same moment all stand in the history, one after the other", async () => {
    const service = await testService();
    const { caller } = await decided(service, {});
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, (_, at) =>
        service.application.consent.recordConsent(caller, {
          decisions: { functional: at % 2 === 0 },
          notice_token: null,
          method: "settings",
        }),
      ),
    );
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    const history = accepted(
      await service.application.consent.consentHistory(caller, { limit: 100, cursor: null }),
    );
    expect(history.items.map(({ sequence }) => sequence)).toEqual([5, 4, 3, 2, 1]);
  });
});

describe("what is in force", () => {
  test("a withdrawal acts on the next question and keeps what was there", async () => {
    const service = await testService();
    const { caller } = await decided(service, { functional: true, marketing: true });
    accepted(
      await service.application.consent.withdrawConsent(caller, {
        purposes: ["marketing"],
        method: "settings",
      }),
    );
    expect(await granted(service, caller)).toEqual(["essential", "functional"]);
    const { items } = accepted(
      await service.application.consent.consentHistory(caller, { limit: 10, cursor: null }),
    );
    expect(items.map(({ event }) => event)).toEqual(["withdrawn", "decided"]);
  });

  test("what ends is written down outside the database first: withdrawn, or refused after a grant", async () => {
    const service = await testService();
    const { caller } = await decided(service, { functional: true, marketing: true });
    const decideAgain = (decisions: { functional?: boolean; marketing?: boolean }) =>
      service.application.consent.recordConsent(caller, {
        decisions,
        notice_token: null,
        method: "settings",
      });
    const told = async () =>
      (await service.deps.ledger.after(null)).map((entry) =>
        entry.kind === "withdrawal" ? entry.purposes : entry.kind,
      );
    accepted(
      await service.application.consent.withdrawConsent(caller, { purposes: ["marketing"], method: "api" }),
    );
    expect(await told()).toEqual([["marketing"]]);
    accepted(
      await service.application.consent.withdrawConsent(caller, { purposes: ["marketing"], method: "api" }),
    );
    accepted(await decideAgain({ functional: true, marketing: true }));
    expect(await told()).toEqual([["marketing"]]);
    accepted(await decideAgain({ marketing: true }));
    expect(await told()).toEqual([["marketing"], ["functional"]]);
  });

  test("a decision runs out after 365 days, to the millisecond", async () => {
    const service = await testService();
    const { caller } = await decided(service, { functional: true });
    service.pass(365 * DAY - 1);
    expect(await granted(service, caller)).toEqual(["essential", "functional"]);
    service.pass(1);
    expect(await granted(service, caller)).toEqual(["essential"]);
    expect(accepted(await service.application.consent.currentConsent(caller)).needs_decision).toBe(true);
  });

  test("Sec-GPC denies marketing that was granted without it, and not what was granted in spite of it", async () => {
    const service = await testService();
    const { caller } = await decided(service, { functional: true, marketing: true });
    const withSignal = { ...caller, gpc: true };
    expect(await granted(service, withSignal)).toEqual(["essential", "functional"]);
    expect(await granted(service, caller)).toEqual(["essential", "functional", "marketing"]);
    accepted(
      await service.application.consent.recordConsent(withSignal, {
        decisions: { marketing: true },
        notice_token: await shownToken(service),
        method: "banner",
      }),
    );
    expect(await granted(service, withSignal)).toEqual(["essential", "marketing"]);
  });

  test("the subject cookie of another instance, or a changed one, speaks for nobody", async () => {
    const service = await testService();
    const { outcome } = await decided(service, { functional: true });
    const elsewhere = await testService({ settings: { secretKey: "another secret key, also long enough" } });
    const cookie = outcome.subject_token ?? "";
    for (const [where, subject_cookie] of [
      [elsewhere, cookie],
      [service, `${cookie}a`],
      [service, cookie.replace(".", "..")],
      [service, ""],
    ] as const) {
      const principal = await where.application.sessions.authenticate({
        bearer: null,
        session_cookie: null,
        subject_cookie,
      });
      expect(accepted(principal)).toEqual(ANONYMOUS);
    }
  });
});
