import type { SignedReportKind } from "../audit/signed-report.ts";
import type { Controller } from "../controller/controller.ts";
import type { CountryCode } from "../controller/country-codes.ts";
import { CATALOGUE, type DueAction } from "../personal-data/catalogue.ts";
import type { DataClass, FieldRule } from "../personal-data/field-rules.ts";
import { type StoragePeriod, storagePeriod } from "../personal-data/storage-period.ts";
import { type Webhook, type WebhookEvent, webhookEvents } from "../recipients/webhook.ts";
import type { RetentionCategory, RetentionPeriods } from "../retention/retention-period.ts";
import type { Instant } from "../shared/instant.ts";

/** Who processes data for the controller (GDPR Art. 4(8)), as the settings name them. */
export interface Processor {
  readonly name: string;
  readonly purpose: string;
  readonly country: CountryCode;
  /** What makes a transfer there lawful (GDPR Art. 46); null: none was named. */
  readonly safeguard: string | null;
}

/** The last proof that something was done. */
export interface LastRun {
  readonly kind: SignedReportKind;
  readonly report: string;
  readonly at: Instant;
}

export interface Activity extends StoragePeriod {
  readonly collection: string;
  readonly purpose: string;
  readonly data: readonly { readonly field: string; readonly class: Exclude<DataClass, "none"> }[];
  readonly category: RetentionCategory | null;
  readonly when_over: DueAction | "never";
}

/** Who is responsible, and who else gets data, where (GDPR Art. 15(1)(c), (2), 30(1)(a), (d), (e)). */
export interface Disclosure {
  readonly controller: Controller;
  readonly recipients: readonly {
    readonly name: string;
    readonly events: readonly WebhookEvent[];
    readonly since: Instant;
  }[];
  readonly processors: readonly Processor[];
  readonly transfers: readonly Processor[];
}

export interface ProcessingRecord extends Disclosure {
  readonly generated_at: Instant;
  readonly persons: readonly string[];
  readonly activities: readonly Activity[];
  readonly erasure_days: RetentionPeriods & { readonly after_a_request: number };
  readonly measures: readonly string[];
  readonly last_runs: readonly LastRun[];
}

export interface DisclosureFacts {
  readonly controller: Controller;
  readonly webhooks: readonly Webhook[];
  readonly processors: readonly Processor[];
}

export interface RecordFacts extends DisclosureFacts {
  readonly now: Instant;
  readonly retention: RetentionPeriods;
  readonly anonymizationDelayDays: number;
  readonly sessionHours: number;
  readonly overTls: boolean;
  readonly lastRuns: readonly LastRun[];
}

/** Where data are as protected as at home: the Union and the EEA (GDPR Art. 44). */
const EEA: ReadonlySet<string> = new Set(
  "EU AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split(" "),
);

const PERSONS = [
  "Visitors of the site who decided on consent",
  "Commenters, and persons whose comments were imported",
  "Moderators and admins",
];

/** What is stored of persons, by collection: the catalogue says so, and nothing else is stored. */
const activities = (periods: RetentionPeriods): readonly Activity[] =>
  (Object.keys(CATALOGUE) as (keyof typeof CATALOGUE)[]).flatMap((collection): Activity[] => {
    const { purpose, retention, due, fields } = CATALOGUE[collection];
    const data = Object.entries<FieldRule>(fields).flatMap(([field, rule]) =>
      rule.class === "none" ? [] : [{ field, class: rule.class }],
    );
    const period = storagePeriod(collection, periods);
    return data.length === 0
      ? []
      : [{ collection, purpose, data, category: retention, ...period, when_over: due }];
  });

/** GDPR Art. 32(1), in general terms (Art. 30(1)(g)). */
const measuresOf = ({ overTls, sessionHours }: RecordFacts): readonly string[] => [
  "Pseudonymisation: persons are random ids; names and addresses are in a vault of their own",
  "Encryption at rest of names, addresses, outgoing mail and secrets with AES-256-GCM, under a key that can be changed in place",
  "Addresses of the network and user agents are kept as keyed hashes only, whose keys are destroyed",
  ...(overTls ? ["Encryption in transit (TLS, with HSTS)"] : []),
  `Sessions end after ${sessionHours} hours; tokens are stored hashed; roles with least permission`,
  "Every change, and every reading by staff, is in an audit trail that shows tampering",
  "Backups are encrypted; an erasure ledger is replayed by every restore; restores are rehearsed",
  "Erasures are proven by looking for the person afterwards, and certified",
];

export const disclosureOf = ({ controller, webhooks, processors }: DisclosureFacts): Disclosure => ({
  controller,
  recipients: webhooks
    .filter(({ removed_at }) => removed_at === null)
    .map((webhook) => ({ name: webhook.name, events: webhookEvents(webhook), since: webhook.created_at })),
  processors,
  transfers: processors.filter(({ country }) => !EEA.has(country)),
});

/** The record of processing activities (GDPR Art. 30(1)), from what the service really does. */
export const processingRecord = (facts: RecordFacts): ProcessingRecord => ({
  ...disclosureOf(facts),
  generated_at: facts.now,
  persons: PERSONS,
  activities: activities(facts.retention),
  erasure_days: { ...facts.retention, after_a_request: facts.anonymizationDelayDays },
  measures: measuresOf(facts),
  last_runs: facts.lastRuns,
});
