import { afterEach, describe, expect, test } from "bun:test";
import { moderateComment } from "../../../src/domain/comments/change-comment.ts";
import { postComment } from "../../../src/domain/comments/post-comment.ts";
import { changeRole } from "../../../src/domain/roles/change-role.ts";
import type { Subject } from "../../../src/domain/roles/subject.ts";
import type { Changes } from "../../../src/domain/shared/changes.ts";
import { anEntry, hash, id, insert, occasion, record } from "../../support/records.ts";
import { type Harness, harness } from "../harness.ts";
import type { StoreKind } from "../stores.ts";

const decided = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  if (!result.ok) throw new Error("the decision was refused");
  return result.value;
};

const demotion = async (h: Harness, subject: Subject): Promise<Changes> => {
  const admins = await h.readers().subjects.admins();
  const made = decided(changeRole({ subject, isNew: false, admins }, "commenter", occasion()));
  if (made === null) throw new Error("a demotion changes something");
  return made;
};

/** Two admins, made one after the other as the service makes them. */
const twoAdmins = async (h: Harness): Promise<readonly [Subject, Subject]> => {
  const subjects = [record("subjects"), record("subjects")] as const;
  for (const subject of subjects) {
    const admins = await h.readers().subjects.admins();
    const made = decided(changeRole({ subject, isNew: true, admins }, "admin", occasion()));
    if (made === null) throw new Error("a promotion changes something");
    expect(await h.commit(made)).toBe("stored");
  }
  return subjects.map((subject) => ({ ...subject, role: "admin" as const })) as unknown as readonly [
    Subject,
    Subject,
  ];
};

const replyTo = async (h: Harness, subject: Subject, parentId: string): Promise<Changes> => {
  const parent = await h.readers().comments.byId(parentId as never);
  return decided(
    postComment(
      {
        subject,
        parent: parent?.comment ?? "missing",
        identities: { name: null, email: record("identities", { subject_id: subject.id }) },
        enable_comments: true,
        moderation: "post",
      },
      {
        id: id(),
        thread: "/posts/engines",
        content: "<p>I agree.</p>",
        gdpr_consent: true,
        notify_replies: false,
        edit_token_hash: hash(),
        name: null,
        email: null,
      },
      occasion(),
    ),
  ).changes;
};

/** Races that span records: what was read is guarded, not only what is written. */
export const raceLaws = (kind: StoreKind): void => {
  describe("races", () => {
    const h = harness(kind);
    describe("of admins", () => {
      const made: Subject[] = [];
      const pairOfAdmins = async (): Promise<readonly [Subject, Subject]> => {
        const two = await twoAdmins(h);
        made.push(...two);
        return two;
      };
      /** Leaves no admin, past the rule that there is always one. */
      afterEach(async () => {
        for (const { id } of made.splice(0)) {
          const now = await h.readers().subjects.byId(id);
          if (now?.role !== "admin") continue;
          await h.given({
            op: "update",
            in: "subjects",
            id,
            version: now.version,
            set: { role: "anonymous" },
          });
        }
      });
      test("the first two at once: one is made, and the other decides again", async () => {
        const admins = { count: 0, guardVersion: 0 };
        const promotions = [record("subjects"), record("subjects")].map((subject) => {
          made.push(subject);
          const promotion = decided(changeRole({ subject, isNew: true, admins }, "admin", occasion()));
          if (promotion === null) throw new Error("a promotion changes something");
          return promotion;
        });
        expect([...(await h.commitGroup(promotions))].sort()).toEqual(["conflict", "stored"]);
        expect(await h.readers().subjects.admins()).toEqual({ count: 1, guardVersion: 1 });
      });
      test("two who demote each other: one stays", async () => {
        const [ada, grace] = await pairOfAdmins();
        const both = [await demotion(h, ada), await demotion(h, grace)];
        expect([...(await h.commitGroup(both))].sort()).toEqual(["conflict", "stored"]);
        expect((await h.readers().subjects.admins()).count).toBe(1);
        // The one who lost decides again and learns that he is the last.
        const left = (await h.readers().subjects.byId(ada.id))?.role === "admin" ? ada : grace;
        const admins = await h.readers().subjects.admins();
        const again = await h.readers().subjects.byId(left.id);
        if (again === null) throw new Error("the admin is gone");
        expect(changeRole({ subject: again, isNew: false, admins }, "commenter", occasion())).toEqual({
          ok: false,
          error: { type: "last-admin" },
        });
      });
      test("two who demote each other, one after the other: the later one is refused", async () => {
        const [ada, grace] = await pairOfAdmins();
        const both = [await demotion(h, ada), await demotion(h, grace)] as const;
        expect(await h.commit(both[0])).toBe("stored");
        expect(await h.commit(both[1])).toBe("conflict");
        expect((await h.readers().subjects.admins()).count).toBe(1);
      });
    });

    describe("of a reply and", () => {
      const situation = async () => {
        const [author, replier] = [record("subjects"), record("subjects")];
        const parent = record("comments", { subject_id: author.id });
        await h.given(
          { op: "insert", into: "subjects", row: author },
          { op: "insert", into: "subjects", row: replier },
          { op: "insert", into: "comments", row: parent },
        );
        const answer = await replyTo(h, replier, parent.id);
        const removal = decided(moderateComment(parent, "remove", null, occasion())).changes;
        const restriction: Changes = {
          expects: [],
          writes: [
            { op: "update", in: "subjects", id: replier.id, version: 1, set: { status: "restricted" } },
          ],
          audit: [anEntry()],
        };
        return { parent, answer, removal, restriction };
      };
      test("the removal of its parent before it, the reply is refused", async () => {
        const { parent, answer, removal } = await situation();
        expect(await h.commit(removal)).toBe("stored");
        expect(await h.commit(answer)).toBe("conflict");
        expect(await h.readers().comments.publicReplies(parent.id, null, 10)).toEqual([]);
      });
      test("the removal of its parent in one group, they behave as one after the other", async () => {
        const { parent, answer, removal } = await situation();
        const verdicts = await h.commitGroup([removal, answer]);
        // Reply first, then removal, is an order too: the parent is then removed with a reply under it.
        expect(verdicts[0]).toBe("stored");
        const replies = await h.readers().comments.publicReplies(parent.id, null, 10);
        expect(replies).toHaveLength(verdicts[1] === "stored" ? 1 : 0);
        expect((await h.readers().comments.byId(parent.id))?.comment.status).toBe("removed");
      });
      test("the restriction of its author before it, the reply is refused", async () => {
        const { parent, answer, restriction } = await situation();
        expect(await h.commit(restriction)).toBe("stored");
        expect(await h.commit(answer)).toBe("conflict");
        expect(await h.readers().comments.publicReplies(parent.id, null, 10)).toEqual([]);
      });
      test("other replies, all are stored", async () => {
        const { parent, answer } = await situation();
        const [one, two] = [record("subjects"), record("subjects")];
        await h.given(
          { op: "insert", into: "subjects", row: one },
          { op: "insert", into: "subjects", row: two },
        );
        const answers = [answer, await replyTo(h, one, parent.id), await replyTo(h, two, parent.id)];
        expect(await h.commitGroup(answers)).toEqual(["stored", "stored", "stored"]);
        expect(await h.readers().comments.publicReplies(parent.id, null, 10)).toHaveLength(3);
      });
    });

    describe("of commits that are under way at once", () => {
      test("each is answered, and every one that was stored is there", async () => {
        const row = record("system_config");
        await h.given({ op: "insert", into: "system_config", row });
        // Every writer reads, decides and commits until it has counted once.
        const count = async (): Promise<void> => {
          for (;;) {
            const now = await h.readers().configuration.byKey(row.key);
            if (now === null) throw new Error("the record is gone");
            const verdict = await h.commit({
              expects: [],
              writes: [
                insert("keys"),
                {
                  op: "update",
                  in: "system_config",
                  id: row.key,
                  version: now.version,
                  set: { value: `${now.version}` },
                },
              ],
              audit: [anEntry()],
            });
            if (verdict === "stored") return;
            expect(verdict).toBe("conflict");
          }
        };
        await Promise.all(Array.from({ length: 10 }, count));
        expect(await h.readers().configuration.byKey(row.key)).toMatchObject({ version: 11, value: "10" });
      });
    });
  });
};
