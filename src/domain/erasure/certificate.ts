import { CATALOGUE } from "../personal-data/catalogue.ts";
import type { Collection } from "../personal-data/records.ts";
import type { Json } from "../shared/canonical-json.ts";
import type { Instant } from "../shared/instant.ts";
import { countsOf, type Erasure } from "./erasure.ts";
import { type Findings, groundOf } from "./findings.ts";

/** What becomes of a person's records of a collection, and by what right anything of them stays. */
interface Fate {
  readonly becomes: "deleted" | "anonymised" | "kept" | "nobody's";
  readonly ground: string | null;
}

const deleted: Fate = { becomes: "deleted", ground: null };
const nobodys: Fate = { becomes: "nobody's", ground: null };

/** A new collection without a decision does not compile. */
export const FATES: { readonly [C in Collection]: Fate } = {
  subjects: {
    becomes: "anonymised",
    ground: "An id that leads to nobody is kept so that it is never given again",
  },
  identities: deleted,
  consents: {
    becomes: "anonymised",
    ground:
      "GDPR Art. 7(1), 17(3)(e): that such a consent was given is kept without whose it was; only who holds its receipt can show that it was hers",
  },
  consent_policies: nobodys,
  sign_in_links: deleted,
  sessions: deleted,
  comments: {
    becomes: "anonymised",
    ground: "GDPR Art. 17(3)(a): published text without its author, if she so chose; else an empty place",
  },
  comment_reports: { becomes: "anonymised", ground: "That something was reported, without by whom and why" },
  outgoing_mails: deleted,
  mail_preferences: deleted,
  idempotent_answers: deleted,
  legal_holds: { becomes: "kept", ground: "GDPR Art. 5(2): why erasure had to wait" },
  signed_reports: nobodys,
  erasures: { becomes: "kept", ground: "GDPR Art. 5(2): that she was erased" },
  retention_runs: nobodys,
  restore_points: nobodys,
  privacy_requests: {
    becomes: "anonymised",
    ground: "GDPR Art. 5(2): that requests were made and answered, without by whom",
  },
  webhooks: nobodys,
  webhook_deliveries: {
    becomes: "anonymised",
    ground: "GDPR Art. 19: that recipients were told, without of whom",
  },
  breaches: nobodys,
  service_credentials: nobodys,
  system_config: nobodys,
  keys: nobodys,
  guards: nobodys,
};

export interface CertificateFacts {
  readonly erasure: Erasure;
  readonly finished_at: Instant;
  /** Salted; the salt is destroyed. */
  readonly original_data_hash: string;
  /** Audit entries that no longer say who acted. */
  readonly unlinked: number;
  readonly last_backup_expires_at: Instant;
  readonly recipients: number;
  /** Where other people's words speak of her and stay. */
  readonly retained: Findings;
}

/** What an erasure certificate says: counts, dates as RFC 3339, and grounds. Nothing in it leads to the person. */
export const certificateOf = (facts: CertificateFacts, timeOf: (moment: Instant) => string): Json => {
  const counts = countsOf(facts.erasure);
  const categories = Object.entries(FATES)
    .filter(([, fate]) => fate.becomes !== "nobody's")
    .map(([collection, { becomes, ground }]) => ({
      category: collection,
      purpose: CATALOGUE[collection as Collection].purpose,
      becomes,
      removed: counts[collection]?.removed ?? 0,
      anonymised: counts[collection]?.anonymised ?? 0,
      ground,
    }));
  return {
    type: "erasure-certificate",
    erasure: facts.erasure.id,
    begun_at: timeOf(facts.erasure.created_at),
    finished_at: timeOf(facts.finished_at),
    comments: facts.erasure.comments,
    categories: [
      ...categories,
      {
        category: "audit_entries",
        purpose: CATALOGUE.audit_entries.purpose,
        becomes: "anonymised",
        removed: 0,
        anonymised: facts.unlinked,
        ground: "GDPR Art. 5(2), 17(3)(b): that something was done, without who did it",
      },
    ],
    retained: Object.entries(facts.retained)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([place, records]) => ({ place, records, ground: groundOf(place) })),
    original_data_hash: facts.original_data_hash,
    last_backup_expires_at: timeOf(facts.last_backup_expires_at),
    recipients_told: facts.recipients,
    looked:
      "every column of every table, sealed values opened, database files or tables, outbox, logs and data folder",
  };
};
