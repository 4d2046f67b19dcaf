// An objection that has to be weighed, from the person's words to what becomes of her data.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Caller } from "../../src/app/caller.ts";
import { DEFAULT_POLICY } from "../../src/domain/consent/default-policy.ts";
import { canonicalJson, type Json } from "../../src/domain/shared/canonical-json.ts";
import type { KeyedHash } from "../../src/domain/shared/ids.ts";
import { asking } from "../support/privacy-requests.ts";
import { changes, hash, insert } from "../support/records.ts";
import { accepted, NOON, refused, type TestService, testService } from "../support/service.ts";

describe("an objection to what rests on legitimate interests", () => {
  let service: TestService;
  let ada: Caller;
  let operator: Caller;

  const functional = async () =>
    accepted(await service.application.consent.currentConsent(ada)).standings.functional;

  const status = async () => {
    const { subject } = accepted(await service.application.sessions.currentSession(ada));
    return (await service.deps.readers.subjects.byId(subject))?.status;
  };

  const decided = async (decision: "granted" | "rejected") => {
    const { privacyRequests } = service.application;
    const { id } = accepted(await privacyRequests.file(ada, asking("objection", { purpose: "functional" })));
    expect(await status()).toBe("restricted");
    return accepted(await privacyRequests.decide(operator, { id, decision, reason: "As she says" }));
  };

  beforeEach(async () => {
    service = await testService();
    const legal_bases = { ...DEFAULT_POLICY.legal_bases, functional: "legitimate_interests" };
    const content = canonicalJson({ ...DEFAULT_POLICY, legal_bases } as unknown as Json);
    const policy = { policy_version: 2, material_version: 1, status: "published", content } as const;
    const published = await service.deps.unitOfWork.commit(
      changes([insert("consent_policies", { ...policy, published_at: NOON })]),
    );
    if (!published.ok) throw new Error("the policy was not published");
    ada = (await service.signIn("ada@example.org")).caller;
    operator = (await service.signIn("operator@example.org", "admin")).caller;
    accepted(
      await service.application.consent.recordConsent(ada, {
        decisions: { functional: true },
        notice_token: null,
        method: "settings",
      }),
    );
    expect(await functional()).toMatchObject({ granted: true });
  });
  afterEach(() => service.close());

  test("ends it for good when it is granted, and lets go of everything else", async () => {
    const granted = await decided("granted");
    expect(granted).toMatchObject({ state: "completed", lifted_at: service.deps.clock.now() });
    expect(await status()).toBe("active");
    expect(await functional()).toMatchObject({ granted: false });
    expect(refused(await service.application.privacyRequests.cancel(ada, granted.id))).toBe(
      "request-state-conflict",
    );
    expect(await functional()).toMatchObject({ granted: false });
    const told = (await service.deps.ledger.after(null)).map(({ kind }) => kind);
    expect(told.slice(-2)).toEqual(["objection", "unrestriction"]);
  });

  test("leaves it as it was when compelling grounds weigh more, once she has been told", async () => {
    expect(await decided("rejected")).toMatchObject({
      state: "refused",
      refusal_ground: "compelling_grounds",
      lifted_at: null,
    });
    expect(await status()).toBe("restricted");
  });

  test("stays restricted by what else restricts her", async () => {
    accepted(await service.application.privacyRequests.file(ada, asking("restriction")));
    await decided("granted");
    expect(await status()).toBe("restricted");
  });

  test("leaves nothing that leads to the operator in her history, whoever carried it out", async () => {
    const { privacyRequests, sessions } = service.application;
    const { subject } = accepted(await sessions.currentSession(ada));
    const there = { ...operator, origin: { ip_hash: hash<KeyedHash>(), user_agent_hash: hash<KeyedHash>() } };
    const input = { ...asking("objection"), email: "letter@example.org", received_at: null };
    const { id } = accepted(await privacyRequests.enter(there, input));
    accepted(await privacyRequests.confirmIdentity(there, { id, subject }));
    const weighed = accepted(await privacyRequests.file(ada, asking("objection", { purpose: "functional" })));
    accepted(
      await privacyRequests.decide(there, { id: weighed.id, decision: "granted", reason: "As she says" }),
    );
    const events = await service.deps.readers.consents.history(subject, null, 10);
    expect(events.map(({ event }) => event)).toEqual(["withdrawn", "withdrawn", "decided"]);
    for (const event of events) expect(event).toMatchObject({ ip_hash: null, user_agent_hash: null });
  });
});
