import { describe, expect, test } from "bun:test";
import {
  authorityNotice,
  type Breach,
  byUrgency,
  hoursLeft,
  isOpen,
  isSoonDue,
  isToldLate,
  NOTICE_FIELDS,
  noticeDueAt,
  personsNotice,
  phasesOf,
} from "../../src/domain/breaches/breach.ts";
import { type BreachFacts, changeBreach, recordBreach } from "../../src/domain/breaches/record-breach.ts";
import { HOUR } from "../../src/domain/shared/instant.ts";
import { after, days, id, occasion, T0 } from "./given.ts";

const hours = (count: number) => after(count * HOUR);
const SECRET = "A laptop with a list was stolen";
const LATER = days(30);

/** All that Art. 33(3) asks for. */
const WHOLE = {
  nature: SECRET,
  person_categories: "readers",
  persons: 0,
  record_categories: "addresses",
  records: 400,
  contact: "dpo@example.org",
  consequences: "unwanted mail",
  measures: "keys changed",
} as const satisfies BreachFacts;

const decided = (facts: BreachFacts, now = LATER) =>
  recordBreach(id(1), { nature: SECRET, aware_at: T0, ...facts }, "admin", occasion(now));

const breachWith = (facts: BreachFacts): Breach => {
  const decision = decided(facts);
  if (!decision.ok) throw new Error(JSON.stringify(decision.error));
  return decision.value.breach;
};

const phase = (at: number) => ({ phase: { at: hours(at), told: "Something" } });

describe("a breach", () => {
  test.each([
    ["with nothing but what happened", {}, []],
    ["told of in whole, in time to the millisecond", { ...WHOLE, notified_at: hours(72) }, []],
    ["told of too late", { ...WHOLE, notified_at: hours(72) + 1 }, ["/late_reason missing"]],
    ["told of too late, with the reason", { ...WHOLE, notified_at: hours(73), late_reason: "x" }, []],
    ["told of in part, in time", phase(71), []],
    ["told of in part, too late", phase(73), ["/late_reason missing"]],
    ["told of in part in time, in whole later", { ...WHOLE, ...phase(70), notified_at: hours(99) }, []],
    [
      "told of in whole with nothing known",
      { notified_at: hours(1) },
      NOTICE_FIELDS.filter((field) => field !== "nature").map((field) => `/${field} missing`),
    ],
    ["known only tomorrow", { aware_at: days(31) }, ["/aware_at in-the-future"]],
    [
      "told of tomorrow",
      { ...WHOLE, aware_at: days(30), notified_at: days(31) },
      ["/notified_at in-the-future"],
    ],
    ["told of before it was known", { ...WHOLE, notified_at: hours(-1) }, ["/notified_at before-aware"]],
    ["in part before it was known", phase(-1), ["/phase before-aware"]],
    [
      "told to the persons before it was known",
      { persons_told_at: hours(-1) },
      ["/persons_told_at before-aware"],
    ],
  ] as readonly (readonly [string, BreachFacts, readonly string[]])[])("%s", (_, facts, faults) => {
    const decision = decided(facts);
    expect(decision.ok ? [] : decision.error.map(({ field, reason }) => `/${field} ${reason}`)).toEqual([
      ...faults,
    ]);
  });

  test.each(NOTICE_FIELDS.filter((field) => field !== "nature"))("is not told of without %s", (field) => {
    const { [field]: _, ...rest } = WHOLE;
    const decision = decided({ ...rest, notified_at: hours(1) });
    expect(decision.ok ? [] : decision.error).toEqual([{ field, reason: "missing" }]);
  });

  test.each([
    ["due until 72 hours are over", {}, hours(72), "due"],
    ["overdue from then on", {}, after(72 * HOUR + 1), "overdue"],
    ["overdue where a risk is there", { risk: "risk" }, hours(80), "overdue"],
    ["not required where a risk is unlikely", { risk: "unlikely" }, hours(80), "not_required"],
    ["begun with the first phase", phase(1), hours(80), "begun"],
    ["given with the whole", { ...WHOLE, notified_at: hours(1) }, hours(80), "given"],
    [
      "given although it was not required",
      { ...WHOLE, risk: "unlikely", notified_at: hours(1) },
      LATER,
      "given",
    ],
  ] as const)("has its notice to the authority %s", (_, facts, now, expected) => {
    expect(authorityNotice(breachWith(facts), now)).toBe(expected);
  });

  test.each([
    [{}, "undecided"],
    [{ risk: "unlikely" }, "not_required"],
    [{ risk: "risk" }, "not_required"],
    [{ risk: "high" }, "due"],
    [{ risk: "high", data_unintelligible: true }, "not_required"],
    [{ risk: "high", persons_exemption: "risk_removed" }, "not_required"],
    // The public is told instead (Art. 34(3)(c)): that is still to be done.
    [{ risk: "high", persons_exemption: "disproportionate" }, "due"],
    [{ risk: "high", persons_exemption: "disproportionate", persons_told_at: hours(1) }, "given"],
    [{ risk: "high", persons_told_at: hours(1) }, "given"],
  ] as const)("%j: telling those concerned is %s", (facts, expected) => {
    expect(personsNotice(breachWith(facts))).toBe(expected);
  });

  test.each([
    ["not judged", {}, true],
    ["without risk", { risk: "unlikely" }, false],
    ["of a risk nobody was told of", { risk: "risk" }, true],
    ["told of in part", { risk: "risk", ...phase(1) }, true],
    ["told of in whole", { ...WHOLE, risk: "risk", notified_at: hours(1) }, false],
    ["of a high risk, persons not told", { ...WHOLE, risk: "high", notified_at: hours(1) }, true],
    ["told of but never judged", { ...WHOLE, notified_at: hours(1) }, true],
  ] as const)("is open while something is to be judged or told: %s", (_, facts, expected) => {
    expect(isOpen(breachWith(facts))).toBe(expected);
  });

  test("counts its hours down, and is soon due in the last 24", () => {
    const breach = breachWith({});
    const standing = [0, 47.9, 48, 72, 73].map((hour) => [
      hoursLeft(breach, hours(hour)),
      isSoonDue(breach, hours(hour)),
    ]);
    expect(standing).toEqual([
      [72, false],
      [expect.closeTo(24.1, 5), false],
      [24, true],
      [0, true],
      [-1, false],
    ]);
    for (const facts of [{ risk: "unlikely" }, phase(1), { ...WHOLE, notified_at: hours(1) }] as const)
      expect(hoursLeft(breachWith(facts), LATER)).toBeNull();
  });

  test("stands before one with more time, and both before what no clock runs for", () => {
    const [late, soon] = [breachWith({}), breachWith({ aware_at: hours(30) })];
    const begun = breachWith({ ...phase(-4), aware_at: hours(-5) });
    expect([begun, soon, late].toSorted(byUrgency(hours(80)))).toEqual([late, soon, begun]);
  });

  test("keeps every phase, and is kept anew with every change", () => {
    const before = breachWith(phase(1));
    const decision = changeBreach(before, { ...phase(2), risk: "high" }, "cli", occasion(days(40)));
    if (!decision.ok) throw new Error(JSON.stringify(decision.error));
    const { breach, changes } = decision.value;
    expect(phasesOf(breach).map(({ at }) => at)).toEqual([hours(1), hours(2)]);
    expect(breach).toMatchObject({ version: 2, risk: "high", retention_until: days(40 + 2555) });
    expect(changes?.writes).toMatchObject([{ op: "update", id: before.id, version: 1 }]);
    expect(isToldLate(breach)).toBeFalse();
    expect(noticeDueAt(breach)).toBe(hours(72));
  });

  test("a later change is judged as the first entry is", () => {
    const before = breachWith({ ...WHOLE, notified_at: hours(10) });
    const decision = changeBreach(before, { aware_at: hours(-100) }, "cli", occasion(LATER));
    expect(decision.ok ? [] : decision.error).toEqual([{ field: "late_reason", reason: "missing" }]);
  });

  test("what says nothing new changes nothing", () => {
    const before = breachWith(WHOLE);
    const decision = changeBreach(before, WHOLE, "cli", occasion(LATER));
    expect(decision.ok && decision.value.changes).toBeNull();
  });

  test("the trail is told which fields, and none of the words", () => {
    const recorded = decided(WHOLE);
    const changed = changeBreach(breachWith({}), { ...WHOLE, ...phase(1) }, "cli", occasion(LATER));
    if (!recorded.ok || !changed.ok) throw new Error("refused");
    const audit = [...(recorded.value.changes?.audit ?? []), ...(changed.value.changes?.audit ?? [])];
    expect(audit.map(({ details }) => JSON.parse(details ?? "null"))).toEqual([
      { by: "admin", risk: null, told_late: false },
      { by: "cli", fields: [...NOTICE_FIELDS.slice(1), "phase"], risk: null, told_late: false },
    ]);
  });
});
