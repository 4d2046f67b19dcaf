import { beforeAll, describe, expect, test } from "bun:test";
import type { Comment } from "../../../src/domain/comments/comment.ts";
import type { CommentId, TokenHash } from "../../../src/domain/shared/ids.ts";
import { type Instant, MINUTE, plus } from "../../../src/domain/shared/instant.ts";
import type { CommentWithAuthor, QueuePosition } from "../../../src/ports/comment-reader.ts";
import { ids, NOON, record, reply } from "../../support/records.ts";
import { type Harness, harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

const idsOf = (found: readonly CommentWithAuthor[]): readonly CommentId[] =>
  found.map(({ comment }) => comment.id);

/** Reads to the end, doing `between` after each page. */
const readAll = async (
  page: (after: CommentId | null) => Promise<readonly CommentWithAuthor[]>,
  between: () => Promise<void> = async () => undefined,
): Promise<readonly CommentId[]> => {
  const found: CommentId[] = [];
  for (;;) {
    const next = idsOf(await page(found.at(-1) ?? null));
    if (next.length === 0) return found;
    found.push(...next);
    await between();
  }
};

export const commentReaderLaws = (kind: StoreKind): void => {
  describe("comment reader", () => {
    const h = harness(kind);
    const active = record("subjects");
    const restricted = record("subjects", { status: "restricted" });
    const erased = record("subjects", { status: "erased" });
    let thread = "";
    const newThread = (): string => {
      thread = `/posts/${crypto.randomUUID()}`;
      return thread;
    };
    const by = (author: typeof active, over: Partial<Comment> = {}): Comment => {
      const own = over.id ?? ids.next<CommentId>();
      return record("comments", { id: own, root_id: own, thread, subject_id: author.id, ...over });
    };
    const answer = (to: Comment, author: typeof active, over: Partial<Comment> = {}): Comment =>
      reply(to, { subject_id: author.id, ...over });
    const given = (...rows: Comment[]) =>
      h.given(...rows.map((row) => ({ op: "insert", into: "comments", row }) as const));
    beforeAll(() =>
      h.given(
        ...[active, restricted, erased].map((row) => ({ op: "insert", into: "subjects", row }) as const),
      ),
    );

    test("finds a comment with its author by id and by edit token", async () => {
      newThread();
      const comment = by(restricted, { status: "rejected" });
      const other = by(active);
      await given(comment, other);
      const found: CommentWithAuthor = { comment, author: restricted };
      expect(await h.readers().comments.byId(comment.id)).toEqual(found);
      expect(await h.readers().comments.byEditTokenHash(comment.edit_token_hash as TokenHash)).toEqual(found);
      expect(await h.readers().comments.byId(ids.next<CommentId>())).toBeNull();
      expect(await h.readers().comments.byEditTokenHash("0".repeat(64) as TokenHash)).toBeNull();
    });

    test("shows the public approved roots, and place-holders while a visible reply needs them", async () => {
      newThread();
      const plain = by(active);
      const ofErased = by(erased);
      const ofRestricted = by(restricted);
      const removed = by(active, { status: "removed" });
      const pending = by(active, { status: "pending", queued_at: NOON });
      const rejected = by(active, { status: "rejected" });
      const restrictedAnswered = by(restricted);
      const removedAnswered = by(active, { status: "removed" });
      const removedDeeplyAnswered = by(active, { status: "removed" });
      const removedAnsweredByRestricted = by(active, { status: "removed" });
      const removedAnsweredByRemoved = by(active, { status: "removed" });
      const removedAnsweredInPending = by(active, { status: "removed" });
      const pendingAnswered = by(active, { status: "pending" });
      const middle = answer(removedDeeplyAnswered, active, { status: "removed" });
      await given(
        ...[plain, ofErased, ofRestricted, removed, pending, rejected, restrictedAnswered, removedAnswered],
        ...[removedDeeplyAnswered, removedAnsweredByRestricted, removedAnsweredInPending, pendingAnswered],
        removedAnsweredByRemoved,
        answer(restrictedAnswered, active),
        answer(removedAnswered, erased),
        middle,
        answer(middle, active),
        answer(removedAnsweredByRestricted, restricted),
        answer(removedAnsweredByRemoved, active, { status: "removed" }),
        answer(removedAnsweredInPending, active, { status: "pending" }),
        answer(pendingAnswered, active),
      );
      const roots = await h.readers().comments.publicRoots(thread, null, 100);
      expect(idsOf(roots)).toEqual(
        [plain, ofErased, restrictedAnswered, removedAnswered, removedDeeplyAnswered].map((each) => each.id),
      );
      expect(roots[2]).toEqual({ comment: restrictedAnswered, author: restricted });
    });

    test("shows the public what is under one root, all depths, with place-holders", async () => {
      newThread();
      const root = by(active);
      const other = by(active);
      const first = answer(root, active);
      const removed = answer(first, active, { status: "removed" });
      const ofRestricted = answer(removed, restricted);
      const deep = answer(ofRestricted, erased);
      await given(
        ...[root, other, first, removed, ofRestricted, deep],
        answer(root, active, { status: "pending" }),
        answer(root, active, { status: "rejected" }),
        answer(other, active),
      );
      const replies = await h.readers().comments.publicReplies(root.id, null, 100);
      expect(replies.map(({ comment }) => comment)).toEqual([first, removed, ofRestricted, deep]);
      expect(replies.map(({ author }) => author.status)).toEqual([
        "active",
        "active",
        "restricted",
        "erased",
      ]);
      expect(idsOf(await h.readers().comments.publicReplies(root.id, removed.id, 1))).toEqual([
        ofRestricted.id,
      ]);
      expect(await h.readers().comments.publicReplies(first.id, null, 100)).toEqual([]);
    });

    test("gives the first replies of many roots at once as it gives those of each", async () => {
      newThread();
      const COUNTS = [0, 1, 2, 3, 4, 20];
      const roots = COUNTS.map(() => by(active));
      const replies = roots.flatMap((root, index) => {
        const own: Comment[] = [];
        for (let made = 0; made < (COUNTS[index] ?? 0); made += 1) {
          const status = made % 3 === 2 ? "removed" : "approved";
          own.push(answer(own.at(-1) ?? root, made % 5 === 4 ? restricted : active, { status }));
        }
        return own;
      });
      await given(
        ...[...roots, ...replies],
        ...roots.map((root) => answer(root, active, { status: "pending" })),
      );
      const asked = roots.map((root) => root.id);
      for (const limit of [1, 2, 3, 4, 100]) {
        const found = await h
          .readers()
          .comments.firstReplies([...asked, ids.next(), "\ud800" as CommentId], limit);
        for (const root of asked) {
          const each = await h.readers().comments.publicReplies(root, null, limit);
          expect([limit, found.get(root) ?? []]).toEqual([limit, each]);
        }
        expect(found.size).toBe(COUNTS.filter((count) => count > 0).length);
      }
      expect(await h.readers().comments.firstReplies([...asked, ...asked], 3)).toEqual(
        await h.readers().comments.firstReplies(asked, 3),
      );
      expect(await h.readers().comments.firstReplies([], 3)).toEqual(new Map());
    });

    test("lists a thread by status, roots and replies alike, without what may only be stored", async () => {
      const elsewhere = by(active, { thread: `${newThread()}/more`, status: "pending" });
      const root = by(active);
      const pending = [by(active, { status: "pending" }), answer(root, active, { status: "pending" })];
      const stored = answer(root, restricted, { status: "pending" });
      await given(root, elsewhere, ...pending, stored, by(active, { status: "rejected" }));
      const found = await h.readers().comments.inThread(thread, "pending", null, 100);
      expect(idsOf(found)).toEqual(pending.map((each) => each.id));
      expect(await h.readers().comments.inThread(thread, "removed", null, 100)).toEqual([]);
      expect(idsOf(await h.readers().comments.inThread(thread, "approved", null, 100))).toEqual([root.id]);
      expect(await h.readers().comments.inThread(thread.toUpperCase(), "pending", null, 100)).toEqual([]);
    });

    test("orders by id, which is by date, however the comments came in", async () => {
      newThread();
      const dated = [50, 10, 40, 20, 30].map((minute) =>
        by(active, { id: ids.at(plus(NOON, minute * MINUTE)) }),
      );
      await given(...dated);
      const order = [1, 3, 4, 2, 0].map((index) => dated[index]?.id);
      expect(idsOf(await h.readers().comments.publicRoots(thread, null, 100))).toEqual(order as CommentId[]);
      expect(idsOf(await h.readers().comments.publicRoots(thread, null, 2))).toEqual(
        order.slice(0, 2) as CommentId[],
      );
    });

    type Page = (after: CommentId | null) => Promise<readonly CommentWithAuthor[]>;
    const PAGES: readonly (readonly [
      string,
      (root: Comment) => { page: Page; make: (id: CommentId) => Comment },
    ])[] = [
      [
        "roots",
        () => ({
          page: (after) => h.readers().comments.publicRoots(thread, after, 7),
          make: (own) => by(active, { id: own }),
        }),
      ],
      [
        "replies",
        (root) => ({
          page: (after) => h.readers().comments.publicReplies(root.id, after, 7),
          make: (own) => answer(root, active, { id: own }),
        }),
      ],
      [
        "comments of one status",
        () => ({
          page: (after) => h.readers().comments.inThread(thread, "rejected", after, 7),
          make: (own) => by(active, { id: own, status: "rejected" }),
        }),
      ],
      [
        "approved roots and replies together",
        (root) => ({
          page: (after) => h.readers().comments.inThread(thread, "approved", after, 7),
          make: (own) =>
            own.charCodeAt(35) % 2 === 0
              ? by(active, { id: own })
              : answer(root, active, { id: own, thread }),
        }),
      ],
    ];
    test.each(PAGES.map((each) => [...each] as const))(
      "pages of %s neither repeat nor miss one while others come in before, between and after",
      async (_, of) => {
        newThread();
        const root = by(active, { thread: `${thread}/elsewhere` });
        await given(root);
        const { page, make } = of(root);
        const at = (minute: number): CommentId => ids.at(plus(NOON, minute * MINUTE));
        const start = Array.from({ length: 40 }, (_, index) => make(at(10 * index + 1_000)));
        await given(...start);
        let round = 0;
        const found = await readAll(page, async () => {
          round += 1;
          // Behind the cursor, ahead of it, and after the end (only at first: the end must come in sight).
          const minutes = [
            1_000 + round,
            1_005 + 10 * ((round * 17) % 40),
            ...(round < 3 ? [5_000 + round] : []),
          ];
          await given(...minutes.map((minute) => make(at(minute))));
        });
        expect(new Set(found).size).toBe(found.length);
        expect([...found]).toEqual([...found].sort());
        expect(start.filter((each) => !found.includes(each.id))).toEqual([]);
        expect(await readAll(page)).toHaveLength(start.length + 2 * round + Math.min(round, 2));
      },
    );

    test("finds which ids of a source are here", async () => {
      newThread();
      const from = (source: string, source_id: string) =>
        by(active, { source, source_id, edit_token_hash: null });
      const here = [from("disqus", "1"), from("disqus", "2"), from("disqus", "'; --")];
      await given(...here, from("wxr", "1"), from("disqus", ""));
      const asked = ["1", "3", "2", "1", "'; --", "1 "];
      const found = await h.readers().comments.imported("disqus", asked);
      expect(found.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(here);
      expect(await h.readers().comments.imported("disqus", [])).toEqual([]);
      expect(await h.readers().comments.imported("isso", ["1"])).toEqual([]);
      const many = Array.from({ length: 500 }, (_, index) => String(index));
      expect(await h.readers().comments.imported("disqus", many)).toHaveLength(2);
    });
  });

  describe("moderation queue", () => {
    const h: Harness = harness(kind);
    test("shows what waits, longest waiting first, equal times by id, across threads", async () => {
      const [author, stored] = [record("subjects"), record("subjects", { status: "restricted" })];
      await h.given(...[author, stored].map((row) => ({ op: "insert", into: "subjects", row }) as const));
      const waiting = (queued_at: number | null, over: Partial<Comment> = {}) =>
        record("comments", { subject_id: author.id, queued_at: queued_at as Instant | null, ...over });
      const late = waiting(NOON + 2, { status: "pending" });
      const twins = [
        waiting(NOON + 1, { thread: "/a" }),
        waiting(NOON + 1, { thread: "/b" }),
        waiting(NOON + 1),
      ];
      const early = waiting(NOON, { status: "approved" });
      // What may only be stored waits until that is over.
      const kept = waiting(NOON, { subject_id: stored.id, status: "pending" });
      const rows = [late, kept, ...twins.toReversed(), early, waiting(null, { status: "pending" })];
      await h.given(...rows.map((row) => ({ op: "insert", into: "comments", row }) as const));
      const order = [early, ...twins, late];
      const { comments } = h.readers();
      expect((await comments.queue(null, 100)).map(({ comment }) => comment)).toEqual(order);
      const found: Comment[] = [];
      for (let after: QueuePosition | null = null; ; ) {
        const page = await comments.queue(after, 2);
        found.push(...page.map(({ comment }) => comment));
        const last = page.at(-1)?.comment;
        if (last === undefined || last.queued_at === null) break;
        after = { queued_at: last.queued_at, id: last.id };
      }
      expect(found).toEqual(order);
      await h.given({ op: "update", in: "comments", id: early.id, version: 1, set: { queued_at: null } });
      expect(idsOf(await comments.queue(null, 1))).toEqual([twins[0]?.id as CommentId]);
    });
  });
};
