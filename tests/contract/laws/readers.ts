import { beforeAll, describe, expect, test } from "bun:test";
import type { AuditEntry } from "../../../src/domain/audit/audit-entry.ts";
import type { KeyedHash, SubjectId, TokenHash } from "../../../src/domain/shared/ids.ts";
import { type Instant, plus } from "../../../src/domain/shared/instant.ts";
import { anEntry, changes, hash, id, ids, insert, NOON, record, sealed } from "../../support/records.ts";
import { type Harness, harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

const subjectReaderLaws = (h: Harness): void => {
  describe("subject reader", () => {
    test("finds a subject whatever became of it, and nobody else", async () => {
      const erased = record("subjects", { status: "erased", role: "anonymous" });
      await h.given({ op: "insert", into: "subjects", row: erased });
      expect(await h.readers().subjects.byId(erased.id)).toEqual(erased);
      expect(await h.readers().subjects.byId(ids.subject())).toBeNull();
      expect(await h.readers().subjects.byId(erased.id.toUpperCase() as SubjectId)).toBeNull();
    });
    test("counts active admins and tells the version of their guard", async () => {
      expect(await h.readers().subjects.admins()).toEqual({ count: 0, guardVersion: 0 });
      await h.given(
        insert("guards"),
        insert("subjects", { role: "admin" }),
        insert("subjects", { role: "admin" }),
        insert("subjects", { role: "admin", status: "restricted" }),
        insert("subjects", { role: "admin", status: "erased" }),
        insert("subjects", { role: "moderator" }),
      );
      expect(await h.readers().subjects.admins()).toEqual({ count: 2, guardVersion: 1 });
      await h.given({ op: "update", in: "guards", id: "admins", version: 1, set: { updated_at: NOON } });
      expect(await h.readers().subjects.admins()).toEqual({ count: 2, guardVersion: 2 });
    });
  });
};

const identityReaderLaws = (h: Harness): void => {
  describe("identity reader", () => {
    const [ada, grace, nameless] = [record("subjects"), record("subjects"), record("subjects")];
    const shared = hash<KeyedHash>();
    const lines = {
      email: record("identities", { subject_id: ada.id, kind: "email", blind_index: shared }),
      name: record("identities", {
        subject_id: ada.id,
        kind: "name",
        blind_index: null,
        ciphertext: sealed("Ada"),
      }),
      external: record("identities", { subject_id: grace.id, kind: "external_user_id", blind_index: shared }),
      graceName: record("identities", { subject_id: grace.id, kind: "name", blind_index: null }),
      namelessEmail: record("identities", { subject_id: nameless.id, kind: "email" }),
    };
    beforeAll(() =>
      h.given(
        ...[ada, grace, nameless].map((row) => ({ op: "insert", into: "subjects", row }) as const),
        ...Object.values(lines).map((row) => ({ op: "insert", into: "identities", row }) as const),
      ),
    );
    test("finds whose blind index it is, each kind apart", async () => {
      expect(await h.readers().identities.find("email", shared)).toEqual(lines.email);
      expect(await h.readers().identities.find("external_user_id", shared)).toEqual(lines.external);
      expect(await h.readers().identities.find("email", hash<KeyedHash>())).toBeNull();
    });
    test("finds all lines of a subject", async () => {
      const found = await h.readers().identities.ofSubject(ada.id);
      expect(found.toSorted(byId)).toEqual([lines.email, lines.name]);
      expect(await h.readers().identities.ofSubject(ids.subject())).toEqual([]);
    });
    test("finds the names of many subjects and leaves out who has none", async () => {
      const strangers = Array.from({ length: 1_996 }, () => ids.subject());
      const asked = [grace.id, nameless.id, ...strangers, ada.id, ada.id];
      const found = await h.readers().identities.namesOf(asked);
      expect(found.toSorted(byId)).toEqual([lines.name, lines.graceName]);
      expect(await h.readers().identities.namesOf([])).toEqual([]);
      expect(await h.readers().identities.namesOf([nameless.id])).toEqual([]);
    });
    test("finds lines for many blind indexes of one kind", async () => {
      const strangers = Array.from({ length: 497 }, () => hash<KeyedHash>());
      const own = lines.namelessEmail.blind_index as KeyedHash;
      const found = await h.readers().identities.findMany("email", [shared, ...strangers, own, own]);
      expect(found.toSorted(byId)).toEqual([lines.email, lines.namelessEmail]);
      expect(await h.readers().identities.findMany("email", [])).toEqual([]);
      expect(await h.readers().identities.findMany("external_user_id", [own])).toEqual([]);
    });
  });
};

const sessionReaderLaws = (h: Harness): void => {
  describe("session reader", () => {
    test("finds a session, ended and expired too, with its subject as it is now", async () => {
      const subject = record("subjects");
      const session = record("sessions", {
        subject_id: subject.id,
        ended_at: NOON,
        expires_at: 1 as Instant,
        permissions: "[]" as never,
      });
      await h.given(
        { op: "insert", into: "subjects", row: subject },
        { op: "insert", into: "sessions", row: session },
        insert("sessions", { subject_id: subject.id }),
      );
      const { sessions } = h.readers();
      expect(await sessions.byTokenHash(session.token_hash)).toEqual({ session, subject });
      await h.given({ op: "update", in: "subjects", id: subject.id, version: 1, set: { role: "moderator" } });
      const moved = { ...subject, role: "moderator" as const, version: 2 };
      expect(await sessions.byTokenHash(session.token_hash)).toEqual({ session, subject: moved });
      expect(await sessions.byId(session.id)).toEqual({ session, subject: moved });
      expect(await sessions.byTokenHash(hash<TokenHash>())).toBeNull();
      expect(await sessions.byId(id())).toBeNull();
    });
    test("finds a sign-in link by its token, used and expired too", async () => {
      const link = record("sign_in_links", {
        used_at: NOON,
        expires_at: 1 as Instant,
        return_to: "/welcome",
      });
      await h.given({ op: "insert", into: "sign_in_links", row: link }, insert("sign_in_links"));
      expect(await h.readers().signInLinks.byTokenHash(link.token_hash)).toEqual(link);
      expect(await h.readers().signInLinks.byTokenHash(hash<TokenHash>())).toBeNull();
    });
  });
};

const systemReaderLaws = (h: Harness): void => {
  describe("service credential reader", () => {
    test("finds credentials by token and id, revoked too, and lists them by id", async () => {
      const rows = [1, 2, 3].map((each) => record("service_credentials", { name: `credential ${each}` }));
      const [first, revoked, last] = rows as [(typeof rows)[0], (typeof rows)[0], (typeof rows)[0]];
      for (const row of rows.toReversed()) await h.given({ op: "insert", into: "service_credentials", row });
      await h.given({
        op: "update",
        in: "service_credentials",
        id: revoked.id,
        version: 1,
        set: { revoked_at: NOON },
      });
      const { serviceCredentials } = h.readers();
      const now = { ...revoked, revoked_at: NOON, version: 2 };
      expect(await serviceCredentials.byTokenHash(revoked.token_hash)).toEqual(now);
      expect(await serviceCredentials.byId(last.id)).toEqual(last);
      expect(await serviceCredentials.byId(id())).toBeNull();
      expect(await serviceCredentials.list(null, 10)).toEqual([first, now, last]);
      expect(await serviceCredentials.list(first.id, 1)).toEqual([now]);
      expect(await serviceCredentials.list(last.id, 10)).toEqual([]);
    });
  });

  describe("outgoing mail reader", () => {
    test("finds what is due, longest due first, the moment itself included", async () => {
      const mail = (milliseconds: number) =>
        record("outgoing_mails", { next_attempt_at: plus(NOON, milliseconds) });
      const [later, now, twin, before, first] = [mail(1), mail(0), mail(0), mail(-1), mail(-5)] as const;
      for (const row of [twin, later, first, now, before]) {
        await h.given({ op: "insert", into: "outgoing_mails", row });
      }
      const { outgoingMails } = h.readers();
      expect(await outgoingMails.due(NOON, 10)).toEqual([first, before, now, twin]);
      expect(await outgoingMails.due(NOON, 2)).toEqual([first, before]);
      expect(await outgoingMails.due(plus(NOON, -6), 10)).toEqual([]);
      const set = { next_attempt_at: plus(NOON, 60), attempts: 1 };
      await h.given({ op: "update", in: "outgoing_mails", id: first.id, version: 1, set });
      expect(await outgoingMails.due(NOON, 1)).toEqual([before]);
    });
  });

  describe("mail preferences reader", () => {
    test("finds what a subject said, and nothing where she said nothing", async () => {
      const [ada, bob] = [record("subjects"), record("subjects")];
      const row = record("mail_preferences", { subject_id: ada.id });
      await h.given(
        { op: "insert", into: "subjects", row: ada },
        { op: "insert", into: "subjects", row: bob },
        { op: "insert", into: "mail_preferences", row },
      );
      const { mailPreferences } = h.readers();
      expect(await mailPreferences.ofSubject(ada.id)).toEqual(row);
      expect(await mailPreferences.ofSubject(bob.id)).toBeNull();
      const second = insert("mail_preferences", { subject_id: ada.id });
      expect(await h.commit(changes([second]))).toBe("conflict");
      const set = { notifications: true };
      await h.given({ op: "update", in: "mail_preferences", id: row.id, version: 1, set });
      expect(await mailPreferences.ofSubject(ada.id)).toEqual({ ...row, notifications: true, version: 2 });
    });
  });

  describe("key reader", () => {
    test("finds kept answers by id and those that are over, the moment itself included", async () => {
      const rows = [-1, 0, 1].map((offset) =>
        record("idempotent_answers", { expires_at: (NOON + offset) as Instant }),
      );
      await h.given(...rows.map((row) => ({ op: "insert", into: "idempotent_answers", row }) as const));
      const { idempotentAnswers } = h.readers();
      for (const row of rows) expect(await idempotentAnswers.byId(row.id)).toEqual(row);
      const over = (await idempotentAnswers.expired(NOON, 10)).map(({ id }) => id);
      expect(over).toEqual(rows.slice(0, 2).map(({ id }) => id));
      expect(await idempotentAnswers.expired(NOON, 1)).toHaveLength(1);
    });

    test("finds keys by id and those that must be destroyed, the moment itself included", async () => {
      const key = (name: string, destroy_at: number | null) =>
        record("keys", { id: name, destroy_at: destroy_at as Instant | null });
      const rows = [
        key("d", NOON),
        key("a", NOON - 2),
        key("c", NOON + 1),
        key("b", null),
        key("é", NOON),
      ] as const;
      await h.given(...rows.map((row) => ({ op: "insert", into: "keys", row }) as const));
      const { keys } = h.readers();
      expect(await keys.byId("b")).toEqual(rows[3]);
      expect(await keys.byId("B")).toBeNull();
      expect((await keys.expired(NOON, 10)).map((each) => each.id)).toEqual(["a", "d", "é"]);
      expect((await keys.expired(NOON, 1)).map((each) => each.id)).toEqual(["a"]);
    });

    test("finds keys by how their ids begin, in the order of bytes", async () => {
      const names = ["p:", "p:b", "p:é", "p:B", "p;", "p", "o:a", "pp:a", "p:a"];
      await h.given(...names.map((id) => insert("keys", { id })));
      const { keys } = h.readers();
      const found = async (prefix: string, limit: number) =>
        (await keys.startingWith(prefix, limit)).map(({ id }) => id);
      expect(await found("p:", 10)).toEqual(["p:B", "p:a", "p:b", "p:é"]);
      expect(await found("p:", 2)).toEqual(["p:B", "p:a"]);
      expect(await found("x:", 10)).toEqual([]);
    });
  });

  describe("configuration reader", () => {
    test("lists by key in the order of bytes, page by page", async () => {
      const order = [
        "A.b",
        "B",
        "Z",
        "_x",
        "a",
        "a b",
        "a-b",
        "a.b",
        "aB",
        "a_b",
        "ab",
        "b",
        "é",
        "\uffee",
        "𝒳",
      ];
      const rows = order.map((key) => record("system_config", { key }));
      for (const row of rows.toReversed()) await h.given({ op: "insert", into: "system_config", row });
      const { configuration } = h.readers();
      expect((await configuration.list(null, 100)).map((each) => each.key)).toEqual(order);
      expect((await configuration.list("a", 4)).map((each) => each.key)).toEqual(order.slice(5, 9));
      expect((await configuration.list("a0", 1)).map((each) => each.key)).toEqual(["aB"]);
      expect(await configuration.list("𝒳", 10)).toEqual([]);
      expect(await configuration.byKey("a.b")).toEqual(rows[7] as (typeof rows)[0]);
      expect(await configuration.byKey("nothing")).toBeNull();
    });
  });

  describe("audit reader", () => {
    test("lists the trail by id, page by page, whatever order it came in", async () => {
      const [before, ...entries] = Array.from({ length: 10 }, anEntry) as [AuditEntry, ...AuditEntry[]];
      for (const entry of [4, 0, 8, 2, 6, 1, 3, 7, 5].map((index) => entries[index] ?? before)) {
        expect(await h.commit(changes([], [], [entry]))).toBe("stored");
      }
      const { audit } = h.readers();
      expect(await audit.list(before.id, 100)).toEqual(entries);
      const all = await audit.list(null, 1_000);
      expect(all.slice(-entries.length)).toEqual(entries);
      expect(all.map((entry) => entry.id)).toEqual(all.map((entry) => entry.id).sort());
      expect(await audit.list(null, 1)).toEqual(all.slice(0, 1));
      const [, , third] = entries;
      if (third === undefined) throw new Error("no such entry");
      expect(await audit.list(third.id, 2)).toEqual(entries.slice(3, 5));
      expect(await audit.byId(third.id)).toEqual(third);
      expect(await audit.byId(id())).toBeNull();
    });
  });
};

/** Each law speaks of collections of its own, so that one store does for all. */
export const readerLaws = (kind: StoreKind): void => {
  const h = harness(kind);
  subjectReaderLaws(h);
  identityReaderLaws(h);
  sessionReaderLaws(h);
  systemReaderLaws(h);
};
