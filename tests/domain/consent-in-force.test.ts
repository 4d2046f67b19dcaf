import { describe, expect, test } from "bun:test";
import type { ConsentRecord, PurposeState, PurposeStates } from "../../src/domain/consent/consent.ts";
import {
  type ConsentQuestion,
  type ConsentReason,
  consentInForce,
  needsDecision,
} from "../../src/domain/consent/consent-in-force.ts";
import { offeredPurposes } from "../../src/domain/consent/consent-policy.ts";
import type { ConsentType, OptionalConsentType } from "../../src/domain/consent/consent-type.ts";
import { canonicalJson, type Json } from "../../src/domain/shared/canonical-json.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import type { ConsentId } from "../../src/domain/shared/ids.ts";
import { ADA, after, days, EVERYTHING, id, T0 } from "./given.ts";

const state = (fields: Partial<PurposeState> = {}): PurposeState => ({
  granted: true,
  withdrawn: false,
  decided_at: T0,
  given_at: T0,
  policy_version: 1,
  expires_at: days(365),
  gpc: false,
  ...fields,
});

const record = (states: PurposeStates): ConsentRecord => ({
  ...newGdprRecord(id<ConsentId>(1), T0, null),
  subject_id: ADA,
  sequence: 1,
  event: "decided",
  consent_types: canonicalJson(["essential"]),
  purpose_states: canonicalJson(states as unknown as Json),
  policy_version: 1,
  language: "en",
  notice_hash: null,
  method: "banner",
  gpc: false,
  timestamp: T0,
  expires_at: days(365),
  audit_entry_id: null,
  ip_hash: null,
  user_agent_hash: null,
});

const question = (fields: Partial<ConsentQuestion> = {}): ConsentQuestion => ({
  now: days(1),
  policy: { material_version: 1 },
  offered: EVERYTHING,
  gpc: false,
  ...fields,
});

const GRANTED = state();
const GRANTED_IN_SPITE_OF_GPC = state({ gpc: true });
const REFUSED = state({ granted: false });
const WITHDRAWN = state({ granted: false, withdrawn: true });
const NO_ANALYTICS = offeredPurposes({ enable_analytics: false });

type Row = readonly [
  what: string,
  purpose: OptionalConsentType,
  given: PurposeState | null,
  when: Partial<ConsentQuestion>,
  then: ConsentReason,
];

const TABLE: readonly Row[] = [
  ["nothing was decided", "functional", null, {}, "not-decided"],
  ["nothing was decided", "analytics", null, {}, "not-decided"],
  ["nothing was decided", "marketing", null, {}, "not-decided"],
  ["granted", "functional", GRANTED, {}, "granted"],
  ["granted", "analytics", GRANTED, {}, "granted"],
  ["granted", "marketing", GRANTED, {}, "granted"],
  ["granted this very moment", "marketing", GRANTED, { now: T0 }, "granted"],
  ["refused", "functional", REFUSED, {}, "refused"],
  ["refused", "marketing", REFUSED, {}, "refused"],
  ["withdrawn", "functional", WITHDRAWN, {}, "withdrawn"],
  ["withdrawn", "marketing", WITHDRAWN, {}, "withdrawn"],
  [
    "withdrawn this very moment",
    "marketing",
    state({ granted: false, withdrawn: true, decided_at: T0 }),
    { now: T0 },
    "withdrawn",
  ],
  [
    "the last millisecond before expiry",
    "functional",
    GRANTED,
    { now: after(365 * 86_400_000 - 1) },
    "granted",
  ],
  ["the moment of expiry", "functional", GRANTED, { now: days(365) }, "expired"],
  ["after expiry", "functional", GRANTED, { now: days(366) }, "expired"],
  ["a refusal stands as long as a grant", "functional", REFUSED, { now: days(1000) }, "expired"],
  ["a withdrawal stands as long as a grant", "functional", WITHDRAWN, { now: days(1000) }, "expired"],
  [
    "an older policy, no material change since",
    "marketing",
    state({ policy_version: 3 }),
    { policy: { material_version: 3 } },
    "granted",
  ],
  [
    "a newer policy than the last material one",
    "marketing",
    state({ policy_version: 5 }),
    { policy: { material_version: 3 } },
    "granted",
  ],
  [
    "a material change since",
    "marketing",
    state({ policy_version: 2 }),
    { policy: { material_version: 3 } },
    "outdated",
  ],
  [
    "a material change since, and expired",
    "marketing",
    state({ policy_version: 2 }),
    { policy: { material_version: 3 }, now: days(400) },
    "outdated",
  ],
  [
    "a material change asks anew after a refusal, and grants nothing",
    "marketing",
    REFUSED,
    { policy: { material_version: 9 } },
    "outdated",
  ],
  [
    "a material change asks anew after a withdrawal, and grants nothing",
    "marketing",
    WITHDRAWN,
    { policy: { material_version: 9 } },
    "outdated",
  ],
  ["no policy at all", "marketing", GRANTED, { policy: null }, "outdated"],
  ["GPC and nothing decided", "functional", null, { gpc: true }, "not-decided"],
  ["GPC and nothing decided", "analytics", null, { gpc: true }, "gpc"],
  ["GPC and nothing decided", "marketing", null, { gpc: true }, "gpc"],
  ["granted before GPC came on", "functional", GRANTED, { gpc: true }, "granted"],
  ["granted before GPC came on", "analytics", GRANTED, { gpc: true }, "gpc"],
  ["granted before GPC came on", "marketing", GRANTED, { gpc: true }, "gpc"],
  ["granted in spite of GPC", "analytics", GRANTED_IN_SPITE_OF_GPC, { gpc: true }, "granted"],
  ["granted in spite of GPC", "marketing", GRANTED_IN_SPITE_OF_GPC, { gpc: true }, "granted"],
  [
    "granted in spite of GPC, asked by a browser without it",
    "marketing",
    GRANTED_IN_SPITE_OF_GPC,
    {},
    "granted",
  ],
  [
    "granted in spite of GPC, then expired",
    "marketing",
    GRANTED_IN_SPITE_OF_GPC,
    { gpc: true, now: days(365) },
    "expired",
  ],
  ["refused under GPC", "marketing", state({ granted: false, gpc: true }), { gpc: true }, "refused"],
  [
    "withdrawn under GPC",
    "marketing",
    state({ granted: false, withdrawn: true, gpc: true }),
    { gpc: true },
    "withdrawn",
  ],
  ["analytics switched off, nothing decided", "analytics", null, { offered: NO_ANALYTICS }, "not-offered"],
  ["analytics switched off, granted before", "analytics", GRANTED, { offered: NO_ANALYTICS }, "not-offered"],
  ["analytics switched off, refused before", "analytics", REFUSED, { offered: NO_ANALYTICS }, "not-offered"],
  [
    "analytics switched off touches no other purpose",
    "marketing",
    GRANTED,
    { offered: NO_ANALYTICS },
    "granted",
  ],
  ["restricted", "functional", GRANTED, { restricted: true }, "restricted"],
  ["restricted", "analytics", GRANTED, { restricted: true }, "restricted"],
  ["restricted, nothing decided", "marketing", null, { restricted: true }, "restricted"],
  [
    "restricted, not offered",
    "analytics",
    GRANTED,
    { restricted: true, offered: NO_ANALYTICS },
    "not-offered",
  ],
  ["expressly not restricted", "marketing", GRANTED, { restricted: false }, "granted"],
];

describe("consent in force", () => {
  test.each(TABLE)("%s: %s", (_, purpose, given, when, reason) => {
    const latest = given === null ? record({}) : record({ [purpose]: given });
    const standing = consentInForce(latest, question(when))[purpose];
    expect(standing).toEqual(
      reason === "granted"
        ? { granted: true, reason, until: given?.expires_at ?? null }
        : { granted: false, reason, until: null },
    );
    if (given === null) expect(consentInForce(null, question(when))[purpose]).toEqual(standing);
  });

  test.each(TABLE)("essential is always on, whatever happened: %s: %s", (_, purpose, given, when) => {
    const latest = given === null ? null : record({ [purpose]: given });
    expect(consentInForce(latest, question(when)).essential).toEqual({
      granted: true,
      reason: "essential",
      until: null,
    });
  });

  test("purposes do not touch each other", () => {
    const latest = record({ functional: GRANTED, analytics: REFUSED, marketing: WITHDRAWN });
    const standings = consentInForce(latest, question());
    expect(Object.entries(standings).map(([type, { reason }]) => `${type} ${reason}`)).toEqual([
      "essential essential",
      "functional granted",
      "analytics refused",
      "marketing withdrawn",
    ]);
  });
});

describe("asking", () => {
  const ask = (states: PurposeStates | null, when: Partial<ConsentQuestion> = {}): boolean =>
    needsDecision(consentInForce(states === null ? null : record(states), question(when)));
  const every = (each: PurposeState): PurposeStates => ({
    functional: each,
    analytics: each,
    marketing: each,
  });

  test.each([
    ["a first visit", null, {}, true],
    ["a first visit with GPC still has functional to decide", null, { gpc: true }, true],
    ["everything granted", every(GRANTED), {}, false],
    ["everything refused: nobody is asked twice", every(REFUSED), {}, false],
    ["everything refused, long ago", every(REFUSED), { now: days(1000) }, true],
    ["everything withdrawn", every(WITHDRAWN), {}, false],
    ["a grant that expired", every(GRANTED), { now: days(365) }, true],
    ["a grant overtaken by a material change", every(GRANTED), { policy: { material_version: 2 } }, true],
    ["one purpose never decided", { functional: REFUSED, analytics: REFUSED }, {}, true],
    [
      "only one that is not offered is left",
      { functional: REFUSED, marketing: REFUSED },
      { offered: NO_ANALYTICS },
      false,
    ],
    ["GPC after granting", every(GRANTED), { gpc: true }, false],
    ["restricted", null, { restricted: true }, false],
  ] as const)("%s", (_, states, when, expected) => {
    expect(ask(states, when)).toBe(expected);
  });
});

test("analytics is offered only while its flag is on", () => {
  expect(offeredPurposes({ enable_analytics: true })).toEqual(EVERYTHING);
  expect(NO_ANALYTICS).toEqual(["essential", "functional", "marketing"] satisfies ConsentType[]);
});
