import { isOpen } from "../../domain/breaches/breach.ts";
import { type Collection, keyField, UNIQUE_FIELDS } from "../../domain/personal-data/records.ts";
import type { WalkedCollection } from "../../ports/personal-data-reader.ts";
import type { Rows, TableName } from "./fields.ts";
import { emptyLog } from "./memory-audit-log.ts";
import { type OrderedIndex, orderedIndex } from "./ordered-index.ts";
import { createTable, type Table } from "./table.ts";

const isPublicOrPlaceholder = (status: string): boolean => status === "approved" || status === "removed";

const tableOf = <C extends Collection>(collection: C, indexes: readonly OrderedIndex<Rows[C]>[] = []) =>
  createTable<Rows[C]>(
    (row) => (row as unknown as Readonly<Record<string, string>>)[keyField(collection)] ?? "",
    UNIQUE_FIELDS[collection],
    indexes,
  );

/** What one memory store holds: it lives as long as whoever holds it. Opening it again finds it as it was. */
export type MemoryContents = ReturnType<typeof emptyContents>;

export const emptyContents = () => {
  const admins = orderedIndex<Rows["subjects"]>((row) =>
    row.role === "admin" && row.status === "active" ? { group: "", position: [row.id] } : null,
  );
  const consentsBySubject = orderedIndex<Rows["consents"]>((row) => ({
    group: row.subject_id,
    position: [row.sequence],
  }));
  const publishedPolicies = orderedIndex<Rows["consent_policies"]>((row) =>
    row.status === "published" ? { group: "", position: [row.policy_version] } : null,
  );
  const policiesByVersion = orderedIndex<Rows["consent_policies"]>((row) => ({
    group: "",
    position: [row.policy_version],
  }));
  const roots = orderedIndex<Rows["comments"]>((row) =>
    row.depth === 0 && isPublicOrPlaceholder(row.status) ? { group: row.thread, position: [row.id] } : null,
  );
  const replies = orderedIndex<Rows["comments"]>((row) =>
    row.depth > 0 && isPublicOrPlaceholder(row.status) ? { group: row.root_id, position: [row.id] } : null,
  );
  const byStatus = orderedIndex<Rows["comments"]>((row) => ({
    group: `${row.status} ${row.thread}`,
    position: [row.id],
  }));
  const queue = orderedIndex<Rows["comments"]>((row) =>
    row.queued_at === null ? null : { group: "", position: [row.queued_at, row.id] },
  );
  const byEditToken = orderedIndex<Rows["comments"]>((row) =>
    row.edit_token_hash === null ? null : { group: row.edit_token_hash, position: [row.id] },
  );
  const mailsByDate = orderedIndex<Rows["outgoing_mails"]>((row) => ({
    group: "",
    position: [row.next_attempt_at, row.id],
  }));
  const requestsBySubject = orderedIndex<Rows["privacy_requests"]>((row) =>
    row.subject_id === null ? null : { group: row.subject_id, position: [row.id] },
  );
  const requestInbox = orderedIndex<Rows["privacy_requests"]>((row) =>
    row.closed_at === null ? { group: "", position: [row.due_at, row.id] } : null,
  );
  const requestsByState = orderedIndex<Rows["privacy_requests"]>((row) => ({
    group: row.state,
    position: [row.due_at, row.id],
  }));
  const wakingRequests = orderedIndex<Rows["privacy_requests"]>((row) =>
    row.wakes_at === null ? null : { group: "", position: [row.wakes_at, row.id] },
  );
  const scheduledErasures = orderedIndex<Rows["privacy_requests"]>((row) =>
    row.effective_at === null || row.closed_at !== null || row.hindrance === "legal_hold"
      ? null
      : { group: "", position: [row.effective_at, row.id] },
  );
  const answersByEnd = orderedIndex<Rows["idempotent_answers"]>((row) => ({
    group: "",
    position: [row.expires_at, row.id],
  }));
  const deliveriesByDate = orderedIndex<Rows["webhook_deliveries"]>((row) =>
    row.next_attempt_at === null ? null : { group: row.webhook_id, position: [row.next_attempt_at, row.id] },
  );
  const openDeliveries = orderedIndex<Rows["webhook_deliveries"]>((row) =>
    row.closed_at === null ? { group: row.webhook_id, position: [row.id] } : null,
  );
  const closedDeliveries = orderedIndex<Rows["webhook_deliveries"]>((row) =>
    row.closed_at === null ? null : { group: row.webhook_id, position: [row.id] },
  );
  const credentialsById = orderedIndex<Rows["service_credentials"]>((row) => ({
    group: "",
    position: [row.id],
  }));
  const configByKey = orderedIndex<Rows["system_config"]>((row) => ({ group: "", position: [row.key] }));
  const keysByEnd = orderedIndex<Rows["keys"]>((row) =>
    row.destroy_at === null ? null : { group: "", position: [row.destroy_at, row.id] },
  );
  const holdsById = orderedIndex<Rows["legal_holds"]>((row) => ({ group: "", position: [row.id] }));
  const standingHolds = orderedIndex<Rows["legal_holds"]>((row) =>
    row.lifted_at === null ? { group: "", position: [row.id] } : null,
  );
  const openErasures = orderedIndex<Rows["erasures"]>((row) =>
    row.status === "done" || row.status === "held"
      ? null
      : { group: "", position: [row.next_attempt_at, row.id] },
  );
  const heldErasures = orderedIndex<Rows["erasures"]>((row) =>
    row.status === "held" ? { group: "", position: [row.id] } : null,
  );
  const byParent = orderedIndex<Rows["comments"]>((row) =>
    row.parent_id === null ? null : { group: row.parent_id, position: [row.id] },
  );
  const reportsByComment = orderedIndex<Rows["comment_reports"]>((row) => ({
    group: row.comment_id,
    position: [row.id],
  }));
  const reportsByKind = orderedIndex<Rows["signed_reports"]>((row) => ({
    group: row.kind,
    position: [row.id],
  }));
  const bySubject = <C extends WalkedCollection>() =>
    orderedIndex<Rows[C]>((row) =>
      row.subject_id === null ? null : { group: row.subject_id, position: [row.id] },
    );
  /** Every record of a person by its key, for whoever walks through all that is hers. */
  const ofSubject: { readonly [C in WalkedCollection]: OrderedIndex<Rows[C]> } = {
    comments: bySubject<"comments">(),
    comment_reports: bySubject<"comment_reports">(),
    sessions: bySubject<"sessions">(),
    outgoing_mails: bySubject<"outgoing_mails">(),
    idempotent_answers: bySubject<"idempotent_answers">(),
    webhook_deliveries: bySubject<"webhook_deliveries">(),
  };
  const breachesById = orderedIndex<Rows["breaches"]>((row) => ({ group: "", position: [row.id] }));
  const openBreaches = orderedIndex<Rows["breaches"]>((row) =>
    isOpen(row) ? { group: "", position: [row.aware_at, row.id] } : null,
  );
  const runsById = orderedIndex<Rows["retention_runs"]>((row) => ({ group: "", position: [row.id] }));
  const auditById = orderedIndex<Rows["audit_entries"]>((row) => ({ group: "", position: [row.id] }));

  const tables: { readonly [T in TableName]: Table<Rows[T]> } = {
    subjects: tableOf("subjects", [admins]),
    identities: tableOf("identities"),
    consents: tableOf("consents", [consentsBySubject]),
    consent_policies: tableOf("consent_policies", [publishedPolicies, policiesByVersion]),
    sign_in_links: tableOf("sign_in_links"),
    sessions: tableOf("sessions", [ofSubject.sessions]),
    comments: tableOf("comments", [
      roots,
      replies,
      byStatus,
      queue,
      byEditToken,
      byParent,
      ofSubject.comments,
    ]),
    comment_reports: tableOf("comment_reports", [reportsByComment, ofSubject.comment_reports]),
    outgoing_mails: tableOf("outgoing_mails", [mailsByDate, ofSubject.outgoing_mails]),
    mail_preferences: tableOf("mail_preferences"),
    privacy_requests: tableOf("privacy_requests", [
      requestsBySubject,
      requestInbox,
      requestsByState,
      wakingRequests,
      scheduledErasures,
    ]),
    idempotent_answers: tableOf("idempotent_answers", [answersByEnd, ofSubject.idempotent_answers]),
    legal_holds: tableOf("legal_holds", [holdsById, standingHolds]),
    signed_reports: tableOf("signed_reports", [reportsByKind]),
    retention_runs: tableOf("retention_runs", [runsById]),
    erasures: tableOf("erasures", [openErasures, heldErasures]),
    webhooks: tableOf("webhooks"),
    webhook_deliveries: tableOf("webhook_deliveries", [
      deliveriesByDate,
      openDeliveries,
      closedDeliveries,
      ofSubject.webhook_deliveries,
    ]),
    breaches: tableOf("breaches", [breachesById, openBreaches]),
    service_credentials: tableOf("service_credentials", [credentialsById]),
    system_config: tableOf("system_config", [configByKey]),
    keys: tableOf("keys", [keysByEnd]),
    guards: tableOf("guards"),
    restore_points: tableOf("restore_points"),
    audit_entries: createTable((row) => row.id, [], [auditById]),
  };
  const indexes = {
    admins,
    consentsBySubject,
    publishedPolicies,
    policiesByVersion,
    roots,
    replies,
    byStatus,
    queue,
    byEditToken,
    mailsByDate,
    requestsBySubject,
    requestInbox,
    requestsByState,
    wakingRequests,
    scheduledErasures,
    answersByEnd,
    deliveriesByDate,
    openDeliveries,
    closedDeliveries,
    credentialsById,
    configByKey,
    keysByEnd,
    openErasures,
    heldErasures,
    byParent,
    reportsByComment,
    holdsById,
    standingHolds,
    reportsByKind,
    ofSubject,
    runsById,
    breachesById,
    openBreaches,
    auditById,
  };
  const leases = new Map<string, { readonly holder: string; readonly expiresAt: number }>();
  return { tables, indexes, log: emptyLog(), leases };
};
