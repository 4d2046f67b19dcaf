import { describe, expect, test } from "bun:test";
import {
  keyOfSealed,
  SEALED_COLLECTIONS,
  type SealedCollection,
  type SealedRecord,
} from "../../../src/domain/personal-data/sealed-fields.ts";
import { plus } from "../../../src/domain/shared/instant.ts";
import type { Readers } from "../../../src/ports/store.ts";
import { asWrite, id, insert, NOON, record } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

const keyOf = (collection: SealedCollection, row: object): string =>
  keyOfSealed({ collection, row } as SealedRecord);

/** Every record that a walk meets, page by page. */
const walk = async (readers: Readers, collection: SealedCollection, limit: number): Promise<object[]> => {
  const met: object[] = [];
  let after: string | null = null;
  for (;;) {
    const page: readonly object[] = await readers.sealedFields.walk(collection, after, limit);
    expect(page.length).toBeLessThanOrEqual(limit);
    const last = page.at(-1);
    if (last === undefined) return met;
    met.push(...page);
    after = keyOf(collection, last);
  }
};

const byKey =
  (collection: SealedCollection) =>
  (a: object, b: object): number =>
    Buffer.compare(Buffer.from(keyOf(collection, a)), Buffer.from(keyOf(collection, b)));

export const sealedFieldReaderLaws = (kind: StoreKind): void => {
  describe("sealed field reader", () => {
    const h = harness(kind);

    test.each([...SEALED_COLLECTIONS])(
      "walks through %s: every record once and whole, by key",
      async (collection) => {
        const subjects = Array.from({ length: 7 }, () => record("subjects"));
        const rows = subjects.map((subject) =>
          record(collection, collection === "identities" ? { subject_id: subject.id } : {}),
        );
        await h.given(
          ...subjects.map((row) => ({ op: "insert", into: "subjects", row }) as const),
          ...[3, 0, 6, 1, 5, 2, 4].map((at) =>
            asWrite({ op: "insert", into: collection, row: rows[at] ?? {} }),
          ),
        );
        const ordered: object[] = rows.toSorted(byKey(collection));
        for (const limit of [1, 3, 7, 100])
          expect(await walk(h.readers(), collection, limit)).toEqual(ordered);
        const { sealedFields } = h.readers();
        const third: object = ordered[2] ?? {};
        expect(await sealedFields.walk(collection, keyOf(collection, third), 2)).toEqual(
          ordered.slice(3, 5) as never,
        );
      },
    );

    test("goes by the bytes of a key, whatever characters it has", async () => {
      const names = ["A", "Z", "_", "a", "a-b", "a.b", "aB", "é", "\uffee", "𝒳"].map((name) => `~${name}`);
      for (const name of names.toReversed()) await h.given(insert("keys", { id: name }));
      const met = await h.readers().sealedFields.walk("keys", "~", 100);
      expect(met.map((each) => each.id)).toEqual(names);
    });

    test("meets what is there all the time once, while others come, go and change", async () => {
      const { sealedFields } = h.readers();
      const mails = [1, 2, 3, 4].map(() => record("outgoing_mails"));
      const [first, second, third, last] = mails as [
        (typeof mails)[0],
        (typeof mails)[0],
        (typeof mails)[0],
        (typeof mails)[0],
      ];
      await h.given(...mails.map((row) => ({ op: "insert", into: "outgoing_mails", row }) as const));
      const from = (await walk(h.readers(), "outgoing_mails", 100)).map((row) =>
        keyOf("outgoing_mails", row),
      );
      const start = from[from.indexOf(first.id) - 1] ?? null;
      expect(await sealedFields.walk("outgoing_mails", start, 2)).toEqual([first, second]);
      await h.given(
        { op: "delete", from: "outgoing_mails", id: second.id, version: 1 },
        { op: "update", in: "outgoing_mails", id: third.id, version: 1, set: { attempts: 1 } },
      );
      const later = record("outgoing_mails");
      await h.given({ op: "insert", into: "outgoing_mails", row: later });
      expect(await sealedFields.walk("outgoing_mails", second.id, 100)).toEqual([
        { ...third, attempts: 1, version: 2 },
        last,
        later,
      ]);
    });

    test("has nothing of an empty collection and nothing after the last", async () => {
      const row = record("sign_in_links");
      await h.given({ op: "insert", into: "sign_in_links", row });
      expect(await h.readers().sealedFields.walk("sign_in_links", row.id, 10)).toEqual([]);
      expect(await h.readers().sealedFields.walk("sign_in_links", "~", 10)).toEqual([]);
    });
  });

  describe("outgoing mail reader", () => {
    const h = harness(kind);
    test("counts what waits, as far as is asked", async () => {
      const { outgoingMails } = h.readers();
      expect(await outgoingMails.waiting(10)).toBe(0);
      const far = plus(NOON, 1_000_000_000);
      await h.given(
        insert("outgoing_mails"),
        insert("outgoing_mails", { next_attempt_at: far }),
        insert("outgoing_mails"),
      );
      expect(await outgoingMails.waiting(10)).toBe(3);
      expect(await outgoingMails.waiting(2)).toBe(2);
    });
    test("finds a mail, due or not, as it is now", async () => {
      const mail = record("outgoing_mails", { next_attempt_at: plus(NOON, 1_000) });
      await h.given({ op: "insert", into: "outgoing_mails", row: mail }, insert("outgoing_mails"));
      const { outgoingMails } = h.readers();
      expect(await outgoingMails.byId(mail.id)).toEqual(mail);
      await h.given({ op: "update", in: "outgoing_mails", id: mail.id, version: 1, set: { attempts: 3 } });
      expect(await outgoingMails.byId(mail.id)).toEqual({ ...mail, attempts: 3, version: 2 });
      expect(await outgoingMails.byId(id())).toBeNull();
    });
  });
};
