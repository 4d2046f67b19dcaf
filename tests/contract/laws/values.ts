import { beforeAll, describe, expect, test } from "bun:test";
import { MAX_LENGTH, ONE_OF, type TableName } from "../../../src/adapters/drizzle/limits.ts";
import type { Collection } from "../../../src/domain/personal-data/records.ts";
import type { Instant } from "../../../src/domain/shared/instant.ts";
import { anEntry, asWrite, changes, hash, insert, record } from "../../support/records.ts";
import { isThere } from "../finders.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

const TEXTS: readonly (readonly [string, string])[] = [
  ["nothing", ""],
  ["emoji with joiners", "👩🏽‍🚀 and 👨‍👩‍👧‍👦 and 🏳️‍🌈"],
  ["combining marks", "e\u0301 a\u0308 \u0e01\u0e33 Z\u0351\u036b\u0343"],
  ["Hebrew and Arabic with marks of direction", "\u202bשלום, مرحبا\u202c \u200f!\u200e"],
  ["characters beyond the first plane", "𝒳𠮷𐍈"],
  ["characters that are none", "\ufffe\uffff\u{10ffff}"],
  ["a byte order mark", "\ufefftext\ufeff"],
  ["line breaks and tabs", "one\r\ntwo\n\tthree\u2028four"],
  ["control characters", "\u0001\u001b[31m\u007f\u0085"],
  ["space around", "  a \u00a0\u3000 "],
  ["what looks like a statement", `'; drop table subjects; -- " $1 ? :x \\x00 %s`],
  ["what looks like JSON", '{"a":"\\u0000"}'],
  ["64 KiB", "ä".repeat(32_768)],
];

/** Pairs that a database with another idea of equality would take for one. */
const PAIRS: readonly (readonly [string, string, string])[] = [
  ["composed and decomposed", "caf\u00e9", "cafe\u0301"],
  ["upper and lower case", "Café", "café"],
  ["with and without accents", "cafe", "café"],
  ["with and without a trailing space", "café", "café "],
  ["wide and narrow", "A", "\uff21"],
  ["dotted and dotless", "i", "\u0131"],
  ["ß and ss", "straße", "strasse"],
  ["with and without an invisible mark", "ab", "a\u200bb"],
  ["a number and its text with a zero", "1", "01"],
];

const TIMES: readonly (readonly [string, number])[] = [
  ["the first millisecond of the year 1", -62_135_596_800_000],
  ["a millisecond before 1970", -1],
  ["1970", 0],
  ["an odd millisecond", 1_741_953_600_123],
  ["after 32 bits of seconds", 4_294_967_296_001],
  ["the last millisecond of the year 9999", 253_402_300_799_999],
];

export const valueLaws = (kind: StoreKind): void => {
  describe("values", () => {
    const h = harness(kind);
    const subject = record("subjects");
    beforeAll(() => h.given({ op: "insert", into: "subjects", row: subject }));

    describe("text", () => {
      test.each(TEXTS.map((each) => [...each] as const))("%s comes back as it was", async (_, text) => {
        const row = record("system_config", { value: text, description: text });
        await h.given({ op: "insert", into: "system_config", row });
        expect(await h.readers().configuration.byKey(row.key)).toEqual(row);
        await h.given({
          op: "update",
          in: "system_config",
          id: row.key,
          version: 1,
          set: { description: `${text}!` },
        });
        expect((await h.readers().configuration.byKey(row.key))?.description).toBe(`${text}!`);
      });
      test.each(PAIRS.map((each) => [...each] as const))("%s are two keys", async (_, one, two) => {
        const row = (key: string) => record("system_config", { key, value: key });
        await h.given({ op: "insert", into: "system_config", row: row(`pair ${one}`) });
        expect(await h.readers().configuration.byKey(`pair ${two}`)).toBeNull();
        await h.given({ op: "insert", into: "system_config", row: row(`pair ${two}`) });
        expect((await h.readers().configuration.byKey(`pair ${one}`))?.value).toBe(`pair ${one}`);
        expect((await h.readers().configuration.byKey(`pair ${two}`))?.value).toBe(`pair ${two}`);
        await h.given(
          { op: "delete", from: "system_config", id: `pair ${one}`, version: 1 },
          { op: "delete", from: "system_config", id: `pair ${two}`, version: 1 },
        );
      });
      test.each(PAIRS.map((each) => [...each] as const))("%s are two unique values", async (_, one, two) => {
        const imported = (source_id: string) =>
          insert("comments", { subject_id: subject.id, source: "isso", source_id });
        await h.given(imported(one), imported(two));
        expect(await h.commit(changes([imported(one)]))).toBe("conflict");
        const found = await h.readers().comments.imported("isso", [one]);
        expect(found.map((each) => each.source_id)).toEqual([one]);
        for (const source_id of [one, two]) {
          const [comment] = await h.readers().comments.imported("isso", [source_id]);
          if (comment === undefined) throw new Error("the comment is gone");
          await h.given({ op: "delete", from: "comments", id: comment.id, version: 1 });
        }
      });
      test("no store takes is nowhere", async () => {
        await h.given(insert("system_config", { key: "a\ufffd" }));
        expect(await h.readers().configuration.byKey("a\ud800")).toBeNull();
        expect(await h.readers().configuration.byKey("a\0")).toBeNull();
        expect(await h.readers().comments.publicRoots("a\0", null, 5)).toEqual([]);
        expect(await h.readers().comments.imported("isso", ["a\0", "\udfff"])).toEqual([]);
      });
    });

    describe("limits", () => {
      const LIMITS = (Object.keys(MAX_LENGTH) as TableName[]).flatMap((table) =>
        Object.entries<number>(MAX_LENGTH[table]).map(([field, max]) => [table, field, max] as const),
      );
      const withText = async (table: TableName, field: string, text: string) => {
        if (table === "audit_entries") return h.commit(changes([], [], [{ ...anEntry(), [field]: text }]));
        const owner = record("subjects");
        const row = record(table as Collection);
        return h.commit(
          changes([
            { op: "insert", into: "subjects", row: owner },
            asWrite({
              op: "insert",
              into: table,
              row: { ...row, ...("subject_id" in row ? { subject_id: owner.id } : {}), [field]: text },
            }),
          ]),
        );
      };
      // Code points are counted, not bytes and not the halves of a pair.
      test.each(LIMITS)("%s.%s takes %i code points and no more", async (table, field, max) => {
        const salt = crypto.randomUUID().slice(0, 8);
        expect(await withText(table, field, `${salt}${"𝒳".repeat(max - 8)}`)).toBe("stored");
        expect(await withText(table, field, `${salt}${"x".repeat(max - 7)}`)).toBe("refused");
      });
      const CHOICES = Object.entries(ONE_OF).flatMap(([table, fields]) =>
        Object.keys(fields).map((field) => [table as Collection, field] as const),
      );
      test.each(CHOICES)("%s.%s takes what is on its list", async (table, field) => {
        expect(await withText(table, field, "something else")).toBe("refused");
      });
    });

    test.each(TIMES.map((each) => [...each] as const))(
      "%s comes back to the millisecond",
      async (_, time) => {
        const at = time as Instant;
        const row = record("keys", { created_at: at, updated_at: at, destroy_at: at });
        await h.given({ op: "insert", into: "keys", row });
        expect(await h.readers().keys.byId(row.id)).toEqual(row);
      },
    );
    test("times order as numbers do, before and after 1970", async () => {
      const place = TIMES.map(([, time]) => record("keys", { destroy_at: (time + 1) as Instant }));
      for (const row of place.toReversed()) await h.given({ op: "insert", into: "keys", row });
      const expired = await h.readers().keys.expired(253_402_300_800_000 as Instant, 100);
      const order = expired.filter((key) => place.some((row) => row.id === key.id)).map((key) => key.id);
      expect(order).toEqual(place.map((row) => row.id));
    });

    test.each([true, false])("%p comes back as it was, inserted and updated", async (value) => {
      const row = record("comments", {
        subject_id: subject.id,
        notify_replies: value,
        anonymized: value,
        consent_given: value,
        edit_token_hash: hash(),
      });
      await h.given({ op: "insert", into: "comments", row });
      expect((await h.readers().comments.byId(row.id))?.comment).toEqual(row);
      await h.given({
        op: "update",
        in: "comments",
        id: row.id,
        version: 1,
        set: { notify_replies: !value },
      });
      expect((await h.readers().comments.byId(row.id))?.comment.notify_replies).toBe(!value);
    });

    test("null comes back as null and is not an empty text", async () => {
      const none = record("system_config", { description: null });
      const empty = record("system_config", { description: "" });
      await h.given(
        { op: "insert", into: "system_config", row: none },
        { op: "insert", into: "system_config", row: empty },
      );
      expect((await h.readers().configuration.byKey(none.key))?.description).toBeNull();
      expect((await h.readers().configuration.byKey(empty.key))?.description).toBe("");
    });

    test("a subject that others refer to stays", async () => {
      const owner = record("subjects");
      const session = insert("sessions", { subject_id: owner.id });
      await h.given({ op: "insert", into: "subjects", row: owner }, session);
      expect(await h.commit(changes([{ op: "delete", from: "subjects", id: owner.id, version: 1 }]))).toBe(
        "refused",
      );
      await h.given({ op: "delete", from: "sessions", id: session.row.id, version: 1 });
      await h.given({ op: "delete", from: "subjects", id: owner.id, version: 1 });
      expect(await isThere(h, "subjects", owner.id)).toBe(false);
    });
  });
};
