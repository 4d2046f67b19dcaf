// What changes the next answer, of `check` to a backend and of `current` to the person: given what was done, the answer
// before; when one thing more happens, the answer after. Everything goes through the use cases, on one store.
import { describe, expect, test } from "bun:test";
import type { ConsentReason } from "../../src/domain/consent/consent-in-force.ts";
import type { ConsentType } from "../../src/domain/consent/consent-type.ts";
import {
  analytics,
  check,
  current,
  days,
  decides,
  draftIsWritten,
  isErased,
  isFreed,
  isRestricted,
  looksAtTheNotice,
  materialChange,
  milliseconds,
  openScene,
  otherWording,
  refusesAll,
  type Step,
  signal,
  withdraws,
} from "../support/consent-scene.ts";

/** `current` is given where it differs from `check`. */
type Row = readonly [
  purpose: ConsentType,
  given: readonly Step[],
  before: ConsentReason,
  when: Step,
  after: ConsentReason,
  current?: ConsentReason,
];

const TABLE: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  "a policy change": {
    "material, after a grant": ["marketing", [decides("marketing")], "granted", materialChange(), "outdated"],
    "of wording, after a grant": ["marketing", [decides("marketing")], "granted", otherWording(), "granted"],
    "material, after a refusal": ["marketing", [refusesAll], "refused", materialChange(), "outdated"],
    "of wording, after a refusal": ["marketing", [refusesAll], "refused", otherWording(), "refused"],
    "material, after a withdrawal": [
      "marketing",
      [decides("marketing"), withdraws("marketing")],
      "withdrawn",
      materialChange(),
      "outdated",
    ],
    "of wording, after a withdrawal": [
      "marketing",
      [decides("marketing"), withdraws("marketing")],
      "withdrawn",
      otherWording(),
      "withdrawn",
    ],
    "material, before any decision": ["marketing", [], "not-decided", materialChange(), "not-decided"],
    "material, then decided anew": [
      "marketing",
      [decides("marketing"), materialChange()],
      "outdated",
      decides("marketing"),
      "granted",
    ],
    "material, then of wording": [
      "marketing",
      [decides("marketing"), materialChange()],
      "outdated",
      otherWording(),
      "outdated",
    ],
    "of wording, then material": [
      "marketing",
      [decides("marketing"), otherWording()],
      "granted",
      materialChange(),
      "outdated",
    ],
    "of wording, after one decided on a material one": [
      "marketing",
      [materialChange(), decides("marketing")],
      "granted",
      otherWording(),
      "granted",
    ],
    "only drafted": ["marketing", [decides("marketing")], "granted", draftIsWritten, "granted"],
    "material, while she was looking at the notice before": [
      "marketing",
      [looksAtTheNotice, materialChange()],
      "not-decided",
      decides("marketing"),
      "outdated",
    ],
    "of wording, while she was looking at the notice before": [
      "marketing",
      [looksAtTheNotice, otherWording()],
      "not-decided",
      decides("marketing"),
      "granted",
    ],
    "material, for what is essential": [
      "essential",
      [decides("marketing")],
      "essential",
      materialChange(),
      "essential",
    ],
  },
  "an expiry": {
    "a millisecond before": [
      "marketing",
      [decides("marketing")],
      "granted",
      milliseconds(365 * 86_400_000 - 1),
      "granted",
    ],
    "to the millisecond": [
      "marketing",
      [decides("marketing"), milliseconds(365 * 86_400_000 - 1)],
      "granted",
      milliseconds(1),
      "expired",
    ],
    "of a refusal": ["marketing", [refusesAll], "refused", days(365), "expired"],
    "of a withdrawal": [
      "marketing",
      [decides("marketing"), withdraws("marketing")],
      "withdrawn",
      days(365),
      "expired",
    ],
    "where the policy says 182 days, the day before": [
      "marketing",
      [materialChange(182), decides("marketing")],
      "granted",
      days(181),
      "granted",
    ],
    "where the policy says 182 days": [
      "marketing",
      [materialChange(182), decides("marketing")],
      "granted",
      days(182),
      "expired",
    ],
    "is as long as the policy said when she decided": [
      "marketing",
      [decides("marketing"), otherWording(30)],
      "granted",
      days(31),
      "granted",
    ],
    "begins anew with the next decision": [
      "marketing",
      [decides("marketing"), days(200), decides("marketing")],
      "granted",
      days(200),
      "granted",
    ],
    "does not begin anew with the withdrawal of something else": [
      "marketing",
      [decides("marketing", "functional"), days(200), withdraws("functional")],
      "granted",
      days(165),
      "expired",
    ],
    "ends with a new decision": [
      "marketing",
      [decides("marketing"), days(400)],
      "expired",
      decides("marketing"),
      "granted",
    ],
    "is not what counts after a material change": [
      "marketing",
      [decides("marketing"), days(400)],
      "expired",
      materialChange(),
      "outdated",
    ],
    "is not of what is essential": [
      "essential",
      [decides("marketing")],
      "essential",
      days(5_000),
      "essential",
    ],
  },
  "a withdrawal": {
    "of the purpose": ["marketing", [decides("marketing")], "granted", withdraws("marketing"), "withdrawn"],
    "of another purpose": [
      "marketing",
      [decides("marketing", "functional")],
      "granted",
      withdraws("functional"),
      "granted",
    ],
    "of several": [
      "analytics",
      [decides("analytics", "marketing")],
      "granted",
      withdraws("marketing", "analytics"),
      "withdrawn",
    ],
    twice: [
      "marketing",
      [decides("marketing"), withdraws("marketing")],
      "withdrawn",
      withdraws("marketing"),
      "withdrawn",
    ],
    "of what was refused": ["marketing", [refusesAll], "refused", withdraws("marketing"), "withdrawn"],
    "by refusing": ["marketing", [decides("marketing")], "granted", refusesAll, "refused"],
    "then a new grant": [
      "marketing",
      [decides("marketing"), withdraws("marketing")],
      "withdrawn",
      decides("marketing"),
      "granted",
    ],
    "then a decision without it": [
      "marketing",
      [decides("marketing"), withdraws("marketing")],
      "withdrawn",
      decides("functional"),
      "refused",
    ],
    "of all, for what is essential": [
      "essential",
      [decides("marketing")],
      "essential",
      withdraws("functional", "analytics", "marketing"),
      "essential",
    ],
  },
  "a signal": {
    "after a grant": ["marketing", [decides("marketing")], "granted", signal(true), "gpc"],
    "after a grant of analytics": ["analytics", [decides("analytics")], "granted", signal(true), "gpc"],
    "does not speak of functional": [
      "functional",
      [decides("functional")],
      "granted",
      signal(true),
      "granted",
    ],
    "does not speak of what is essential": ["essential", [], "essential", signal(true), "essential"],
    "before any decision": ["marketing", [], "not-decided", signal(true), "gpc"],
    "that goes off again": [
      "marketing",
      [decides("marketing"), signal(true)],
      "gpc",
      signal(false),
      "granted",
    ],
    "then a grant in spite of it": [
      "marketing",
      [decides("marketing"), signal(true)],
      "gpc",
      decides("marketing"),
      "granted",
    ],
    "after a grant in spite of it": [
      "marketing",
      [signal(true), decides("marketing"), signal(false)],
      "granted",
      signal(true),
      "granted",
    ],
    "then a withdrawal": [
      "marketing",
      [signal(true), decides("marketing")],
      "granted",
      withdraws("marketing"),
      "withdrawn",
    ],
    "that came with a refusal and goes off": [
      "marketing",
      [signal(true), refusesAll],
      "refused",
      signal(false),
      "refused",
    ],
    "after expiry": ["marketing", [decides("marketing"), days(365)], "expired", signal(true), "expired"],
    "after a material change": [
      "marketing",
      [decides("marketing"), materialChange()],
      "outdated",
      signal(true),
      "outdated",
    ],
    "that came with her last event stands where no browser is seen": [
      "marketing",
      [decides("marketing", "functional"), signal(true), withdraws("functional")],
      "gpc",
      signal(false),
      "gpc",
      "granted",
    ],
    "that did not come with her last event stands no more": [
      "marketing",
      [decides("marketing", "functional"), signal(true), withdraws("functional"), signal(false)],
      "gpc",
      withdraws("analytics"),
      "granted",
    ],
  },
  "what else there is": {
    "analytics is switched off": [
      "analytics",
      [decides("analytics")],
      "granted",
      analytics(false),
      "not-offered",
    ],
    "analytics is switched on again": [
      "analytics",
      [decides("analytics"), analytics(false)],
      "not-offered",
      analytics(true),
      "granted",
    ],
    "analytics off touches nothing else": [
      "marketing",
      [decides("marketing", "analytics")],
      "granted",
      analytics(false),
      "granted",
    ],
    "her data are restricted": ["marketing", [decides("marketing")], "granted", isRestricted, "restricted"],
    "her data are restricted, for what is essential": [
      "essential",
      [decides("marketing")],
      "essential",
      isRestricted,
      "essential",
    ],
    "the restriction is lifted": [
      "marketing",
      [decides("marketing"), isRestricted],
      "restricted",
      isFreed,
      "granted",
    ],
    "she is erased": ["marketing", [decides("marketing")], "granted", isErased, "not-decided"],
  },
};

/** Where the step before last makes the two differ already. */
const DIFFERENT_BEFORE: Readonly<Record<string, ConsentReason>> = {
  "that did not come with her last event stands no more": "granted",
};

for (const [chapter, rows] of Object.entries(TABLE)) {
  describe(chapter, () => {
    test.each(Object.entries(rows))(
      "%s",
      async (name, [purpose, given, before, when, after, seen = after]) => {
        const scene = await openScene();
        const answers = async () => {
          const [checked, { standings }] = [await check(scene, purpose), await current(scene)];
          for (const { granted, reason, until } of [checked, standings[purpose]]) {
            expect(granted).toBe(reason === "granted" || reason === "essential");
            expect(until !== null).toBe(reason === "granted");
          }
          return [checked.reason, standings[purpose].reason];
        };
        for (const step of given) await step(scene);
        expect(await answers()).toEqual([before, DIFFERENT_BEFORE[name] ?? before]);
        await when(scene);
        expect(await answers()).toEqual([after, seen]);
      },
    );
  });
}

test("the table holds forty cases and more", () => {
  expect(Object.values(TABLE).flatMap((rows) => Object.keys(rows)).length).toBeGreaterThanOrEqual(40);
});

describe("she is asked again", () => {
  const asked = async (...steps: readonly Step[]): Promise<boolean> => {
    const scene = await openScene();
    for (const step of steps) await step(scene);
    return (await current(scene)).needs_decision;
  };

  test.each([
    ["after a material change, whatever she decided", [refusesAll, materialChange()], true],
    ["not after another wording", [refusesAll, otherWording()], false],
    [
      "not after another wording that is valid for less",
      [decides("marketing"), otherWording(1), days(2)],
      false,
    ],
    ["not after a withdrawal", [decides("marketing"), withdraws("marketing")], false],
    ["when it has run out", [decides("marketing"), days(365)], true],
    ["not because of a signal", [decides("marketing"), signal(true)], false],
  ] as const)("%s", async (_, steps, wanted) => {
    expect(await asked(...steps)).toBe(wanted);
  });
});
