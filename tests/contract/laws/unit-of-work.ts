import { beforeAll, describe, expect, test } from "bun:test";
import { type Collection, type Records, UNIQUE_FIELDS } from "../../../src/domain/personal-data/records.ts";
import type { Changes, Expectation, Write } from "../../../src/domain/shared/changes.ts";
import { anEntry, asWrite, changes, insert, NOON, record } from "../../support/records.ts";
import { FINDERS, isThere, keyOf } from "../finders.ts";
import { type Harness, harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

const COLLECTIONS = Object.keys(UNIQUE_FIELDS) as Collection[];

/** One write of a collection with the subject it refers to. */
const withSubject = (h: Harness) => {
  const subject = record("subjects");
  return {
    subject,
    given: () => h.given({ op: "insert", into: "subjects", row: subject }),
  };
};

export const unitOfWorkLaws = (kind: StoreKind): void => {
  describe("unit of work", () => {
    const h = harness(kind);
    const { subject, given } = withSubject(h);
    const rowOf = <C extends Collection>(collection: C, over: Partial<Records[C]> = {}): Records[C] => {
      const row = record(collection);
      return { ...row, ...("subject_id" in row ? { subject_id: subject.id } : {}), ...over };
    };
    beforeAll(given);

    test.each(COLLECTIONS)("gives back a record of %s as it was stored", async (collection) => {
      const row = rowOf(collection);
      await h.given(asWrite({ op: "insert", into: collection, row }));
      expect(await isThere(h, collection, keyOf(collection, row))).toBe(true);
      if (collection === "comment_reports" || collection === "guards") return;
      const find = FINDERS[collection] as (
        readers: ReturnType<Harness["readers"]>,
        row: object,
      ) => Promise<object | null>;
      expect(await find(h.readers(), row)).toEqual(row);
    });

    test("an update sets what it names, counts the version up and leaves the rest", async () => {
      const comment = rowOf("comments", { content: "before", moderated_at: NOON });
      await h.given({ op: "insert", into: "comments", row: comment });
      const set = { content: "after", moderated_at: null, notify_replies: true } as const;
      await h.given({ op: "update", in: "comments", id: comment.id, version: 1, set });
      expect((await h.readers().comments.byId(comment.id))?.comment).toEqual({
        ...comment,
        ...set,
        version: 2,
      });
    });

    test("an update that sets nothing counts the version up", async () => {
      const row = record("system_config");
      await h.given({ op: "insert", into: "system_config", row });
      await h.given({ op: "update", in: "system_config", id: row.key, version: 1, set: {} });
      expect(await h.readers().configuration.byKey(row.key)).toEqual({ ...row, version: 2 });
    });

    test("what is deleted is gone and its unique values are free", async () => {
      const session = rowOf("sessions");
      await h.given({ op: "insert", into: "sessions", row: session });
      await h.given({ op: "delete", from: "sessions", id: session.id, version: 1 });
      expect(await h.readers().sessions.byTokenHash(session.token_hash)).toBeNull();
      await h.given({
        op: "insert",
        into: "sessions",
        row: rowOf("sessions", { token_hash: session.token_hash }),
      });
    });

    test("a unique value can pass from one record to another in one change, and comes back when the change is refused", async () => {
      const old = rowOf("sessions");
      await h.given({ op: "insert", into: "sessions", row: old });
      const next = rowOf("sessions", { token_hash: old.token_hash });
      const passing: readonly Write[] = [
        { op: "delete", from: "sessions", id: old.id, version: 1 },
        { op: "insert", into: "sessions", row: next },
      ];
      const losing: Write = { op: "delete", from: "keys", id: "nothing", version: 1 };
      expect(await h.commit(changes([...passing, losing]))).toBe("conflict");
      expect((await h.readers().sessions.byTokenHash(old.token_hash))?.session).toEqual(old);
      expect(await h.commit(changes(passing))).toBe("stored");
      expect((await h.readers().sessions.byTokenHash(old.token_hash))?.session).toEqual(next);
    });

    test("audit entries come with the change they tell of, all of them", async () => {
      const audit = [anEntry(), anEntry(), anEntry()] as const;
      expect(await h.commit(changes([insert("system_config")], [], audit))).toBe("stored");
      for (const entry of audit) expect(await h.readers().audit.byId(entry.id)).toEqual(entry);
    });

    describe("all or none", () => {
      const LOSERS: readonly (readonly [string, "conflict" | "refused", () => Promise<Write>])[] = [
        [
          "a taken key",
          "conflict",
          async () => {
            const row = record("system_config");
            await h.given({ op: "insert", into: "system_config", row });
            return { op: "insert", into: "system_config", row: record("system_config", { key: row.key }) };
          },
        ],
        [
          "a taken unique value",
          "conflict",
          async () => {
            const row = rowOf("sessions");
            await h.given({ op: "insert", into: "sessions", row });
            return { op: "insert", into: "sessions", row: rowOf("sessions", { token_hash: row.token_hash }) };
          },
        ],
        [
          "an update of a record that moved",
          "conflict",
          async () => {
            const row = record("system_config");
            await h.given({ op: "insert", into: "system_config", row });
            await h.given({
              op: "update",
              in: "system_config",
              id: row.key,
              version: 1,
              set: { value: "moved" },
            });
            return { op: "update", in: "system_config", id: row.key, version: 1, set: { value: "late" } };
          },
        ],
        [
          "an update of nothing",
          "conflict",
          async () => ({ op: "update", in: "system_config", id: "nothing", version: 1, set: { value: "x" } }),
        ],
        [
          "a deletion of a record that moved",
          "conflict",
          async () => {
            const row = record("system_config");
            await h.given({ op: "insert", into: "system_config", row });
            return { op: "delete", from: "system_config", id: row.key, version: 2 };
          },
        ],
        [
          "a value over its limit",
          "refused",
          async () => insert("system_config", { updated_by: "x".repeat(101) }),
        ],
        ["a reference to nobody", "refused", async () => insert("sessions")],
        ["a value that is none", "refused", async () => insert("system_config", { value: "a\0b" })],
      ];
      for (const position of [0, 1, 2, 3]) {
        test.each(LOSERS.map((loser) => [...loser] as const))(
          `${position} writes before %s leave nothing (%s)`,
          async (_, verdict, make) => {
            const moved = record("system_config");
            const deleted = record("keys");
            await h.given(
              { op: "insert", into: "system_config", row: moved },
              { op: "insert", into: "keys", row: deleted },
            );
            const fine: Write[] = [
              { op: "insert", into: "comments", row: rowOf("comments") },
              { op: "update", in: "system_config", id: moved.key, version: 1, set: { value: "moved" } },
              { op: "delete", from: "keys", id: deleted.id, version: 1 },
            ];
            const entry = anEntry();
            const writes = [...fine.slice(0, position), await make(), ...fine.slice(position)];
            expect(await h.commit(changes(writes, [], [entry]))).toBe(verdict);
            expect(await h.readers().audit.byId(entry.id)).toBeNull();
            expect(await h.readers().configuration.byKey(moved.key)).toEqual(moved);
            expect(await h.readers().keys.byId(deleted.id)).toEqual(deleted);
            const [first] = fine;
            if (first?.op !== "insert") throw new Error("the first write inserts");
            expect(await isThere(h, "comments", keyOf("comments", first.row))).toBe(false);
            // Nothing of it stands in the way of deciding again.
            expect(await h.commit(changes(fine))).toBe("stored");
          },
        );
      }
    });

    describe("expectations", () => {
      const row = record("system_config");
      beforeAll(() => h.given({ op: "insert", into: "system_config", row }));
      const at = (id: string, version: number | "absent"): Expectation => ({
        in: "system_config",
        id,
        version,
      });

      test("hold at the version that was read", async () => {
        expect(await h.commit(changes([insert("keys")], [at(row.key, 1)]))).toBe("stored");
        expect(await h.commit(changes([insert("keys")], [at("nothing", "absent")]))).toBe("stored");
      });
      test.each([
        ["a version that has passed", () => at(row.key, 0)],
        ["a version to come", () => at(row.key, 2)],
        ["a record that is gone", () => at("nothing", 1)],
        ["the absence of one that is there", () => at(row.key, "absent")],
      ])("refuse %s, and nothing is stored", async (_, broken) => {
        const key = record("keys");
        const entry = anEntry();
        const writes: Write[] = [{ op: "insert", into: "keys", row: key }];
        expect(await h.commit(changes(writes, [at(row.key, 1), broken()], [entry]))).toBe("conflict");
        expect(await h.readers().keys.byId(key.id)).toBeNull();
        expect(await h.readers().audit.byId(entry.id)).toBeNull();
      });
      test("speak of what was there before the decision's own writes", async () => {
        const fresh = record("system_config");
        const insertion: Write = { op: "insert", into: "system_config", row: fresh };
        expect(await h.commit(changes([insertion], [at(fresh.key, "absent")]))).toBe("stored");
        const update: Write = {
          op: "update",
          in: "system_config",
          id: fresh.key,
          version: 1,
          set: { value: "x" },
        };
        expect(await h.commit(changes([update], [at(fresh.key, 1)]))).toBe("stored");
      });
    });

    describe("unique fields", () => {
      const CASES = COLLECTIONS.flatMap((collection) =>
        UNIQUE_FIELDS[collection].map((fields) => [collection, fields as readonly string[]] as const),
      );
      const twin = (
        collection: Collection,
        row: object,
        fields: readonly string[],
      ): Record<string, unknown> => ({
        ...rowOf(collection),
        ...Object.fromEntries(fields.map((field) => [field, (row as Record<string, unknown>)[field]])),
      });
      const FILLED: { readonly [C in Collection]?: Partial<Records[C]> } = {
        comments: { source: "disqus", source_id: "1" },
        consent_policies: { policy_version: 7 },
        consents: { sequence: 7 },
        retention_runs: { running: "running" },
      };
      test.each(CASES)("of %s (%p) are taken once", async (collection, fields) => {
        const owner = record("subjects");
        await h.given({ op: "insert", into: "subjects", row: owner });
        const row = {
          ...rowOf(collection),
          ...("subject_id" in rowOf(collection) ? { subject_id: owner.id } : {}),
          ...FILLED[collection],
        };
        await h.given(asWrite({ op: "insert", into: collection, row }));
        const other = twin(collection, row, fields);
        expect(await h.commit(changes([asWrite({ op: "insert", into: collection, row: other })]))).toBe(
          "conflict",
        );
        expect(await isThere(h, collection, keyOf(collection, other))).toBe(false);
      });
      test("hold no null", async () => {
        const unnamed = () => {
          const owner = record("subjects");
          return [
            { op: "insert", into: "subjects", row: owner },
            insert("identities", { subject_id: owner.id, kind: "name", blind_index: null }),
          ] as const;
        };
        await h.given(...unnamed(), ...unnamed());
        const imported = () =>
          insert("comments", { subject_id: subject.id, source: "isso", source_id: null });
        await h.given(imported(), imported());
      });
      test("taken by an update are a conflict as well", async () => {
        const [one, two] = [rowOf("sessions"), rowOf("sessions")];
        await h.given(
          { op: "insert", into: "sessions", row: one },
          { op: "insert", into: "sessions", row: two },
        );
        const renamed = (token_hash: typeof one.token_hash): Changes =>
          changes([{ op: "update", in: "sessions", id: two.id, version: 1, set: { token_hash } as never }]);
        expect(await h.commit(renamed(one.token_hash))).toBe("conflict");
        expect((await h.readers().sessions.byId(two.id))?.session).toEqual(two);
      });
    });

    test("the same changes sent again are stored, and once", async () => {
      const row = record("system_config");
      await h.given({ op: "insert", into: "system_config", row });
      const again = changes([
        { op: "update", in: "system_config", id: row.key, version: 1, set: { value: "once" } },
        insert("keys"),
      ]);
      expect(await h.commit(again)).toBe("stored");
      expect(await h.commit(again)).toBe("stored");
      expect(await h.commitGroup([again, again])).toEqual(["stored", "stored"]);
      expect((await h.readers().configuration.byKey(row.key))?.version).toBe(2);
    });

    test("nobody can change what is stored by changing what he sent or read", async () => {
      const row = { ...record("system_config") };
      await h.given({ op: "insert", into: "system_config", row });
      const sent = { ...row };
      Object.assign(row, { value: "changed" });
      const read = await h.readers().configuration.byKey(row.key);
      expect(read).toEqual(sent);
      try {
        Object.assign(read ?? {}, { value: "changed" });
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
      }
      expect(await h.readers().configuration.byKey(row.key)).toEqual(sent);
    });
  });
};
