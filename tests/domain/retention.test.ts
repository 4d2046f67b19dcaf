import { describe, expect, test } from "bun:test";
import { auditEntry } from "../../src/domain/audit/audit-entry.ts";
import { holdOn, isInForce, type LegalHold } from "../../src/domain/retention/legal-hold.ts";
import {
  DataRetentionPeriod,
  DEFAULT_RETENTION,
  isDue,
  type RetentionCategory,
  retentionUntil,
} from "../../src/domain/retention/retention-period.ts";
import { withUse } from "../../src/domain/retention/with-use.ts";
import type { Changes, Write } from "../../src/domain/shared/changes.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import type { LegalHoldId } from "../../src/domain/shared/ids.ts";
import { plus } from "../../src/domain/shared/instant.ts";
import { ADA, after, BOB, days, id, occasion, subject, T0 } from "./given.ts";

describe("retention", () => {
  test("has the specification's periods, in days", () => {
    expect(DataRetentionPeriod).toEqual({ LOGS: 365, USER_DATA: 1095, COMMENTS: 2190, AUDIT_TRAIL: 2555 });
  });

  test.each([
    ["logs", 365],
    ["user_data", 1095],
    ["comments", 2190],
    ["audit_trail", 2555],
  ] as readonly (readonly [RetentionCategory, number])[])(
    "keeps %s for %p days, or as set",
    (category, period) => {
      expect(retentionUntil(category, T0, DEFAULT_RETENTION)).toBe(days(period));
      expect(retentionUntil(category, T0, { ...DEFAULT_RETENTION, [category]: 1 })).toBe(days(1));
    },
  );

  test.each([
    ["before", 0, days(1), false],
    ["in the last millisecond", 0, after(1), false],
    ["at the date itself", 0, T0, true],
    ["after it", 1, T0, true],
    ["without a date", 0, null, false],
  ] as const)("is due %s", (_, at, retention_until, due) => {
    expect(isDue({ retention_until }, after(at))).toBe(due);
  });
});

const hold = (fields: Partial<LegalHold> = {}): LegalHold => ({
  ...newGdprRecord(id<LegalHoldId>(0x401d), T0, null),
  subject_id: ADA,
  record_id: null,
  reason: "claim",
  since: T0,
  lifted_at: null,
  ...fields,
});

describe("a legal hold", () => {
  test.each([
    ["before it begins", {}, -1, false],
    ["from its first moment", {}, 0, true],
    ["while it stands", {}, 1_000, true],
    ["in the last moment", { lifted_at: after(10) }, 9, true],
    ["at the moment it is lifted", { lifted_at: after(10) }, 10, false],
    ["after that", { lifted_at: after(10) }, 11, false],
  ] as readonly (readonly [string, Partial<LegalHold>, number, boolean])[])(
    "%s",
    (_, fields, at, expected) => {
      expect(isInForce(hold(fields), after(at))).toBe(expected);
    },
  );

  const record = { id: "r1", subject_id: ADA };

  test.each([
    ["on her", [hold()], record, false],
    ["on somebody else", [hold({ subject_id: BOB })], record, true],
    ["on this record", [hold({ subject_id: null, record_id: "r1" })], record, false],
    ["on another record", [hold({ subject_id: null, record_id: "r2" })], record, true],
    ["on nothing at all", [hold({ subject_id: null })], record, true],
    [
      "on nothing at all does not hold what belongs to nobody",
      [hold({ subject_id: null })],
      { ...record, subject_id: null },
      true,
    ],
    ["on her does not hold what belongs to nobody", [hold()], { ...record, subject_id: null }, true],
    ["lifted", [hold({ lifted_at: T0 })], record, true],
    [
      "one of two lifted",
      [hold({ lifted_at: T0 }), hold({ subject_id: null, record_id: "r1" })],
      record,
      false,
    ],
    ["to come", [hold({ since: after(1) })], record, true],
    ["none", [], record, true],
  ] as const)("%s: may the record go? ", (_, holds, held, goes) => {
    expect(holdOn(holds, held, T0) === null).toBe(goes);
  });

  test("is named: the first one that holds", () => {
    const first = hold({ reason: "first", lifted_at: T0 });
    const second = hold({ reason: "second" });
    expect(holdOn([first, second, hold()], record, T0)).toBe(second);
    expect(holdOn([first], record, T0)).toBeNull();
  });
});

describe("a use", () => {
  const entry = auditEntry("session.ended", null, { everywhere: false }, occasion());
  const nothing: Changes = { expects: [], writes: [], audit: [entry] };
  const expected: Changes = { ...nothing, expects: [{ in: "subjects", id: ADA, version: 1 }] };
  const moving = (set: object): Write => ({ op: "update", in: "subjects", id: ADA, version: 1, set });

  test("moves her date, and stands for the expectation that she is as she was", () => {
    const set = { retention_until: days(1_095 + 7), updated_at: days(7) };
    const { expects, writes } = withUse(expected, subject(), occasion(days(7)));
    expect([expects, writes]).toEqual([[], [moving(set)]]);
  });

  test("of a day on which she was moved already changes nothing, nor does one of somebody without a date", () => {
    expect(withUse(expected, subject(), occasion(plus(days(1), -1)))).toBe(expected);
    expect(withUse(expected, subject({ retention_until: null }), occasion(days(7)))).toBe(expected);
  });

  test("goes into what is written of her anyway: a change writes each record once", () => {
    const changes = { ...nothing, writes: [moving({ status: "restricted", updated_at: days(7) })] };
    const { writes } = withUse(changes, subject(), occasion(days(7)));
    expect(writes).toEqual([
      moving({ status: "restricted", updated_at: days(7), retention_until: days(1_095 + 7) }),
    ]);
  });

  test("of one leaves another as she is", () => {
    const others: Changes = { ...nothing, expects: [{ in: "subjects", id: BOB, version: 3 }] };
    expect(withUse(others, subject(), occasion(days(7))).expects).toEqual(others.expects);
  });
});
