import { CATALOGUE } from "../../domain/personal-data/catalogue.ts";
import { storagePeriod } from "../../domain/personal-data/storage-period.ts";
import { disclosureOf } from "../../domain/processing-record/processing-record.ts";
import type { RetentionPeriods } from "../../domain/retention/retention-period.ts";
import type { Deps } from "../deps.ts";
import { allWebhooks } from "../recipients/known-recipients.ts";
import type { ExportedCollection } from "./exported-record.ts";

/** Why a collection is kept and for how long (GDPR Art. 15(1)(a), (d)). */
export const processingOf = (collection: ExportedCollection, periods: RetentionPeriods) => {
  const { purpose, retention } = CATALOGUE[collection];
  return { purpose, category: retention, ...storagePeriod(collection, periods) };
};

/** GDPR Art. 15(1)(g). */
const SOURCES = [
  "What is kept of you came from you: what you wrote, decided, asked for and signed in with, or the site's sign-in told us.",
  "A comment with a `source` was taken over from the system named there, in which you had written it.",
];

/** Who is responsible, and who else gets data, where: the same as the record of processing says. Rejects with StorageFailure. */
export const disclosed = async ({
  readers,
  policies,
}: {
  readonly readers: Pick<Deps["readers"], "webhooks">;
  readonly policies: Pick<Deps["policies"], "controller" | "processors">;
}) => {
  const webhooks = await allWebhooks(readers.webhooks);
  const { controller, recipients, processors, transfers } = disclosureOf({ ...policies, webhooks });
  const { dataLocation: data_location, ...who } = controller;
  return {
    controller: { ...who, data_location },
    recipients: recipients.map((each) => ({ ...each, since: new Date(each.since).toISOString() })),
    processors,
    transfers,
    sources: SOURCES,
  };
};

/** What the data say of it. */
export type GivenDisclosure = Awaited<ReturnType<typeof disclosed>>;
