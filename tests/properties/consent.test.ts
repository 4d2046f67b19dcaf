import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  type ConsentRecord,
  consentTypes,
  decideConsent,
  purposeStates,
  withdrawConsent,
} from "../../src/domain/consent/consent.ts";
import { type ConsentQuestion, consentInForce } from "../../src/domain/consent/consent-in-force.ts";
import {
  CONSENT_METHODS,
  CONSENT_TYPES,
  type ConsentType,
  DENIED_BY_GPC,
  OPTIONAL_CONSENT_TYPES,
  type OptionalConsentType,
} from "../../src/domain/consent/consent-type.ts";
import type { ConsentId, SubjectId } from "../../src/domain/shared/ids.ts";
import { HOUR, type Instant } from "../../src/domain/shared/instant.ts";
import { ADA, after, EVERYTHING, id, notice, occasion, policy, subject } from "../domain/given.ts";

const IDS = { consent: id<ConsentId>(1), subject: id<SubjectId>(2) };

const offer = fc
  .subarray([...OPTIONAL_CONSENT_TYPES])
  .map((optional): readonly ConsentType[] =>
    CONSENT_TYPES.filter((type) => type === "essential" || optional.includes(type)),
  );
const purposes = fc.subarray([...OPTIONAL_CONSENT_TYPES]);

type Step =
  | {
      readonly kind: "decide";
      readonly grants: readonly OptionalConsentType[];
      readonly shown: readonly ConsentType[] | null;
      readonly offered: readonly ConsentType[];
      readonly method: (typeof CONSENT_METHODS)[number];
      readonly gpc: boolean;
      readonly version: number;
    }
  | { readonly kind: "withdraw"; readonly purposes: readonly OptionalConsentType[]; readonly gpc: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant("decide" as const),
    grants: purposes,
    shown: fc.option(offer),
    offered: offer,
    method: fc.constantFrom(...CONSENT_METHODS),
    gpc: fc.boolean(),
    version: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ kind: fc.constant("withdraw" as const), purposes, gpc: fc.boolean() }),
);

const history = fc.array(fc.record({ step, pause: fc.integer({ min: 0, max: 5_000 }) }), { maxLength: 12 });

interface Lived {
  readonly latest: ConsentRecord | null;
  readonly now: Instant;
  readonly records: readonly ConsentRecord[];
  /** For each purpose, whether the last event that spoke of it granted it, as a person would remember. */
  readonly remembered: ReadonlyMap<OptionalConsentType, boolean>;
  /** Purposes that some decision granted although they were not offered or not shown. */
  readonly granted: readonly { readonly purpose: OptionalConsentType; readonly step: Step }[];
}

/** A person's whole history, one hour or more between events; a refused decision changes nothing. */
const live = (steps: readonly { readonly step: Step; readonly pause: number }[]): Lived => {
  let latest = null as ConsentRecord | null;
  let now = after(0);
  const records: ConsentRecord[] = [];
  const remembered = new Map<OptionalConsentType, boolean>();
  const granted: { purpose: OptionalConsentType; step: Step }[] = [];
  for (const { step: each, pause } of steps) {
    now = (now + (pause + 1) * HOUR) as Instant;
    const situation = { subject: subject(), latest, consentCookieDays: 365 };
    const outcome: ReturnType<typeof decideConsent> =
      each.kind === "decide"
        ? decideConsent(
            { ...situation, policy: policy({ version: each.version }), offered: each.offered },
            {
              decisions: Object.fromEntries(each.grants.map((type) => [type, true])),
              notice: each.shown === null ? null : notice(each.shown),
              method: each.method,
              gpc: each.gpc,
            },
            IDS,
            occasion(now),
          )
        : withdrawConsent(
            { ...situation, policy: policy({ version: 3 }), offered: EVERYTHING },
            each.purposes,
            { method: "settings", gpc: each.gpc },
            IDS,
            occasion(now),
          );
    if (!outcome.ok) {
      expect(each.kind).toBe("decide");
      continue;
    }
    latest = outcome.value.record;
    records.push(latest);
    if (each.kind === "withdraw") for (const type of each.purposes) remembered.set(type, false);
    else {
      for (const type of OPTIONAL_CONSENT_TYPES) remembered.set(type, each.grants.includes(type));
      for (const purpose of each.grants) granted.push({ purpose, step: each });
    }
  }
  return { latest, now, records, remembered, granted };
};

const question = fc.record({
  policy: fc.option(fc.record({ material_version: fc.integer({ min: 1, max: 4 }) })),
  offered: offer,
  gpc: fc.boolean(),
  restricted: fc.boolean(),
  wait: fc.integer({ min: 0, max: 500 * 24 }),
});

const ask = (lived: Lived, { wait, ...rest }: { wait: number } & Omit<ConsentQuestion, "now">) =>
  consentInForce(lived.latest, { ...rest, now: (lived.now + wait * HOUR) as Instant });

const RUNS = { numRuns: 1_000 };

describe("whatever a person decided and withdrew", () => {
  test("nothing is in force that she did not grant last, whatever is asked and whenever", () => {
    fc.assert(
      fc.property(history, question, (steps, asked) => {
        const lived = live(steps);
        const standings = ask(lived, asked);
        for (const type of OPTIONAL_CONSENT_TYPES) {
          if (standings[type].granted) expect(lived.remembered.get(type)).toBe(true);
        }
        expect(standings.essential.granted).toBe(true);
      }),
      RUNS,
    );
  });

  test("withdrawing is always possible, and effective at once", () => {
    fc.assert(
      fc.property(history, purposes, question, (steps, gone, asked) => {
        const lived = live([...steps, { step: { kind: "withdraw", purposes: gone, gpc: false }, pause: 0 }]);
        const standings = ask(lived, { ...asked, wait: 0 });
        for (const type of gone) expect(standings[type].granted).toBe(false);
      }),
      RUNS,
    );
  });

  test("withdrawing some purposes changes the others in nothing", () => {
    fc.assert(
      fc.property(history, purposes, (steps, gone) => {
        const before = live(steps);
        const later = live([...steps, { step: { kind: "withdraw", purposes: gone, gpc: true }, pause: 0 }]);
        const states = before.latest === null ? {} : purposeStates(before.latest);
        const after = later.latest === null ? {} : purposeStates(later.latest);
        for (const type of OPTIONAL_CONSENT_TYPES) {
          if (!gone.includes(type)) expect(after[type]).toEqual(states[type]);
        }
      }),
      RUNS,
    );
  });

  test("no sequence of decisions grants what was not shown or not offered", () => {
    fc.assert(
      fc.property(history, (steps) => {
        for (const { purpose, step: each } of live(steps).granted) {
          if (each.kind !== "decide") continue;
          expect(each.offered).toContain(purpose);
          if (each.shown !== null) expect(each.shown).toContain(purpose);
          if (each.method === "banner") expect(each.shown).not.toBeNull();
        }
      }),
      RUNS,
    );
  });

  test("nothing is in force that is not offered, outdated, expired, or for a restricted person", () => {
    fc.assert(
      fc.property(history, question, (steps, asked) => {
        const lived = live(steps);
        const standings = ask(lived, asked);
        const states = lived.latest === null ? {} : purposeStates(lived.latest);
        for (const type of OPTIONAL_CONSENT_TYPES) {
          if (!standings[type].granted) {
            expect(standings[type].until).toBeNull();
            continue;
          }
          expect(asked.offered).toContain(type);
          expect(asked.restricted).toBe(false);
          expect(states[type]?.policy_version).toBeGreaterThanOrEqual(asked.policy?.material_version ?? 99);
          expect(states[type]?.expires_at).toBeGreaterThan(lived.now + asked.wait * HOUR);
          expect(standings[type].until).toBe(states[type]?.expires_at as Instant);
          if (asked.gpc && DENIED_BY_GPC.includes(type)) expect(states[type]?.gpc).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test("the signal of GPC never grants: with it nothing is in force that is not without it", () => {
    fc.assert(
      fc.property(history, question, (steps, asked) => {
        const lived = live(steps);
        const without = ask(lived, { ...asked, gpc: false });
        const withSignal = ask(lived, { ...asked, gpc: true });
        for (const type of OPTIONAL_CONSENT_TYPES) {
          if (withSignal[type].granted) expect(without[type].granted).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test("time alone never grants", () => {
    fc.assert(
      fc.property(history, question, fc.integer({ min: 0, max: 10_000 }), (steps, asked, more) => {
        const lived = live(steps);
        const now = ask(lived, asked);
        const later = ask(lived, { ...asked, wait: asked.wait + more });
        for (const type of CONSENT_TYPES) if (later[type].granted) expect(now[type].granted).toBe(true);
      }),
      RUNS,
    );
  });

  test("her records are numbered without a gap, each says what stands after it, and none is hers without her", () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { records } = live(steps);
        expect(records.map(({ sequence }) => sequence)).toEqual(records.map((_, index) => index + 1));
        for (const record of records) {
          const states = purposeStates(record);
          expect(consentTypes(record)).toEqual(
            CONSENT_TYPES.filter((type) => type === "essential" || states[type]?.granted === true),
          );
          expect(record.subject_id).toBe(ADA);
          expect(record.retention_until ?? 0).toBeGreaterThan(record.expires_at);
        }
      }),
      RUNS,
    );
  });
});
