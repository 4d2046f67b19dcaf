import { describe, expect, test } from "bun:test";
import { consentTypes, purposeStates, withdrawConsent } from "../../src/domain/consent/consent.ts";
import { decided, IDS, situation, withdrawn } from "./deciding.ts";
import { days, occasion, subject, T0 } from "./given.ts";

describe("withdrawing", () => {
  const all = decided({}, { decisions: { functional: true, analytics: true, marketing: true } });

  test.each([
    [["marketing"], ["essential", "functional", "analytics"]],
    [["analytics"], ["essential", "functional", "marketing"]],
    [
      ["functional", "analytics"],
      ["essential", "marketing"],
    ],
    [["functional", "analytics", "marketing"], ["essential"]],
  ] as const)("%j leaves %j", (purposes, left) => {
    const record = withdrawn(all, purposes, days(1));
    expect(consentTypes(record)).toEqual(left);
    expect(record.event).toBe("withdrawn");
    expect(record.sequence).toBe(2);
    expect(record.consent_given).toBe(left.length > 1);
  });

  test("leaves the other purposes as they were decided: their dates do not move", () => {
    const record = withdrawn(all, ["marketing"], days(100));
    expect(purposeStates(record).functional).toEqual(purposeStates(all).functional);
    expect(purposeStates(record).marketing).toMatchObject({
      granted: false,
      withdrawn: true,
      decided_at: days(100),
    });
  });

  test("remembers when what it ends was given, also when it is ended again or refused anew", () => {
    const givenAt = (record: ReturnType<typeof withdrawn>) =>
      purposeStates(record).marketing?.given_at ?? null;
    const once = withdrawn(all, ["marketing"], days(100));
    expect(givenAt(all)).toBe(T0);
    expect(givenAt(once)).toBe(T0);
    expect(givenAt(withdrawn(once, ["marketing"], days(101)))).toBe(T0);
    expect(givenAt(decided({ latest: once }, {}, days(102)))).toBe(T0);
    expect(givenAt(decided({ latest: once }, { decisions: { marketing: true } }, days(103)))).toBe(days(103));
    expect(givenAt(withdrawn(null, ["marketing"]))).toBeNull();
    expect(givenAt(decided({}, {}))).toBeNull();
  });

  test("names the audit entry of its commit", () => {
    expect(all.audit_entry_id).toBe(occasion().audit_id);
    expect(withdrawn(all, ["marketing"]).audit_entry_id).toBe(occasion().audit_id);
  });

  test("is right for what was never granted, and for a visitor who never decided", () => {
    expect(consentTypes(withdrawn(null, ["marketing"]))).toEqual(["essential"]);
    const refused = decided({}, {});
    expect(consentTypes(withdrawn(refused, ["marketing"]))).toEqual(["essential"]);
    expect(purposeStates(withdrawn(null, ["marketing"])).functional).toBeUndefined();
  });

  test("needs no notice and no offer", () => {
    const result = withdrawConsent(
      situation({ latest: all, offered: ["essential"] }),
      ["analytics"],
      { method: "banner", gpc: false },
      IDS,
      occasion(),
    );
    expect(result.ok).toBe(true);
  });

  test("makes a subject of a visitor nobody knows, so that it can be kept", () => {
    const result = withdrawConsent(
      situation({ subject: null }),
      ["marketing"],
      { method: "api", gpc: true },
      IDS,
      occasion(),
    );
    expect(result).toMatchObject({
      ok: true,
      value: {
        newSubject: true,
        record: { subject_id: IDS.subject, gpc: true, language: null, notice_hash: null },
      },
    });
  });

  test("is refused for an erased subject only", () => {
    const of = (status: "active" | "restricted" | "erased") =>
      withdrawConsent(
        situation({ subject: subject({ status }) }),
        ["marketing"],
        { method: "api", gpc: false },
        IDS,
        occasion(),
      );
    expect(of("erased")).toEqual({ ok: false, error: { type: "subject-erased" } });
    expect(of("restricted").ok).toBe(true);
    expect(of("active").ok).toBe(true);
  });

  test("names in the audit trail what was withdrawn now, not what had been before", () => {
    const first = withdrawn(all, ["analytics"]);
    const second = withdrawConsent(
      situation({ latest: first }),
      ["marketing"],
      { method: "settings", gpc: false },
      IDS,
      occasion(),
    );
    expect(second.ok && second.value.changes.audit[0]).toMatchObject({
      action: "consent.withdrawn",
      details: '{"policy_version":1,"purposes":["marketing"]}',
    } as never);
  });

  test("can be followed by granting again", () => {
    const again = decided(
      { latest: withdrawn(all, ["marketing"]) },
      { decisions: { marketing: true } },
      days(2),
    );
    expect(consentTypes(again)).toEqual(["essential", "marketing"]);
    expect(purposeStates(again).marketing).toMatchObject({ granted: true, withdrawn: false });
  });
});
