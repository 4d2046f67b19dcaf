import { IDENTITY_KINDS } from "../../domain/personal-data/identity.ts";
import type { Subject } from "../../domain/roles/subject.ts";
import type { CommentWithAuthor } from "../../ports/comment-reader.ts";
import type { SessionWithSubject } from "../../ports/session-reader.ts";
import type { Readers } from "../../ports/store.ts";
import type { MemoryContents } from "./contents.ts";
import { erasureReaders } from "./erasure-readers.ts";
import type { Rows } from "./fields.ts";
import { privacyRequestReaders } from "./privacy-request-readers.ts";
import { FROM_NEWEST, FROM_OLDEST, take, until } from "./take.ts";
import { webhookReaders } from "./webhook-readers.ts";

const present = <Row>(rows: readonly (Row | null)[]): Row[] => rows.filter((row) => row !== null);

/** Readers over what is in memory. `attempt` runs each read. */
export const createMemoryReaders = (
  { tables, indexes }: MemoryContents,
  attempt: <T>(operation: string, read: () => T) => Promise<T>,
): Readers => {
  /** References to subjects always hold: the group store sees to it. */
  const subjectOf = (row: { readonly subject_id: string }): Subject => {
    const subject = tables.subjects.get(row.subject_id);
    if (subject === null) throw new Error("a row refers to a subject that is not there");
    return subject;
  };
  const withAuthor = (comment: Rows["comments"]): CommentWithAuthor => ({
    comment,
    author: subjectOf(comment),
  });
  const withSubject = (session: Rows["sessions"] | null): SessionWithSubject | null =>
    session === null ? null : { session, subject: subjectOf(session) };
  const isUsable = (comment: Rows["comments"]): boolean => subjectOf(comment).status !== "restricted";
  const isSeen = (comment: Rows["comments"]): boolean => comment.status === "approved" && isUsable(comment);
  const isAnswered = (comment: Rows["comments"]): boolean =>
    take(indexes.replies.after(comment.id, [""]), 1, isSeen).length > 0;

  return {
    ...erasureReaders({ tables, indexes }, attempt),
    ...privacyRequestReaders({ tables, indexes }, attempt),
    ...webhookReaders({ tables, indexes }, attempt),
    subjects: {
      byId: (id) => attempt("subjects.byId", () => tables.subjects.get(id)),
      activeAdmins: (limit) =>
        attempt("subjects.activeAdmins", () => take(indexes.admins.after("", [""]), limit)),
      admins: () =>
        attempt("subjects.admins", () => ({
          count: [...indexes.admins.after("", [""])].length,
          guardVersion: tables.guards.get("admins")?.version ?? 0,
        })),
    },
    identities: {
      find: (kind, blindIndex) =>
        attempt("identities.find", () => tables.identities.find(["kind", "blind_index"], [kind, blindIndex])),
      ofSubject: (subject) =>
        attempt("identities.ofSubject", () =>
          present(
            IDENTITY_KINDS.map((kind) => tables.identities.find(["subject_id", "kind"], [subject, kind])),
          ),
        ),
      namesOf: (subjects) =>
        attempt("identities.namesOf", () =>
          present(
            [...new Set(subjects)].map((subject) =>
              tables.identities.find(["subject_id", "kind"], [subject, "name"]),
            ),
          ),
        ),
      findMany: (kind, blindIndexes) =>
        attempt("identities.findMany", () =>
          present(
            [...new Set(blindIndexes)].map((blindIndex) =>
              tables.identities.find(["kind", "blind_index"], [kind, blindIndex]),
            ),
          ),
        ),
    },
    consents: {
      latest: (subject) =>
        attempt(
          "consents.latest",
          () => take(indexes.consentsBySubject.before(subject, [FROM_NEWEST]), 1)[0] ?? null,
        ),
      basis: (subject) =>
        attempt("consents.basis", () => {
          const status = tables.subjects.get(subject)?.status ?? "active";
          const [latest = null] = take(indexes.consentsBySubject.before(subject, [FROM_NEWEST]), 1);
          const [policy] = take(indexes.publishedPolicies.before("", [FROM_NEWEST]), 1);
          return {
            set_aside: status === "active" ? null : status,
            latest: latest && { purpose_states: latest.purpose_states, gpc: latest.gpc },
            material_version: policy?.material_version ?? null,
          };
        }),
      byId: (id) => attempt("consents.byId", () => tables.consents.get(id)),
      history: (subject, before, limit) =>
        attempt("consents.history", () =>
          take(indexes.consentsBySubject.before(subject, [before ?? FROM_NEWEST]), limit),
        ),
    },
    consentPolicies: {
      current: () =>
        attempt(
          "consent_policies.current",
          () => take(indexes.publishedPolicies.before("", [FROM_NEWEST]), 1)[0] ?? null,
        ),
      byVersion: (version) =>
        attempt("consent_policies.byVersion", () =>
          tables.consent_policies.find(["policy_version"], [version]),
        ),
      list: (before, limit) =>
        attempt("consent_policies.list", () =>
          take(indexes.policiesByVersion.before("", [before ?? FROM_NEWEST]), limit),
        ),
    },
    signInLinks: {
      byTokenHash: (hash) =>
        attempt("sign_in_links.byTokenHash", () => tables.sign_in_links.find(["token_hash"], [hash])),
    },
    sessions: {
      byTokenHash: (hash) =>
        attempt("sessions.byTokenHash", () => withSubject(tables.sessions.find(["token_hash"], [hash]))),
      byId: (id) => attempt("sessions.byId", () => withSubject(tables.sessions.get(id))),
    },
    comments: {
      byId: (id) =>
        attempt("comments.byId", () => present([tables.comments.get(id)]).map(withAuthor)[0] ?? null),
      byEditTokenHash: (hash) =>
        attempt(
          "comments.byEditTokenHash",
          () => take(indexes.byEditToken.after(hash, [""]), 1).map(withAuthor)[0] ?? null,
        ),
      publicRoots: (thread, after, limit) =>
        attempt("comments.publicRoots", () =>
          take(
            indexes.roots.after(thread, [after ?? ""]),
            limit,
            (comment) => isSeen(comment) || isAnswered(comment),
          ).map(withAuthor),
        ),
      publicReplies: (root, after, limit) =>
        attempt("comments.publicReplies", () =>
          take(indexes.replies.after(root, [after ?? ""]), limit).map(withAuthor),
        ),
      firstReplies: (roots, limit) =>
        attempt("comments.firstReplies", () => {
          const found = [...new Set(roots)].flatMap((root) =>
            take(indexes.replies.after(root, [""]), limit).map(withAuthor),
          );
          return Map.groupBy(found, ({ comment }) => comment.root_id);
        }),
      inThread: (thread, status, after, limit) =>
        attempt("comments.inThread", () =>
          take(indexes.byStatus.after(`${status} ${thread}`, [after ?? ""]), limit, isUsable).map(withAuthor),
        ),
      queue: (after, limit) =>
        attempt("comments.queue", () =>
          take(
            indexes.queue.after("", [after?.queued_at ?? FROM_OLDEST, after?.id ?? ""]),
            limit,
            isUsable,
          ).map(withAuthor),
        ),
      repliesTo: (parent, after, limit) =>
        attempt("comments.repliesTo", () => take(indexes.byParent.after(parent, [after ?? ""]), limit)),
      imported: (source, sourceIds) =>
        attempt("comments.imported", () =>
          present(
            [...new Set(sourceIds)].map((sourceId) =>
              tables.comments.find(["source", "source_id"], [source, sourceId]),
            ),
          ),
        ),
    },
    serviceCredentials: {
      byTokenHash: (hash) =>
        attempt("service_credentials.byTokenHash", () =>
          tables.service_credentials.find(["token_hash"], [hash]),
        ),
      byId: (id) => attempt("service_credentials.byId", () => tables.service_credentials.get(id)),
      list: (after, limit) =>
        attempt("service_credentials.list", () =>
          take(indexes.credentialsById.after("", [after ?? ""]), limit),
        ),
    },
    outgoingMails: {
      byId: (id) => attempt("outgoing_mails.byId", () => tables.outgoing_mails.get(id)),
      due: (now, limit) =>
        attempt("outgoing_mails.due", () =>
          take(
            until(indexes.mailsByDate.after("", [FROM_OLDEST, ""]), (mail) => mail.next_attempt_at <= now),
            limit,
          ),
        ),
      waiting: (atMost) =>
        attempt(
          "outgoing_mails.waiting",
          () => take(indexes.mailsByDate.after("", [FROM_OLDEST, ""]), atMost).length,
        ),
    },
    mailPreferences: {
      ofSubject: (subject) =>
        attempt("mail_preferences.ofSubject", () => tables.mail_preferences.find(["subject_id"], [subject])),
    },
    idempotentAnswers: {
      byId: (id) => attempt("idempotent_answers.byId", () => tables.idempotent_answers.get(id)),
      expired: (now, limit) =>
        attempt("idempotent_answers.expired", () =>
          take(
            until(indexes.answersByEnd.after("", [FROM_OLDEST, ""]), (answer) => answer.expires_at <= now),
            limit,
          ),
        ),
    },
    signedReports: {
      byId: (id) => attempt("signed_reports.byId", () => tables.signed_reports.get(id)),
      list: (kind, before, limit) =>
        attempt("signed_reports.list", () =>
          take(indexes.reportsByKind.before(kind, [before ?? "~"]), limit),
        ),
    },
    retentionRuns: {
      byId: (id) => attempt("retention_runs.byId", () => tables.retention_runs.get(id)),
      running: () =>
        attempt("retention_runs.running", () => tables.retention_runs.find(["running"], ["running"])),
      list: (before, limit) =>
        attempt("retention_runs.list", () => take(indexes.runsById.before("", [before ?? "~"]), limit)),
    },
    breaches: {
      byId: (id) => attempt("breaches.byId", () => tables.breaches.get(id)),
      open: (limit) =>
        attempt("breaches.open", () => take(indexes.openBreaches.after("", [FROM_OLDEST, ""]), limit)),
      list: (before, limit) =>
        attempt("breaches.list", () => take(indexes.breachesById.before("", [before ?? "~"]), limit)),
    },
    personalData: {
      ofSubject: (collection, subject, after, limit) =>
        attempt(`${collection}.ofSubject`, () =>
          take(indexes.ofSubject[collection].after(subject, [after ?? ""]), limit),
        ),
    },
    restorePoints: {
      current: () => attempt("restore_points.current", () => tables.restore_points.get("ledger")),
    },
    keys: {
      byId: (id) => attempt("keys.byId", () => tables.keys.get(id)),
      startingWith: (prefix, limit) =>
        attempt("keys.startingWith", () =>
          take(
            until(tables.keys.after(prefix), ({ id }) => id.startsWith(prefix)),
            limit,
          ),
        ),
      expired: (now, limit) =>
        attempt("keys.expired", () =>
          take(
            until(indexes.keysByEnd.after("", [FROM_OLDEST, ""]), (key) => (key.destroy_at ?? now) <= now),
            limit,
          ),
        ),
    },
    configuration: {
      byKey: (key) => attempt("system_config.byKey", () => tables.system_config.get(key)),
      list: (after, limit) =>
        attempt("system_config.list", () => take(indexes.configByKey.after("", [after ?? ""]), limit)),
    },
    sealedFields: {
      walk: (collection, after, limit) =>
        attempt(`${collection}.walk`, () =>
          take<Rows[typeof collection]>(tables[collection].after(after ?? ""), limit),
        ),
    },
    audit: {
      byId: (id) => attempt("audit_entries.byId", () => tables.audit_entries.get(id)),
      newest: (before, limit) =>
        attempt("audit_entries.newest", () => take(indexes.auditById.before("", [before ?? "g"]), limit)),
      list: (after, limit) =>
        attempt("audit_entries.list", () => take(indexes.auditById.after("", [after ?? ""]), limit)),
    },
  };
};
