import type { Comment, CommentStatus } from "../../src/domain/comments/comment.ts";
import type { IdempotencyId } from "../../src/domain/idempotency/idempotent-answer.ts";
import { COLLECTIONS } from "../../src/domain/personal-data/records.ts";
import { SEALED_COLLECTIONS } from "../../src/domain/personal-data/sealed-fields.ts";
import type { KeyedHash, TokenHash } from "../../src/domain/shared/ids.ts";
import { type Instant, plus } from "../../src/domain/shared/instant.ts";
import { WALKED_COLLECTIONS } from "../../src/ports/personal-data-reader.ts";
import type { Readers, Store } from "../../src/ports/store.ts";
import { changes, hash, id, ids, insert, NOON, record, reply } from "../support/records.ts";

/** Every question that can be asked of a store: a reader that is not here does not compile. */
export const EVERY_QUERY: {
  readonly [R in keyof Readers]: {
    readonly [M in keyof Readers[R]]: (readers: Readers) => Promise<unknown>;
  };
} = {
  subjects: {
    byId: (readers) => readers.subjects.byId(ids.subject()),
    activeAdmins: (readers) => readers.subjects.activeAdmins(20),
    admins: (readers) => readers.subjects.admins(),
  },
  identities: {
    find: (readers) => readers.identities.find("email", hash<KeyedHash>()),
    ofSubject: (readers) => readers.identities.ofSubject(ids.subject()),
    namesOf: (readers) => readers.identities.namesOf([1, 2, 3].map(() => ids.subject())),
    findMany: (readers) =>
      readers.identities.findMany(
        "email",
        [1, 2, 3].map(() => hash<KeyedHash>()),
      ),
  },
  consents: {
    latest: (readers) => readers.consents.latest(ids.subject()),
    basis: (readers) => readers.consents.basis(ids.subject()),
    byId: (readers) => readers.consents.byId(id()),
    history: (readers) => readers.consents.history(ids.subject(), 7, 20),
  },
  consentPolicies: {
    current: (readers) => readers.consentPolicies.current(),
    byVersion: (readers) => readers.consentPolicies.byVersion(1),
    list: (readers) => readers.consentPolicies.list(7, 20),
  },
  signInLinks: { byTokenHash: (readers) => readers.signInLinks.byTokenHash(hash<TokenHash>()) },
  sessions: {
    byTokenHash: (readers) => readers.sessions.byTokenHash(hash<TokenHash>()),
    byId: (readers) => readers.sessions.byId(id()),
  },
  comments: {
    byId: (readers) => readers.comments.byId(id()),
    byEditTokenHash: (readers) => readers.comments.byEditTokenHash(hash<TokenHash>()),
    publicRoots: (readers) => readers.comments.publicRoots("/posts/1", id(), 20),
    publicReplies: (readers) => readers.comments.publicReplies(id(), id(), 20),
    firstReplies: (readers) =>
      readers.comments.firstReplies(
        [1, 2, 3].map(() => id()),
        11,
      ),
    inThread: (readers) => readers.comments.inThread("/posts/1", "approved", id(), 20),
    queue: (readers) => readers.comments.queue({ queued_at: NOON, id: id() }, 20),
    repliesTo: (readers) => readers.comments.repliesTo(id(), id(), 20),
    imported: (readers) => readers.comments.imported("disqus", ["1", "2", "3"]),
  },
  commentReports: {
    onComment: (readers) => readers.commentReports.onComment(id(), id(), 20),
  },
  erasures: {
    byId: (readers) => readers.erasures.byId(id()),
    ofSubject: (readers) => readers.erasures.ofSubject(ids.subject()),
    open: (readers) => readers.erasures.open(NOON, 20),
    held: (readers) => readers.erasures.held(id(), 20),
  },
  serviceCredentials: {
    byTokenHash: (readers) => readers.serviceCredentials.byTokenHash(hash<TokenHash>()),
    byId: (readers) => readers.serviceCredentials.byId(id()),
    list: (readers) => readers.serviceCredentials.list(id(), 20),
  },
  outgoingMails: {
    byId: (readers) => readers.outgoingMails.byId(id()),
    due: (readers) => readers.outgoingMails.due(NOON, 20),
    waiting: (readers) => readers.outgoingMails.waiting(100),
  },
  mailPreferences: { ofSubject: (readers) => readers.mailPreferences.ofSubject(ids.subject()) },
  privacyRequests: {
    byId: (readers) => readers.privacyRequests.byId(id()),
    late: (readers) => readers.privacyRequests.late(NOON, 20),
    ofSubject: (readers) => readers.privacyRequests.ofSubject(ids.subject(), id(), 20),
    inbox: (readers) =>
      Promise.all(
        [null, "open" as const].flatMap((state) =>
          [null, "erasure" as const].map((type) =>
            readers.privacyRequests.inbox({ state, type }, { due_at: NOON, id: id() }, 20),
          ),
        ),
      ),
    waking: (readers) => readers.privacyRequests.waking(NOON, 20),
    dueErasures: (readers) => readers.privacyRequests.dueErasures(NOON, 20),
  },
  idempotentAnswers: {
    byId: (readers) => readers.idempotentAnswers.byId("a".repeat(64) as IdempotencyId),
    expired: (readers) => readers.idempotentAnswers.expired(NOON, 20),
  },
  legalHolds: {
    byId: (readers) => readers.legalHolds.byId(id()),
    list: (readers) => readers.legalHolds.list(id(), 20),
    standing: (readers) => readers.legalHolds.standing(),
    ofSubject: (readers) => readers.legalHolds.ofSubject(ids.subject()),
    keeping: (readers) => readers.legalHolds.keeping({ subjects: [ids.subject()], records: [id()] }),
    onRecordsOf: (readers) => readers.legalHolds.onRecordsOf(ids.subject()),
    guardVersion: (readers) => readers.legalHolds.guardVersion(),
  },
  signedReports: {
    byId: (readers) => readers.signedReports.byId(id()),
    list: (readers) => readers.signedReports.list("erasure", id(), 20),
  },
  retentionRuns: {
    byId: (readers) => readers.retentionRuns.byId(id()),
    running: (readers) => readers.retentionRuns.running(),
    list: (readers) => readers.retentionRuns.list(id(), 20),
  },
  personalData: {
    ofSubject: (readers) =>
      Promise.all(
        WALKED_COLLECTIONS.map((each) => readers.personalData.ofSubject(each, ids.subject(), id(), 20)),
      ),
  },
  restorePoints: { current: (readers) => readers.restorePoints.current() },
  webhooks: {
    byId: (readers) => readers.webhooks.byId(id()),
    list: (readers) => readers.webhooks.list(id(), 20),
  },
  webhookDeliveries: {
    byId: (readers) => readers.webhookDeliveries.byId(id()),
    due: (readers) => readers.webhookDeliveries.due(id(), NOON, 20),
    open: (readers) => readers.webhookDeliveries.open(id(), id(), 20),
    closed: (readers) => readers.webhookDeliveries.closed(id(), null, 20),
    standing: (readers) => readers.webhookDeliveries.standing(id(), NOON),
  },
  breaches: {
    byId: (readers) => readers.breaches.byId(id()),
    list: (readers) => readers.breaches.list(id(), 20),
    open: (readers) => readers.breaches.open(20),
  },
  keys: {
    byId: (readers) => readers.keys.byId("blind-index:email"),
    startingWith: (readers) => readers.keys.startingWith("pseudonym:ip:", 20),
    expired: (readers) => readers.keys.expired(NOON, 20),
  },
  configuration: {
    byKey: (readers) => readers.configuration.byKey("a"),
    list: (readers) => readers.configuration.list("a", 20),
  },
  sealedFields: {
    walk: (readers) =>
      Promise.all(SEALED_COLLECTIONS.map((each) => readers.sealedFields.walk(each, id(), 20))),
  },
  records: {
    walk: (readers) => Promise.all(COLLECTIONS.map((each) => readers.records.walk(each, id(), 20))),
  },
  audit: {
    byId: (readers) => readers.audit.byId(id()),
    list: (readers) => readers.audit.list(id(), 20),
    newest: (readers) => readers.audit.newest(id(), 20),
  },
};

const STATUSES: readonly CommentStatus[] = ["approved", "pending", "approved", "removed", "rejected"];

/** Fills a store with enough of everything that a planner has something to choose. */
export const fill = async (store: Store): Promise<void> => {
  for (let round = 0; round < 8; round += 1) {
    const writes = Array.from({ length: 50 }, (_, index) => {
      const subject = record("subjects", { role: index === 0 ? "admin" : "commenter" });
      const mine = { subject_id: subject.id };
      const root: Comment = record("comments", {
        ...mine,
        thread: `/posts/${index % 7}`,
        status: STATUSES[index % STATUSES.length] ?? "approved",
        queued_at: index % 9 === 0 ? NOON : null,
        source: index % 2 === 0 ? "disqus" : null,
        source_id: index % 2 === 0 ? `${round}-${index}` : null,
      });
      return [
        { op: "insert", into: "subjects", row: subject } as const,
        insert("identities", mine),
        insert("identities", { ...mine, kind: "name", blind_index: null }),
        insert("consents", mine),
        insert("sessions", mine),
        { op: "insert", into: "comments", row: root } as const,
        ...[1, 2].map(() => ({ op: "insert", into: "comments", row: reply(root, mine) }) as const),
        insert("consent_policies", { policy_version: round * 50 + index }),
        insert("sign_in_links"),
        insert("comment_reports", { comment_id: root.id, subject_id: index % 2 === 0 ? subject.id : null }),
        insert("outgoing_mails", { ...mine, next_attempt_at: plus(NOON, index) }),
        insert("mail_preferences", mine),
        insert("idempotent_answers", { ...mine, expires_at: plus(NOON, index) }),
        insert("legal_holds", { ...mine, lifted_at: index % 2 === 0 ? null : NOON }),
        insert("signed_reports"),
        insert("retention_runs"),
        insert("erasures", {
          status: index % 5 === 0 ? "running" : "done",
          next_attempt_at: plus(NOON, index),
        }),
        insert("webhooks"),
        insert("webhook_deliveries", {
          closed_at: index % 2 === 0 ? NOON : null,
          next_attempt_at: index % 3 === 0 ? plus(NOON, index) : null,
          subject_id: subject.id,
        }),
        insert("privacy_requests", {
          ...mine,
          due_at: plus(NOON, index),
          wakes_at: index % 3 === 0 ? plus(NOON, index) : null,
          closed_at: index % 2 === 0 ? NOON : null,
          type: index % 2 === 0 ? "erasure" : "access",
          state: index % 4 === 0 ? "scheduled" : "open",
          effective_at: index % 4 === 0 ? plus(NOON, index) : null,
        }),
        insert("breaches"),
        insert("service_credentials"),
        insert("system_config"),
        insert("keys", { destroy_at: (index % 3 === 0 ? NOON + index : null) as Instant | null }),
      ];
    }).flat();
    const [verdict] = await store.groups.commitGroup([changes(writes)]);
    if (verdict?.type !== "stored") throw new Error(`the store was not filled: ${verdict?.type}`);
  }
};

export interface AskedQuery {
  readonly name: string;
  readonly sql: string;
  readonly params: readonly unknown[];
}

/** Asks everything and tells which statements it took. `log` is where the driver's logger puts them. */
export const askEverything = async (
  readers: Readers,
  log: { sql: string; params: unknown[] }[],
): Promise<readonly AskedQuery[]> => {
  const asked: AskedQuery[] = [];
  for (const [reader, methods] of Object.entries(EVERY_QUERY)) {
    for (const [method, ask] of Object.entries<(readers: Readers) => Promise<unknown>>(methods)) {
      log.length = 0;
      await ask(readers);
      if (log.length === 0) throw new Error(`${reader}.${method} asked nothing`);
      asked.push(...log.map(({ sql, params }) => ({ name: `${reader}.${method}`, sql, params })));
    }
  }
  return asked;
};
