import type { AuditEntry } from "../audit/audit-entry.ts";
import type { Records } from "../personal-data/records.ts";

interface Rows extends Records {
  readonly audit_entries: AuditEntry;
}

/** `copied`: every row, masked. `newest`: of each person the newest row only. `out`: none; a staging service makes its own. */
export type StagedHow = "copied" | "newest" | "out";

/**
 * What a staging copy takes along. Deny by default: a collection that is not decided on here does not compile, and a table
 * that is not named here stops the copy.
 */
export const STAGED_COLLECTIONS: { readonly [C in keyof Rows]: StagedHow } = {
  subjects: "copied",
  // Names alone, and generated ones: addresses and accounts stay.
  identities: "copied",
  consent_policies: "copied",
  consents: "newest",
  comments: "copied",
  comment_reports: "copied",
  mail_preferences: "copied",
  // Ways in, letters and answers to persons.
  sign_in_links: "out",
  sessions: "out",
  outgoing_mails: "out",
  idempotent_answers: "out",
  service_credentials: "out",
  // Evidence of what was done with real people's data.
  audit_entries: "out",
  legal_holds: "out",
  signed_reports: "out",
  retention_runs: "out",
  breaches: "out",
  erasures: "out",
  restore_points: "out",
  // What people asked for, and who was told of them.
  privacy_requests: "out",
  webhooks: "out",
  webhook_deliveries: "out",
  // Secrets and settings of production.
  system_config: "out",
  keys: "out",
  guards: "out",
};

export type StagedCollection = keyof typeof STAGED_COLLECTIONS;

/** Subjects before what refers to them. */
export const COPIED = (Object.keys(STAGED_COLLECTIONS) as StagedCollection[]).filter(
  (collection) => STAGED_COLLECTIONS[collection] !== "out",
);

/** Tables of the store itself: nothing in them speaks of a person, and a staging service makes its own. */
export const NOT_STAGED_TABLES: readonly string[] = [
  "schema_migrations",
  "leases",
  "audit_tiles",
  "audit_checkpoints",
];
