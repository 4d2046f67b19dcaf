// What becomes of a visitor's decisions when somebody signs in on the same browser. Nothing, by itself: a cookie on a shared
// computer may be somebody else's. What is in force for her is her own newest decision.
import { describe, expect, test } from "bun:test";
import { ANONYMOUS, type Caller } from "../../src/app/caller.ts";
import { accepted, type TestService, testService } from "../support/service.ts";

const decide = async (service: TestService, caller: Caller, marketing: boolean) =>
  accepted(
    await service.application.consent.recordConsent(caller, {
      decisions: { marketing },
      notice_token: null,
      method: "settings",
    }),
  );

const reasonFor = async (service: TestService, caller: Caller): Promise<string> =>
  accepted(await service.application.consent.currentConsent(caller)).standings.marketing.reason;

const historyOf = async (service: TestService, caller: Caller) =>
  accepted(await service.application.consent.consentHistory(caller, { limit: 100, cursor: null })).items;

/** A browser in which a visitor decided; then who signs in uses it, and the visitor's cookie goes along. */
const sharedComputer = async (marketing: boolean) => {
  const service = await testService();
  const decided = await decide(service, service.as(ANONYMOUS), marketing);
  const subject_cookie = decided.subject_token;
  const asVisitor = service.as(
    accepted(
      await service.application.sessions.authenticate({ bearer: null, session_cookie: null, subject_cookie }),
    ),
  );
  const { token } = await service.signIn("ada@example.org");
  const asAda = service.as(
    accepted(
      await service.application.sessions.authenticate({
        bearer: null,
        session_cookie: token,
        subject_cookie,
      }),
    ),
  );
  return { service, asVisitor, asAda, visitor: decided.record.subject_id };
};

describe("signing in beside a visitor's cookie", () => {
  test("takes over nothing: who signs in has decided what she decided", async () => {
    const { service, asVisitor, asAda, visitor } = await sharedComputer(true);
    expect(await reasonFor(service, asVisitor)).toBe("granted");
    expect(await reasonFor(service, asAda)).toBe("not-decided");
    expect(await historyOf(service, asAda)).toEqual([]);
    const current = accepted(await service.application.consent.currentConsent(asAda));
    expect(JSON.stringify(current)).not.toContain(visitor);
  });

  test("her act is recorded for her alone, and leaves the visitor's decision as it was", async () => {
    const { service, asVisitor, asAda, visitor } = await sharedComputer(false);
    const decided = await decide(service, asAda, true);
    expect(decided.record.subject_id).not.toBe(visitor);
    // No cookie either: the browser's visitor stays who she was.
    expect(decided.subject_token).toBeNull();
    expect(await reasonFor(service, asAda)).toBe("granted");
    expect(await reasonFor(service, asVisitor)).toBe("refused");
    expect((await historyOf(service, asVisitor)).every(({ subject_id }) => subject_id === visitor)).toBe(
      true,
    );
  });

  test("her decisions are the same on every device she signs in on, the newest one wins", async () => {
    const { service, asAda } = await sharedComputer(true);
    await decide(service, asAda, true);
    const { caller: onHerPhone } = await service.signIn("ada@example.org");
    expect(await reasonFor(service, onHerPhone)).toBe("granted");
    accepted(
      await service.application.consent.withdrawConsent(onHerPhone, {
        purposes: ["marketing"],
        method: "api",
      }),
    );
    expect(await reasonFor(service, asAda)).toBe("withdrawn");
    expect((await historyOf(service, onHerPhone)).map(({ sequence }) => sequence)).toEqual([2, 1]);
  });

  test("two who sign in one after the other on one browser learn nothing of each other", async () => {
    const { service, asAda } = await sharedComputer(true);
    await decide(service, asAda, true);
    const { caller: asBob } = await service.signIn("bob@example.org");
    expect(await reasonFor(service, asBob)).toBe("not-decided");
    expect(await historyOf(service, asBob)).toEqual([]);
  });
});
