import { describe, expect, test } from "bun:test";
import { COLLECTIONS } from "../../../src/domain/personal-data/records.ts";
import { plus } from "../../../src/domain/shared/instant.ts";
import { id, insert, NOON, record, reply, subjectId } from "../../support/records.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

/** What an erasure finds people's traces by. */
export const erasureReaderLaws = (kind: StoreKind): void => {
  describe("erasure reader", () => {
    const h = harness(kind);
    test("finds what is open and due, longest waiting first, and one erasure a subject", async () => {
      const at = (minutes: number) => ({ next_attempt_at: plus(NOON, minutes) });
      const waiting = record("erasures", at(1));
      const held = record("erasures", { status: "held", ...at(0) });
      const done = record("erasures", { status: "done", ...at(0) });
      const later = record("erasures", at(3));
      await h.given(
        ...[waiting, held, done, later].map((row) => ({ op: "insert", into: "erasures", row }) as const),
      );
      const { erasures } = h.readers();
      expect(await erasures.open(plus(NOON, 2), 10)).toEqual([waiting]);
      expect(await erasures.open(plus(NOON, 4), 1)).toEqual([waiting]);
      expect(await erasures.held(null, 10)).toEqual([held]);
      expect(await erasures.held(held.id, 10)).toEqual([]);
      expect(await erasures.ofSubject(done.subject_id)).toEqual(done);
      expect(await erasures.byId(later.id)).toEqual(later);
      expect(await erasures.ofSubject(subjectId())).toBeNull();
      const twice = record("erasures", { subject_id: done.subject_id });
      await expect(h.given({ op: "insert", into: "erasures", row: twice })).rejects.toThrow();
    });
  });

  describe("what leads to a comment", () => {
    const h = harness(kind);
    test("is found: replies of every status, and reports, by id", async () => {
      const subject = record("subjects");
      const mine = { subject_id: subject.id };
      const [one, two, other] = [1, 2, 3].map(() => record("comments", mine)) as [
        ReturnType<typeof record<"comments">>,
        ReturnType<typeof record<"comments">>,
        ReturnType<typeof record<"comments">>,
      ];
      const replies = (["pending", "approved", "rejected", "removed"] as const).map((status, index) =>
        reply(index % 2 === 0 ? one : two, { ...mine, status }),
      );
      const deeper = reply(replies[0] ?? one, mine);
      const elsewhere = reply(other, mine);
      const reports = [one, two, one].map(({ id: comment_id }) => record("comment_reports", { comment_id }));
      await h.given(
        { op: "insert", into: "subjects", row: subject },
        ...[one, two, other, ...replies, deeper, elsewhere].map(
          (row) => ({ op: "insert", into: "comments", row }) as const,
        ),
        ...reports.map((row) => ({ op: "insert", into: "comment_reports", row }) as const),
        insert("comment_reports", { comment_id: other.id }),
      );
      const { comments, commentReports } = h.readers();
      const byId = <R extends { readonly id: string }>(rows: readonly R[]): R[] =>
        rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const ofOne = byId(replies.filter(({ parent_id }) => parent_id === one.id));
      expect(ofOne).toHaveLength(2);
      expect(await comments.repliesTo(one.id, null, 10)).toEqual(ofOne);
      expect(await comments.repliesTo(one.id, null, 1)).toEqual(ofOne.slice(0, 1));
      expect(await comments.repliesTo(one.id, ofOne[0]?.id ?? null, 10)).toEqual(ofOne.slice(1));
      const onOne = byId(reports.filter(({ comment_id }) => comment_id === one.id));
      expect(await commentReports.onComment(one.id, null, 10)).toEqual(onOne);
      expect(await commentReports.onComment(one.id, onOne[0]?.id ?? null, 1)).toEqual(onOne.slice(1));
      expect(await commentReports.onComment(id(), null, 10)).toEqual([]);
    });
  });

  describe("record reader", () => {
    const h = harness(kind);
    test.each([...COLLECTIONS])("walks through %s", async (collection) => {
      const { records } = h.readers();
      const subject = record("subjects");
      const one =
        collection === "subjects" ? subject : record(collection, { subject_id: subject.id } as never);
      const { subject_id: _, ...without } = one as typeof one & { readonly subject_id?: string };
      const row = "subject_id" in record(collection) ? one : without;
      await h.given(
        ...(collection === "subjects" ? [] : [{ op: "insert", into: "subjects", row: subject } as const]),
        { op: "insert", into: collection, row } as never,
      );
      const met = await records.walk(collection, null, 10);
      expect(met).toContainEqual(row as never);
      const last = met.at(-1) as unknown as Readonly<Record<string, string>>;
      expect(await records.walk(collection, last["id"] ?? last["key"] ?? "", 10)).toEqual([]);
    });
  });
};
