import { describe, expect, test } from "bun:test";
import type { Readers } from "../../../src/ports/store.ts";
import { StorageFailure } from "../../../src/ports/unit-of-work.ts";
import { changes, insert, NOON, record } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

/** One question to each reader. */
const QUESTIONS: { readonly [R in keyof Readers]: (readers: Readers) => Promise<unknown> } = {
  subjects: (readers) => readers.subjects.admins(),
  identities: (readers) => readers.identities.ofSubject(record("subjects").id),
  consents: (readers) => readers.consents.latest(record("subjects").id),
  consentPolicies: (readers) => readers.consentPolicies.current(),
  signInLinks: (readers) => readers.signInLinks.byTokenHash(record("sign_in_links").token_hash),
  sessions: (readers) => readers.sessions.byId(record("sessions").id),
  comments: (readers) => readers.comments.queue(null, 1),
  serviceCredentials: (readers) => readers.serviceCredentials.list(null, 1),
  outgoingMails: (readers) => readers.outgoingMails.due(NOON, 1),
  mailPreferences: (readers) => readers.mailPreferences.ofSubject(record("subjects").id),
  privacyRequests: (readers) => readers.privacyRequests.dueErasures(NOON, 1),
  idempotentAnswers: (readers) => readers.idempotentAnswers.expired(NOON, 1),
  legalHolds: (readers) => readers.legalHolds.standing(),
  signedReports: (readers) => readers.signedReports.list("erasure", null, 1),
  retentionRuns: (readers) => readers.retentionRuns.running(),
  personalData: (readers) => readers.personalData.ofSubject("comments", record("subjects").id, null, 1),
  restorePoints: (readers) => readers.restorePoints.current(),
  webhooks: (readers) => readers.webhooks.list(null, 1),
  webhookDeliveries: (readers) => readers.webhookDeliveries.due(record("webhooks").id, NOON, 1),
  breaches: (readers) => readers.breaches.list(null, 1),
  keys: (readers) => readers.keys.expired(NOON, 1),
  configuration: (readers) => readers.configuration.list(null, 1),
  sealedFields: (readers) => readers.sealedFields.walk("keys", null, 1),
  commentReports: (readers) => readers.commentReports.onComment(record("comments").id, null, 1),
  erasures: (readers) => readers.erasures.open(NOON, 1),
  records: (readers) => readers.records.walk("guards", null, 1),
  audit: (readers) => readers.audit.list(null, 1),
};

const failureOf = async (promise: Promise<unknown>): Promise<StorageFailure> => {
  const reason = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (reason instanceof StorageFailure) return reason;
  throw new Error("a closed store answered, or rejected with something else");
};

export const storeLaws = (kind: StoreKind): void => {
  const h = harness(kind);
  describe("durability", () => {
    test("what was answered is there after closing and opening again", async () => {
      const row = record("system_config");
      const subject = record("subjects");
      const comment = record("comments", { subject_id: subject.id });
      await h.given(
        { op: "insert", into: "system_config", row },
        { op: "insert", into: "subjects", row: subject },
      );
      await h.given({ op: "insert", into: "comments", row: comment });
      await h.given({ op: "update", in: "system_config", id: row.key, version: 1, set: { value: "kept" } });
      const lost = record("system_config", { updated_by: "x".repeat(101) });
      expect(await h.commit(changes([{ op: "insert", into: "system_config", row: lost }]))).toBe("refused");
      await h.reopen();
      expect(await h.store().migrator.status()).toMatchObject({ pending: [], unknown: [] });
      expect(await h.readers().configuration.byKey(row.key)).toEqual({ ...row, value: "kept", version: 2 });
      expect(await h.readers().comments.byId(comment.id)).toEqual({ comment, author: subject });
      expect(await h.readers().configuration.byKey(lost.key)).toBeNull();
    });
    test("what was answered is seen by everybody else at once", async () => {
      const other = await h.place().open();
      try {
        for (let round = 0; round < 20; round += 1) {
          const row = record("system_config");
          await h.given({ op: "insert", into: "system_config", row });
          expect(await other.readers.configuration.byKey(row.key)).toEqual(row);
          const update = {
            op: "update",
            in: "system_config",
            id: row.key,
            version: 1,
            set: { value: "x" },
          } as const;
          expect(await other.groups.commitGroup([changes([update])])).toEqual([{ type: "stored" }]);
          expect(await h.commit(changes([update]))).toBe("conflict");
        }
      } finally {
        await other.close();
      }
    });
    test("two openings that write at once both get through", async () => {
      const other = await h.place().open();
      try {
        const writer = async (store: typeof other): Promise<void> => {
          for (let round = 0; round < 50; round += 1) {
            const verdicts = await store.groups.commitGroup([changes([insert("keys")]), changes([])]);
            expect(verdicts).toEqual([{ type: "stored" }, { type: "stored" }]);
          }
        };
        await Promise.all([writer(h.store()), writer(other)]);
      } finally {
        await other.close();
      }
    });
  });

  describe("closing", () => {
    test("answers everything with `closed` afterwards, and nothing is stored", async () => {
      const store = await h.place().open();
      await store.ping();
      const running = store.groups.commitGroup([changes([insert("keys")])]);
      await store.close();
      expect(await running).toEqual([{ type: "stored" }]);
      for (const ask of Object.values(QUESTIONS)) {
        expect(await failureOf(ask(store.readers))).toMatchObject({ kind: "closed", stored: "no" });
      }
      expect(await failureOf(store.ping())).toMatchObject({ kind: "closed" });
      const late = record("system_config");
      const commit = store.groups.commitGroup([
        changes([{ op: "insert", into: "system_config", row: late }]),
      ]);
      expect(await failureOf(commit)).toMatchObject({ kind: "closed", stored: "no" });
      expect(await h.readers().configuration.byKey(late.key)).toBeNull();
      // Closing again is nothing.
      await store.close();
    });
  });

  describe("migrations", () => {
    test("are applied once; all the way back and up again gives a store that works", async () => {
      const { migrator } = h.store();
      const { applied, pending, unknown } = await migrator.status();
      expect([pending, unknown]).toEqual([[], []]);
      expect(await migrator.up()).toEqual([]);
      expect(await migrator.down(applied.length)).toEqual([...applied].reverse());
      expect(await migrator.status()).toEqual({ applied: [], pending: applied, unknown: [] });
      expect(await migrator.up()).toEqual(applied);
      const row = record("system_config");
      await h.given({ op: "insert", into: "system_config", row });
      expect(await h.readers().configuration.byKey(row.key)).toEqual(row);
    });
  });
};
