import type { Collection, Records } from "../../src/domain/personal-data/records.ts";
import { keyField } from "../../src/domain/personal-data/records.ts";
import type { Expectation } from "../../src/domain/shared/changes.ts";
import type { Readers } from "../../src/ports/store.ts";
import { changes } from "../support/records.ts";
import type { Harness } from "./harness.ts";

/** The stored record by whatever reader leads to it. Reports and guards have none of their own. */
export const FINDERS: {
  readonly [C in Exclude<Collection, "comment_reports" | "guards">]: (
    readers: Readers,
    row: Records[C],
  ) => Promise<Records[C] | null>;
} = {
  subjects: (readers, row) => readers.subjects.byId(row.id),
  identities: async (readers, row) =>
    (await readers.identities.ofSubject(row.subject_id)).find((each) => each.id === row.id) ?? null,
  consents: (readers, row) => readers.consents.byId(row.id),
  consent_policies: (readers, row) => readers.consentPolicies.byVersion(row.policy_version),
  sign_in_links: (readers, row) => readers.signInLinks.byTokenHash(row.token_hash),
  sessions: async (readers, row) => (await readers.sessions.byId(row.id))?.session ?? null,
  comments: async (readers, row) => (await readers.comments.byId(row.id))?.comment ?? null,
  outgoing_mails: (readers, row) => readers.outgoingMails.byId(row.id),
  mail_preferences: (readers, row) => readers.mailPreferences.ofSubject(row.subject_id),
  privacy_requests: (readers, row) => readers.privacyRequests.byId(row.id),
  idempotent_answers: (readers, row) => readers.idempotentAnswers.byId(row.id),
  legal_holds: (readers, row) => readers.legalHolds.byId(row.id),
  erasures: (readers, row) => readers.erasures.byId(row.id),
  signed_reports: (readers, row) => readers.signedReports.byId(row.id),
  retention_runs: (readers, row) => readers.retentionRuns.byId(row.id),
  webhooks: (readers, row) => readers.webhooks.byId(row.id),
  webhook_deliveries: (readers, row) => readers.webhookDeliveries.byId(row.id),
  breaches: (readers, row) => readers.breaches.byId(row.id),
  service_credentials: (readers, row) => readers.serviceCredentials.byId(row.id),
  system_config: (readers, row) => readers.configuration.byKey(row.key),
  restore_points: (readers) => readers.restorePoints.current(),
  keys: (readers, row) => readers.keys.byId(row.id),
};

export const keyOf = (collection: Collection, row: object): string =>
  (row as Readonly<Record<string, string>>)[keyField(collection)] ?? "";

/** Whether a record with this key is stored: asked by an expectation, which works for every collection. */
export const isThere = async (h: Harness, collection: Collection, key: string): Promise<boolean> => {
  const absent = { in: collection, id: key, version: "absent" } as Expectation;
  return (await h.commit(changes([], [absent]))) === "conflict";
};
