import { describe, expect, test } from "bun:test";
import type { Records } from "../../../src/domain/personal-data/records.ts";
import { DAY, plus } from "../../../src/domain/shared/instant.ts";
import { changes, NOON, record, reply } from "../../support/records.ts";
import { isThere, keyOf } from "../finders.ts";
import { harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";
import { DUE, goThrough, put } from "./due-batches.ts";

export const retentionRaceLaws = (kind: StoreKind): void => {
  describe("retention", () => {
    describe("beside writers", () => {
      const h = harness(kind);
      test("no reply loses what it replies to, no restriction comes too late, no change is lost", async () => {
        const authors = Array.from({ length: 12 }, () => record("subjects", { retention_until: null }));
        const roots = authors.flatMap((author) =>
          [1, 2, 3, 4, 5].map(() => record("comments", { subject_id: author.id, retention_until: NOON })),
        );
        const writer = record("subjects", { retention_until: null });
        await h.given(
          put("subjects", writer),
          ...authors.map((row) => put("subjects", row)),
          ...roots.map((row) => put("comments", row)),
        );
        const replies: Records["comments"][] = [];
        const answering = roots
          .filter((_, index) => index % 3 === 0)
          .map(async (root) => {
            const row = reply(root, { subject_id: writer.id, retention_until: plus(DUE, DAY) });
            const posted = changes(
              [put("comments", row)],
              [{ in: "comments", id: root.id, version: root.version }],
            );
            if ((await h.commit(posted)) === "stored") replies.push(row);
          });
        const restricted: string[] = [];
        const safe = new Set<string>();
        const restricting = authors
          .filter((_, index) => index % 4 === 0)
          .map(async (author) => {
            const set = { status: "restricted" } as const;
            const verdict = await h.commit(
              changes([{ op: "update", in: "subjects", id: author.id, version: 1, set }]),
            );
            expect(verdict).toBe("stored");
            restricted.push(author.id);
            for (const root of roots.filter((each) => each.subject_id === author.id)) {
              const found = await h.readers().comments.byId(root.id);
              if (found?.comment.subject_id === author.id) safe.add(root.id);
            }
          });
        await Promise.all([goThrough(h, "comments", 3), ...answering, ...restricting]);
        await goThrough(h, "comments");
        for (const row of replies) {
          const parent = await h.readers().comments.byId(row.parent_id ?? row.id);
          expect(parent?.comment.id ?? null).toBe(row.parent_id);
          expect((await h.readers().comments.byId(row.id))?.comment).toEqual(row);
        }
        for (const each of safe)
          expect((await h.readers().comments.byId(each as (typeof roots)[0]["id"]))?.comment).toEqual(
            roots.find((root) => root.id === each) as never,
          );
        const answered = new Set(replies.map((row) => row.parent_id as string));
        for (const root of roots) {
          const stays = answered.has(root.id) || safe.has(root.id);
          expect([root.id, await isThere(h, "comments", keyOf("comments", root))]).toEqual([root.id, stays]);
        }
        expect(restricted).toHaveLength(3);
      });
    });
  });
};
