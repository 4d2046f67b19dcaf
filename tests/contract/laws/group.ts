import { describe, expect, test } from "bun:test";
import type { Changes, Write } from "../../../src/domain/shared/changes.ts";
import type { Instant } from "../../../src/domain/shared/instant.ts";
import { GROUP_MEMBERS_MAX, GROUP_ROWS_MAX } from "../../../src/ports/group-store.ts";
import { anEntry, changes, hash, insert, record } from "../../support/records.ts";
import { isThere } from "../finders.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

/** Which entry of the trail tells of a member. */
const entryOf = (member: Changes) => member.audit[0].id;

export const groupLaws = (kind: StoreKind): void => {
  describe("group", () => {
    const h = harness(kind);
    const isTold = async (member: Changes): Promise<boolean> =>
      (await h.readers().audit.byId(entryOf(member))) !== null;

    test("an empty group is stored", async () => {
      expect(await h.commitGroup([])).toEqual([]);
    });

    test("each member has its own verdict, in order, and losers leave nothing", async () => {
      const moved = record("system_config");
      await h.given({ op: "insert", into: "system_config", row: moved });
      const before = [insert("keys"), insert("keys"), insert("keys")];
      const members = [
        changes([insert("keys")]),
        changes([
          before[0] as Write,
          { op: "update", in: "system_config", id: moved.key, version: 9, set: {} },
        ]),
        changes([insert("keys")]),
        changes([before[1] as Write, { op: "insert", into: "system_config", row: moved }]),
        changes([before[2] as Write], [{ in: "system_config", id: moved.key, version: "absent" }]),
        changes([{ op: "update", in: "system_config", id: moved.key, version: 1, set: { value: "won" } }]),
      ];
      const verdicts = ["stored", "conflict", "stored", "conflict", "conflict", "stored"] as const;
      expect(await h.commitGroup(members)).toEqual(verdicts);
      for (const [index, member] of members.entries()) {
        expect(await isTold(member)).toBe(verdicts[index] === "stored");
      }
      for (const write of before) expect(await isThere(h, "keys", write.row.id)).toBe(false);
      expect((await h.readers().configuration.byKey(moved.key))?.value).toBe("won");
    });

    test("of two that insert the same key exactly one wins, and the loser leaves nothing", async () => {
      const key = record("keys").id;
      const companions = [record("system_config"), record("system_config")];
      const members = companions.map((row) =>
        changes([
          { op: "insert", into: "system_config", row },
          { op: "insert", into: "keys", row: record("keys", { id: key }) },
        ]),
      );
      const verdicts = await h.commitGroup(members);
      expect([...verdicts].sort()).toEqual(["conflict", "stored"]);
      for (const [index, { key: companion }] of companions.entries()) {
        expect(await isThere(h, "system_config", companion)).toBe(verdicts[index] === "stored");
      }
    });

    test("of two that take the same unique value exactly one wins", async () => {
      const token_hash = hash() as ReturnType<typeof record<"sessions">>["token_hash"];
      const subject = record("subjects");
      await h.given({ op: "insert", into: "subjects", row: subject });
      const members = [1, 2, 3].map(() =>
        changes([insert("sessions", { token_hash, subject_id: subject.id })]),
      );
      expect([...(await h.commitGroup(members))].sort()).toEqual(["conflict", "conflict", "stored"]);
    });

    test("of many that update the same version exactly one wins", async () => {
      const row = record("system_config");
      await h.given({ op: "insert", into: "system_config", row });
      const members = Array.from({ length: 20 }, (_, index) =>
        changes([
          insert("keys"),
          { op: "update", in: "system_config", id: row.key, version: 1, set: { value: `writer ${index}` } },
        ]),
      );
      const verdicts = await h.commitGroup(members);
      const winner = verdicts.indexOf("stored");
      expect(verdicts.filter((verdict) => verdict === "stored")).toHaveLength(1);
      expect(await h.readers().configuration.byKey(row.key)).toMatchObject({
        value: `writer ${winner}`,
        version: 2,
      });
      for (const [index, member] of members.entries()) expect(await isTold(member)).toBe(index === winner);
    });

    test("of an update and a deletion of the same version exactly one wins", async () => {
      const row = record("system_config");
      await h.given({ op: "insert", into: "system_config", row });
      const verdicts = await h.commitGroup([
        changes([{ op: "update", in: "system_config", id: row.key, version: 1, set: { value: "kept" } }]),
        changes([{ op: "delete", from: "system_config", id: row.key, version: 1 }]),
      ]);
      expect([...verdicts].sort()).toEqual(["conflict", "stored"]);
      expect((await h.readers().configuration.byKey(row.key))?.value).toBe(
        verdicts[0] === "stored" ? "kept" : undefined,
      );
    });

    test("who loses to a neighbour that loses itself has not lost", async () => {
      // The second is refused by something stored; the first and the third contend with nobody else.
      const stored = record("system_config");
      await h.given({ op: "insert", into: "system_config", row: stored });
      const contended = record("keys");
      const loser = changes([
        { op: "insert", into: "keys", row: contended },
        { op: "update", in: "system_config", id: stored.key, version: 5, set: { value: "never" } },
      ]);
      const winner = changes([{ op: "insert", into: "keys", row: { ...contended } }]);
      expect(await h.commitGroup([loser, winner])).toEqual(["conflict", "stored"]);
      expect(await h.readers().keys.byId(contended.id)).toEqual(contended);
      const contendedToo = record("keys");
      const other = changes([
        { op: "insert", into: "keys", row: contendedToo },
        { op: "update", in: "system_config", id: stored.key, version: 5, set: { value: "never" } },
      ]);
      expect(
        await h.commitGroup([changes([{ op: "insert", into: "keys", row: contendedToo }]), other]),
      ).toEqual(["stored", "conflict"]);
    });

    test("no write skew: of two that each expect what the other writes exactly one wins", async () => {
      const [x, y] = [record("system_config"), record("system_config")];
      await h.given(
        { op: "insert", into: "system_config", row: x },
        { op: "insert", into: "system_config", row: y },
      );
      const member = (expected: typeof x, written: typeof x) =>
        changes(
          [{ op: "update", in: "system_config", id: written.key, version: 1, set: { value: "off" } }],
          [{ in: "system_config", id: expected.key, version: 1 }],
        );
      const verdicts = await h.commitGroup([member(x, y), member(y, x)]);
      expect([...verdicts].sort()).toEqual(["conflict", "stored"]);
      const values = [x, y].map(async ({ key }) => (await h.readers().configuration.byKey(key))?.value);
      expect((await Promise.all(values)).sort()).toEqual(["off", "on"]);
    });

    test("no write skew on absence: of two that each insert what the other expects not to be exactly one wins", async () => {
      const [x, y] = [record("keys"), record("keys")];
      const member = (expected: typeof x, written: typeof x) =>
        changes(
          [{ op: "insert", into: "keys", row: written }],
          [{ in: "keys", id: expected.id, version: "absent" }],
        );
      expect([...(await h.commitGroup([member(x, y), member(y, x)]))].sort()).toEqual(["conflict", "stored"]);
      expect([await isThere(h, "keys", x.id), await isThere(h, "keys", y.id)].sort()).toEqual([false, true]);
    });

    test("what only expects the same record does not contend", async () => {
      const row = record("system_config");
      await h.given({ op: "insert", into: "system_config", row });
      const members = Array.from({ length: 8 }, () =>
        changes([insert("keys")], [{ in: "system_config", id: row.key, version: 1 }]),
      );
      expect(new Set(await h.commitGroup(members))).toEqual(new Set(["stored"]));
    });

    const UNFIT: readonly (readonly [string, () => Write])[] = [
      ["NUL in a text", () => insert("system_config", { value: "a\0b" })],
      ["a lone surrogate", () => insert("system_config", { value: "a\ud800b" })],
      ["undefined", () => insert("system_config", { value: undefined as never })],
      [
        "a missing field",
        () => {
          const { value, ...row } = record("system_config");
          return { op: "insert", into: "system_config", row: row as typeof row & { value: typeof value } };
        },
      ],
      [
        "an unknown field",
        () => ({
          op: "insert",
          into: "system_config",
          row: { ...record("system_config"), owner: "x" } as never,
        }),
      ],
      ["null where there must be a value", () => insert("system_config", { value: null as never })],
      ["NaN", () => insert("keys", { destroy_at: Number.NaN as Instant })],
      ["infinity", () => insert("keys", { destroy_at: Number.POSITIVE_INFINITY as Instant })],
      ["half a millisecond", () => insert("keys", { destroy_at: 0.5 as Instant })],
      ["a Date", () => insert("keys", { destroy_at: new Date(0) as never })],
      ["a number too large to be exact", () => insert("keys", { destroy_at: (2 ** 53) as Instant })],
      ["a number where there must be text", () => insert("system_config", { value: 1 as never })],
      ["a text where there must be a number", () => insert("keys", { destroy_at: "1" as never })],
      ["1 for true", () => insert("system_config", { is_sensitive: 1 as never })],
      ["an object", () => insert("system_config", { value: {} as never })],
      ["an unknown collection", () => ({ op: "insert", into: "nothing", row: { id: "x" } }) as never],
      [
        "an update of an unknown field",
        () => ({ op: "update", in: "system_config", id: "x", version: 1, set: { owner: "x" } as never }),
      ],
      [
        "an update of the key",
        () => ({ op: "update", in: "keys", id: "x", version: 1, set: { id: "y" } as never }),
      ],
      [
        "an update of the version",
        () => ({ op: "update", in: "keys", id: "x", version: 1, set: { version: 7 } as never }),
      ],
      [
        "an update to undefined",
        () => ({ op: "update", in: "keys", id: "x", version: 1, set: { wrapped: undefined as never } }),
      ],
      ["a key with NUL", () => ({ op: "delete", from: "keys", id: "a\0", version: 1 })],
      ["a version that is none", () => ({ op: "delete", from: "keys", id: "a", version: Number.NaN })],
      ["a role that there is not", () => insert("subjects", { role: "emperor" as never })],
      ["a status that there is not", () => insert("subjects", { status: "" as never })],
      ["a reference to nobody", () => insert("comments")],
    ];
    test.each(UNFIT.map((each) => [...each] as const))(
      "%s is refused and costs nobody else anything",
      async (_, unfit) => {
        const fine = [changes([insert("keys")]), changes([insert("keys")])] as const;
        const companion = record("keys");
        const refused = changes([{ op: "insert", into: "keys", row: companion }, unfit()]);
        expect(await h.commitGroup([fine[0], refused, fine[1]])).toEqual(["stored", "refused", "stored"]);
        expect(await Promise.all([fine[0], refused, fine[1]].map(isTold))).toEqual([true, false, true]);
        expect(await h.readers().keys.byId(companion.id)).toBeNull();
      },
    );

    test("several refused members of one group are each their own", async () => {
      const members = Array.from({ length: 24 }, (_, index) =>
        changes([
          insert("keys"),
          insert("system_config", index % 5 === 0 ? { updated_by: "x".repeat(101) } : {}),
          ...(index % 7 === 0 ? [insert("sessions")] : []),
        ]),
      );
      const expected = members.map((_, index) => (index % 5 === 0 || index % 7 === 0 ? "refused" : "stored"));
      expect(await h.commitGroup(members)).toEqual(expected as never);
      for (const [index, member] of members.entries())
        expect(await isTold(member)).toBe(expected[index] === "stored");
    });

    test("an audit entry that the store does not take refuses its change", async () => {
      const key = record("keys");
      const entry = { ...anEntry(), action: "x".repeat(101) as never };
      expect(await h.commit(changes([{ op: "insert", into: "keys", row: key }], [], [entry]))).toBe(
        "refused",
      );
      expect(await h.readers().keys.byId(key.id)).toBeNull();
    });

    test("a group that is sent again is stored, and once, beside new members", async () => {
      const row = record("system_config");
      await h.given({ op: "insert", into: "system_config", row });
      const update = changes([
        { op: "update", in: "system_config", id: row.key, version: 1, set: { value: "1" } },
      ]);
      const insertion = changes([insert("keys")]);
      expect(await h.commitGroup([update, insertion])).toEqual(["stored", "stored"]);
      expect(await h.commitGroup([insertion, changes([insert("keys")]), update])).toEqual([
        "stored",
        "stored",
        "stored",
      ]);
      expect((await h.readers().configuration.byKey(row.key))?.version).toBe(2);
    });

    test("a full group with many conflicts stores exactly the others", async () => {
      const row = record("system_config");
      await h.given({ op: "insert", into: "system_config", row });
      const members = Array.from({ length: GROUP_MEMBERS_MAX }, (_, index) =>
        changes([
          insert("keys"),
          ...(index % 10 === 3
            ? [{ op: "update", in: "system_config", id: row.key, version: 8, set: { value: "x" } } as const]
            : []),
          insert("keys"),
        ]),
      );
      const verdicts = await h.commitGroup(members);
      expect(verdicts).toEqual(members.map((_, index) => (index % 10 === 3 ? "conflict" : "stored")));
      for (const [index, member] of members.entries()) {
        if (index % 10 < 4) expect(await isTold(member)).toBe(verdicts[index] === "stored");
      }
    });

    test("a group over the limits is the caller's bug", async () => {
      const tooMany = Array.from({ length: GROUP_MEMBERS_MAX + 1 }, () => changes([]));
      expect(h.store().groups.commitGroup(tooMany)).rejects.toBeInstanceOf(RangeError);
      const full = changes(Array.from({ length: GROUP_ROWS_MAX - 1 }, () => insert("keys")));
      const over = changes([...full.writes, insert("keys")]);
      expect(h.store().groups.commitGroup([over])).rejects.toBeInstanceOf(RangeError);
      expect(await isTold(over)).toBe(false);
      expect(await h.commit(full)).toBe("stored");
    });
  });
};
