import { type Static, t } from "elysia";
import type { BreachView } from "../../../app/breaches/breaches.ts";
import {
  AUTHORITY_NOTICES,
  BREACH_COUNT_MAX,
  BREACH_RISKS,
  BREACH_TEXT_MAX,
  PERSONS_EXEMPTIONS,
  PERSONS_NOTICES,
  phasesOf,
} from "../../../domain/breaches/breach.ts";
import type { BreachFacts } from "../../../domain/breaches/record-breach.ts";
import { type Instant, parseInstant } from "../../../domain/shared/instant.ts";
import { integer, named, nullable, oneOf, page, record, text, time, uuid } from "./kinds.ts";
import { timeText, timeTextOrNull } from "./times.ts";

const words = (description: string) => text(BREACH_TEXT_MAX, { description });
const count = (description: string) => integer({ minimum: 0, maximum: BREACH_COUNT_MAX, description });

const nature = text(BREACH_TEXT_MAX, {
  description: "What happened. Name no person concerned.",
  examples: ["A laptop with a copy of the newsletter list was stolen"],
});
const awareAt = time("When the controller became aware of it: 72 hours run from here");
const person_categories = words("Whose data: categories");
const persons = count("How many persons, approximately");
const record_categories = words("Which data: categories");
const records = count("How many records, approximately");
const contact = words("Who can say more: the data protection officer, or another");
const consequences = words("Likely consequences");
const measures = words("Measures taken or proposed");
const risk = oneOf(BREACH_RISKS, { description: "To those concerned" });
const data_unintelligible = t.Boolean({ description: "Of no use to who has them, such as encrypted data" });
const notifiedAt = time("When the authority had been told everything of Art. 33(3)");
const late_reason = words("Why the authority was told later than after 72 hours");
const persons_exemption = oneOf(PERSONS_EXEMPTIONS, {
  description:
    "Why those concerned are not told one by one of a high risk (GDPR Art. 34(3)(b), (c)): it is gone, or it would take too much, and then the public is told instead",
});
const personsToldAt = time("When those concerned, or instead of them the public, were told");

const phase = record({
  at: time("When the authority was told"),
  told: words("What it was told, while not everything was known"),
});

const later = {
  person_categories: t.Optional(person_categories),
  persons: t.Optional(persons),
  record_categories: t.Optional(record_categories),
  records: t.Optional(records),
  contact: t.Optional(contact),
  consequences: t.Optional(consequences),
  measures: t.Optional(measures),
  risk: t.Optional(risk),
  data_unintelligible: t.Optional(data_unintelligible),
  persons_exemption: t.Optional(persons_exemption),
  phase: t.Optional(phase),
  notified_at: t.Optional(notifiedAt),
  late_reason: t.Optional(late_reason),
  persons_told_at: t.Optional(personsToldAt),
};

export const NewBreach = named("NewBreach", record({ nature, aware_at: awareAt, ...later }));

export const BreachChange = named(
  "BreachChange",
  record({ nature: t.Optional(nature), aware_at: t.Optional(awareAt), ...later }),
);

export const Breach = named(
  "Breach",
  record({
    id: uuid(),
    version: integer({ minimum: 1, description: "What ETag says and If-Match wants" }),
    nature,
    person_categories: nullable(person_categories),
    persons: nullable(persons),
    record_categories: nullable(record_categories),
    records: nullable(records),
    contact: nullable(contact),
    consequences: nullable(consequences),
    measures: nullable(measures),
    aware_at: awareAt,
    notice_due_at: time("72 hours after aware_at"),
    authority_notice: oneOf(AUTHORITY_NOTICES, {
      description:
        "GDPR Art. 33: due until the risk is judged unlikely or the authority is told; begun: told in part",
    }),
    hours_left: nullable(t.Number(), {
      description: "Until then, negative once it is overdue; null where the clock does not run any more",
    }),
    told_late: t.Boolean({ description: "The authority was first told after 72 hours" }),
    risk: nullable(risk),
    data_unintelligible,
    persons_exemption: nullable(persons_exemption),
    persons_notice: oneOf(PERSONS_NOTICES, {
      description:
        "GDPR Art. 34: due when the risk is high, is not gone, and the data are not unintelligible",
    }),
    phases: t.Array(phase),
    notified_at: nullable(notifiedAt),
    late_reason: nullable(late_reason),
    persons_told_at: nullable(personsToldAt),
    created_at: time(),
    updated_at: time(),
  }),
);

export const BreachPage = page("BreachPage", Breach);

export const breachBody = ({ breach, ...standing }: BreachView) => ({
  id: breach.id,
  version: breach.version,
  nature: breach.nature,
  person_categories: breach.person_categories,
  persons: breach.persons,
  record_categories: breach.record_categories,
  records: breach.records,
  contact: breach.contact,
  consequences: breach.consequences,
  measures: breach.measures,
  aware_at: timeText(breach.aware_at),
  notice_due_at: timeText(standing.notice_due_at),
  hours_left: standing.hours_left === null ? null : Math.floor(standing.hours_left * 10) / 10,
  authority_notice: standing.authority_notice,
  told_late: standing.told_late,
  risk: breach.risk,
  data_unintelligible: breach.data_unintelligible,
  persons_exemption: breach.persons_exemption,
  persons_notice: standing.persons_notice,
  phases: phasesOf(breach).map(({ at, told }) => ({ at: timeText(at), told })),
  notified_at: timeTextOrNull(breach.notified_at),
  late_reason: breach.late_reason,
  persons_told_at: timeTextOrNull(breach.persons_told_at),
  created_at: timeText(breach.created_at),
  updated_at: timeText(breach.updated_at),
});

/** A moment that cannot be told apart from none (a leap second) is one that lies ahead: refused. */
const LATEST = 253_402_300_799_999 as Instant;
export const momentOf = (words: string): Instant => parseInstant(Date.parse(words)) ?? LATEST;

/** The facts of a body, its times as instants. */
export const factsOf = ({
  aware_at,
  notified_at,
  persons_told_at,
  phase: added,
  ...plain
}: Static<typeof BreachChange>): BreachFacts => ({
  ...plain,
  ...(aware_at === undefined ? {} : { aware_at: momentOf(aware_at) }),
  ...(notified_at === undefined ? {} : { notified_at: momentOf(notified_at) }),
  ...(persons_told_at === undefined ? {} : { persons_told_at: momentOf(persons_told_at) }),
  ...(added === undefined ? {} : { phase: { at: momentOf(added.at), told: added.told } }),
});
