import { describe, expect, test } from "bun:test";
import { consentTypes, decideConsent, purposeStates } from "../../src/domain/consent/consent.ts";
import { offeredPurposes } from "../../src/domain/consent/consent-policy.ts";
import { decided, decision, IDS, situation } from "./deciding.ts";
import { ADA, days, EVERYTHING, hash, notice, occasion, policy, subject, T0, TRACED } from "./given.ts";

describe("deciding", () => {
  test.each([
    [{}, ["essential"]],
    [{ functional: true }, ["essential", "functional"]],
    [{ functional: false }, ["essential"]],
    [{ analytics: true }, ["essential", "analytics"]],
    [{ marketing: true }, ["essential", "marketing"]],
    [{ marketing: true, functional: true }, ["essential", "functional", "marketing"]],
    [{ functional: true, analytics: true, marketing: true }, [...EVERYTHING]],
    [{ functional: false, analytics: false, marketing: false }, ["essential"]],
  ] as const)("%j grants %j: nothing is ticked beforehand", (decisions, granted) => {
    const record = decided({}, { decisions });
    expect(consentTypes(record)).toEqual(granted);
    expect(Object.keys(purposeStates(record)).toSorted()).toEqual(["analytics", "functional", "marketing"]);
    expect(record.consent_given).toBe(granted.length > 1);
    expect(record.consent_timestamp).toBe(granted.length > 1 ? T0 : null);
  });

  test("writes down who, what was shown, when, how and until when", () => {
    const result = decideConsent(
      situation(),
      decision({ decisions: { functional: true }, gpc: true }),
      IDS,
      occasion(T0, TRACED),
    );
    expect(result).toMatchObject({
      ok: true,
      value: {
        newSubject: false,
        record: {
          id: IDS.consent,
          subject_id: ADA,
          sequence: 1,
          event: "decided",
          policy_version: 1,
          language: "en",
          notice_hash: hash<string>("d"),
          method: "banner",
          gpc: true,
          timestamp: T0,
          expires_at: days(365),
          retention_until: days(365 + 1095),
          anonymized: false,
          ip_hash: TRACED.ip_hash,
          user_agent_hash: TRACED.user_agent_hash,
        },
        changes: {
          expects: [{ in: "subjects", id: ADA, version: 1 }],
          writes: [{ op: "insert", into: "consents" }],
          audit: [{ action: "consent.recorded", resource_id: IDS.consent }],
        },
      },
    });
  });

  test("makes a subject of a visitor nobody knows, with no role but reading", () => {
    const result = decideConsent(situation({ subject: null }), decision(), IDS, occasion());
    expect(result).toMatchObject({
      ok: true,
      value: {
        newSubject: true,
        record: { subject_id: IDS.subject },
        changes: {
          expects: [],
          writes: [
            { op: "insert", into: "subjects", row: { id: IDS.subject, role: "anonymous", status: "active" } },
            { op: "insert", into: "consents" },
          ],
        },
      },
    });
  });

  test.each([
    ["the setting", null, 365, 365],
    ["the policy, where it says so", 180, 365, 180],
    ["the setting of another site", null, 30, 30],
  ] as const)("stands as long as %s has it", (_, validity_days, consentCookieDays, expected) => {
    const record = decided({ policy: policy({ content: { validity_days } }), consentCookieDays }, {});
    expect(record.expires_at).toBe(days(expected));
    expect(purposeStates(record).functional?.expires_at).toBe(days(expected));
  });

  test("comes after the latest record and replaces all of it", () => {
    const first = decided({}, { decisions: { functional: true, marketing: true } });
    const second = decided({ latest: first }, { decisions: { analytics: true } }, days(1));
    expect(second.sequence).toBe(2);
    expect(consentTypes(second)).toEqual(["essential", "analytics"]);
  });

  test.each([
    ["a banner without its notice", { notice: null }, {}, { type: "notice-required" }],
    [
      "a purpose that was not shown",
      { decisions: { marketing: true }, notice: notice(["essential", "functional"]) },
      {},
      { type: "purpose-not-offered", purpose: "marketing" },
    ],
    [
      "a purpose that is not offered now",
      { decisions: { analytics: true } },
      { offered: offeredPurposes({ enable_analytics: false }) },
      { type: "purpose-not-offered", purpose: "analytics" },
    ],
    [
      "the same without a notice",
      { decisions: { analytics: true }, notice: null, method: "api" },
      { offered: offeredPurposes({ enable_analytics: false }) },
      { type: "purpose-not-offered", purpose: "analytics" },
    ],
    ["an erased subject", {}, { subject: subject({ status: "erased" }) }, { type: "subject-erased" }],
  ] as const)("is refused for %s", (_, when, given, error) => {
    expect(decideConsent(situation(given), decision(when), IDS, occasion())).toEqual({
      ok: false,
      error,
    } as never);
  });

  test.each([
    ["refusing what was not shown", { decisions: { marketing: false }, notice: notice(["essential"]) }, {}],
    [
      "refusing what is not offered",
      { decisions: { analytics: false } },
      { offered: offeredPurposes({ enable_analytics: false }) },
    ],
    ["the settings page without a notice", { notice: null, method: "settings" }, {}],
    ["the API without a notice", { notice: null, method: "api" }, {}],
    ["a restricted subject", {}, { subject: subject({ status: "restricted" }) }],
    ["a browser that sends Sec-GPC", { decisions: { marketing: true }, gpc: true }, {}],
  ] as const)("is taken for %s", (_, when, given) => {
    expect(decideConsent(situation(given), decision(when), IDS, occasion()).ok).toBe(true);
  });

  test("tells the audit trail the purposes and nothing of the person", () => {
    const result = decideConsent(
      situation(),
      decision({ decisions: { marketing: true } }),
      IDS,
      occasion(T0, TRACED),
    );
    expect(result.ok && result.value.changes.audit[0].details).toBe(
      '{"gpc":false,"method":"banner","new_subject":false,"policy_version":1,"purposes":["marketing"]}' as never,
    );
  });
});
