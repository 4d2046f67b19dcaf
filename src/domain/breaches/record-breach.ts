import { auditEntry, type Occasion } from "../audit/audit-entry.ts";
import { retentionUntil } from "../retention/retention-period.ts";
import { canonicalJson, type Json } from "../shared/canonical-json.ts";
import type { Changes } from "../shared/changes.ts";
import { newGdprRecord } from "../shared/gdpr-record.ts";
import type { BreachId } from "../shared/ids.ts";
import type { Instant } from "../shared/instant.ts";
import { err, ok, type Result } from "../shared/result.ts";
import { type Breach, isToldLate, NOTICE_FIELDS, type NoticePhase, phasesOf } from "./breach.ts";

const FACTS = [
  ...NOTICE_FIELDS,
  "aware_at",
  "risk",
  "data_unintelligible",
  "persons_exemption",
  "notified_at",
  "late_reason",
  "persons_told_at",
] as const satisfies readonly (keyof Breach)[];

type Fact = (typeof FACTS)[number];

/** What can be said of a breach. */
export type BreachField = Fact | "phase";

/** Who writes into the register: an admin who has signed in, or whoever may use the command line. */
export type BreachKeeper = "admin" | "cli";

/** What is told of a breach, at first or later. Nothing that was told is taken back: a fact is replaced, a phase added. */
export type BreachFacts = { readonly [F in Fact]?: NonNullable<Breach[F]> } & {
  readonly phase?: NoticePhase;
};

export interface BreachFault {
  readonly field: BreachField;
  readonly reason: "missing" | "in-the-future" | "before-aware";
}

const momentFaults = (breach: Breach, now: Instant): readonly BreachFault[] => {
  const moments: readonly (readonly [BreachField, Instant | null])[] = [
    ["aware_at", breach.aware_at],
    ["notified_at", breach.notified_at],
    ["persons_told_at", breach.persons_told_at],
    ...phasesOf(breach).map(({ at }) => ["phase", at] as const),
  ];
  return moments.flatMap(([field, at]): readonly BreachFault[] => {
    if (at === null) return [];
    if (at > now) return [{ field, reason: "in-the-future" }];
    return at < breach.aware_at ? [{ field, reason: "before-aware" }] : [];
  });
};

/**
 * Why this cannot stand in the register: the notice is complete with all that Art. 33(3) names, and a late one says why
 * (Art. 33(1)).
 */
export const breachFaults = (breach: Breach, now: Instant): readonly BreachFault[] => {
  const needed: readonly BreachField[] = [
    ...(breach.notified_at === null ? [] : NOTICE_FIELDS.filter((field) => breach[field] === null)),
    ...(isToldLate(breach) && breach.late_reason === null ? (["late_reason"] as const) : []),
  ];
  return [...momentFaults(breach, now), ...needed.map((field) => ({ field, reason: "missing" }) as const)];
};

export type BreachDecision = Result<
  { readonly breach: Breach; readonly changes: Changes | null },
  readonly BreachFault[]
>;

const phasesJson = (phases: readonly NoticePhase[]) => canonicalJson(phases as readonly object[] as Json);

export const recordBreach = (
  id: BreachId,
  { phase, ...facts }: BreachFacts & Required<Pick<BreachFacts, "nature" | "aware_at">>,
  by: BreachKeeper,
  occasion: Occasion,
): BreachDecision => {
  const breach: Breach = {
    ...newGdprRecord(id, occasion.now, retentionUntil("audit_trail", occasion.now, occasion.retention)),
    person_categories: null,
    persons: null,
    record_categories: null,
    records: null,
    contact: null,
    consequences: null,
    measures: null,
    risk: null,
    data_unintelligible: false,
    persons_exemption: null,
    notified_at: null,
    late_reason: null,
    persons_told_at: null,
    ...facts,
    phases: phasesJson(phase === undefined ? [] : [phase]),
  };
  const faults = breachFaults(breach, occasion.now);
  if (faults.length > 0) return err(faults);
  const details = { by, risk: breach.risk, told_late: isToldLate(breach) };
  return ok({
    breach,
    changes: {
      expects: [],
      writes: [{ op: "insert", into: "breaches", row: breach }],
      audit: [auditEntry("breach.recorded", id, details, occasion)],
    },
  });
};

/** Corrects or completes what is known, or adds a phase. Kept anew for the whole period: an open breach is never due. */
export const changeBreach = (
  before: Breach,
  { phase, ...facts }: BreachFacts,
  by: BreachKeeper,
  occasion: Occasion,
): BreachDecision => {
  const replaced = FACTS.filter((field) => facts[field] !== undefined && facts[field] !== before[field]);
  if (replaced.length === 0 && phase === undefined) return ok({ breach: before, changes: null });
  const set = {
    ...facts,
    ...(phase === undefined ? {} : { phases: phasesJson([...phasesOf(before), phase]) }),
    updated_at: occasion.now,
    retention_until: retentionUntil("audit_trail", occasion.now, occasion.retention),
  };
  const breach: Breach = { ...before, ...set, version: before.version + 1 };
  const faults = breachFaults(breach, occasion.now);
  if (faults.length > 0) return err(faults);
  const fields: readonly BreachField[] = [...replaced, ...(phase === undefined ? [] : (["phase"] as const))];
  const details = { by, fields, risk: breach.risk, told_late: isToldLate(breach) };
  return ok({
    breach,
    changes: {
      expects: [],
      writes: [{ op: "update", in: "breaches", id: before.id, version: before.version, set }],
      audit: [auditEntry("breach.changed", before.id, details, occasion)],
    },
  });
};
