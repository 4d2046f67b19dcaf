import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { canonicalAddress } from "../../src/adapters/crypto/canonical-address.ts";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { systemClock } from "../../src/adapters/crypto/system-clock.ts";
import { type AuditEntryId, isUuid } from "../../src/domain/shared/ids.ts";
import { type Instant, parseInstant } from "../../src/domain/shared/instant.ts";
import { fakeClock } from "./stage.ts";

describe("ids", () => {
  const START = 1_763_800_000_000;
  const timeOf = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

  test("sort in the order in which they were made, within one millisecond and through an overflow of the counter", () => {
    const ids = makeIdGenerator(fakeClock(START));
    const made = Array.from({ length: 20_000 }, () => ids.next<AuditEntryId>());
    expect(made.toSorted()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
    expect(made.every(isUuid)).toBe(true);
    expect(made.every((id) => id[14] === "7")).toBe(true);
    expect(timeOf(made[0] ?? "")).toBe(START);
  });

  test("sort on when the clock is set back, and follow it when it is ahead again", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: START - 50, max: START + 50 }), { maxLength: 100 }),
        (moments) => {
          const clock = fakeClock(START);
          const ids = makeIdGenerator(clock);
          const made = moments.map((moment) => {
            clock.set(moment);
            return ids.next<AuditEntryId>();
          });
          expect(made.toSorted()).toEqual(made);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("of another moment carry it and leave the order of the others alone", () => {
    const ids = makeIdGenerator(fakeClock(START));
    const first = ids.next<AuditEntryId>();
    const imported = ids.at<AuditEntryId>(1_000 as Instant);
    const second = ids.next<AuditEntryId>();
    expect(timeOf(imported)).toBe(1_000);
    expect(isUuid(imported)).toBe(true);
    expect(imported < first && first < second).toBe(true);
    expect(new Set(Array.from({ length: 1000 }, () => ids.at<AuditEntryId>(1_000 as Instant))).size).toBe(
      1000,
    );
  });

  test("take 1970 for moments before it, and reach the year 9999", () => {
    const ids = makeIdGenerator(fakeClock(START));
    expect(timeOf(ids.at<AuditEntryId>(-1 as Instant))).toBe(0);
    const last = parseInstant(253_402_300_799_999);
    if (last === null) return expect.unreachable();
    expect(timeOf(ids.at<AuditEntryId>(last))).toBe(last);
  });

  test("of subjects are random and tell no time", () => {
    const ids = makeIdGenerator(fakeClock(START));
    const subjects = Array.from({ length: 1000 }, () => ids.subject());
    expect(subjects.every((id) => isUuid(id) && id[14] === "4")).toBe(true);
    expect(new Set(subjects).size).toBe(1000);
  });

  test("the system's clock is a valid instant", () => {
    expect(parseInstant(systemClock.now())).not.toBeNull();
  });
});

describe("an address in one spelling", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    [" 203.0.113.7 ", "203.0.113.7"],
    ["203.0.113.7:51234", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:CB00:7107", "203.0.113.7"],
    ["[::ffff:203.0.113.7]:443", "203.0.113.7"],
    ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
    ["2001:DB8::1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["[2001:db8::1]:8080", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["[fe80::1%25eth0]:80", "fe80::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    ["::1", "::1"],
    ["::", "::"],
  ])("%s is %s", (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical);
  });

  test.each([
    "",
    "localhost",
    "127.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "2130706433",
    "256.1.1.1",
    "1.2.3",
    "1.2.3.4.5",
    ":::",
    "2001:db8::g",
    "unknown",
    "1.2.3.4, 5.6.7.8",
  ])("%s is none", (text) => {
    expect(canonicalAddress(text)).toBeNull();
  });

  test("is the same when taken again", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const canonical = canonicalAddress(address);
        expect(canonical).not.toBeNull();
        expect(canonicalAddress(canonical ?? "")).toBe(canonical);
      }),
      { numRuns: 300 },
    );
  });
});
