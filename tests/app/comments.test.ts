import { describe, expect, test } from "bun:test";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import type { Application } from "../../src/app/application.ts";
import { ANONYMOUS, type Caller } from "../../src/app/caller.ts";
import { FEATURE_FLAGS } from "../../src/domain/configuration/feature-flags.ts";
import type { CommentId } from "../../src/domain/shared/ids.ts";
import { MINUTE } from "../../src/domain/shared/instant.ts";
import type { Store } from "../../src/ports/store.ts";
import { accepted, refused, type TestService, testService } from "../support/service.ts";

type PostInput = Parameters<Application["comments"]["postComment"]>[1];

const THREAD = "/blog/first-post/";

const input = (changes: Partial<PostInput> = {}): PostInput => ({
  thread: THREAD,
  content: "A first thought.",
  author_name: "Ada Quillfeather",
  author_email: null,
  parent_id: null,
  notify_replies: false,
  gdpr_consent: true,
  ...changes,
});

const published = async (store?: Store) => {
  const service = await testService({ settings: { moderation: "post" }, ...(store && { store }) });
  const ada = (await service.signIn("ada@example.org")).caller;
  const bob = (await service.signIn("bob@example.org")).caller;
  const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
  return { service, ada, bob, moderator };
};

const listed = async (service: TestService, caller: Caller = service.as(ANONYMOUS)) =>
  accepted(
    await service.application.comments.listThread(caller, {
      thread: THREAD,
      page: { limit: 20, cursor: null },
      root: null,
      status: null,
    }),
  ).items;

/** The store, and how many questions its readers were asked. */
const counting = (store: Store) => {
  let asked = 0;
  const counted = <T extends object>(reader: T): T =>
    new Proxy(reader, {
      get: (target, method) => {
        asked += 1;
        return Reflect.get(target, method);
      },
    });
  const readers = Object.fromEntries(
    Object.entries(store.readers).map(([name, reader]) => [name, counted(reader)]),
  ) as unknown as Store["readers"];
  return { store: { ...store, readers }, asked: () => asked };
};

describe("posting", () => {
  test("waits for a moderator by default, and is seen once approved", async () => {
    const service = await testService();
    const { caller } = await service.signIn("ada@example.org");
    const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
    const { comment } = accepted(await service.application.comments.postComment(caller, input()));
    expect(comment.status).toBe("pending");
    expect(await listed(service)).toHaveLength(0);
    const page = { limit: 20, cursor: null };
    expect(
      accepted(await service.application.comments.moderationQueue(moderator, page)).items.map(({ id }) => id),
    ).toEqual([comment.id]);
    const decision = { id: comment.id, decision: "approve", reason: null } as const;
    accepted(await service.application.comments.moderateComment(moderator, decision));
    expect((await listed(service)).map(({ author_name }) => author_name)).toEqual(["Ada Quillfeather"]);
    expect(accepted(await service.application.comments.moderationQueue(moderator, page)).items).toHaveLength(
      0,
    );
  });

  test("replies stand under their root, oldest first, with their nesting", async () => {
    const { service, ada, bob } = await published();
    const root = accepted(await service.application.comments.postComment(ada, input())).comment;
    const reply = accepted(
      await service.application.comments.postComment(bob, input({ parent_id: root.id })),
    ).comment;
    const deeper = accepted(
      await service.application.comments.postComment(ada, input({ parent_id: reply.id })),
    ).comment;
    const [only] = await listed(service);
    expect(only?.replies.map(({ id, parent_id, depth }) => [id, parent_id, depth])).toEqual([
      [reply.id, root.id, 1],
      [deeper.id, reply.id, 2],
    ]);
  });

  test("a page takes as many questions to the store with many roots as with one", async () => {
    const { store, asked } = counting(openMemory());
    const { service, ada, bob } = await published(store);
    const counts: number[] = [];
    for (let roots = 1; roots <= 8; roots += 1) {
      const root = accepted(await service.application.comments.postComment(ada, input())).comment;
      accepted(await service.application.comments.postComment(bob, input({ parent_id: root.id })));
      const before = asked();
      const items = await listed(service);
      counts.push(asked() - before);
      expect(items.map(({ replies }) => replies.length)).toEqual(Array.from({ length: roots }, () => 1));
    }
    expect(counts[0]).toBeGreaterThan(0);
    expect(new Set(counts).size).toBe(1);
  });

  test("every wrong field is named at once, and nothing is stored", async () => {
    const { service, ada } = await published();
    const outcome = await service.application.comments.postComment(
      ada,
      input({ content: "x".repeat(1_001), author_name: " ", author_email: "nobody", thread: " /a" }),
    );
    if (outcome.ok || outcome.error.type !== "invalid-input") throw new Error("is invalid");
    expect(outcome.error.errors.map(({ pointer, reason }) => [pointer, reason])).toEqual([
      ["/thread", "not-a-thread"],
      ["/content", "too-long"],
      ["/author_name", "empty"],
      ["/author_email", "not-an-email-address"],
    ]);
    expect(await listed(service)).toHaveLength(0);
  });

  test("limits count characters as people do: 1,000 emoji fit", async () => {
    const { service, ada } = await published();
    expect(
      (await service.application.comments.postComment(ada, input({ content: "🦉".repeat(1_000) }))).ok,
    ).toBe(true);
    expect(
      (await service.application.comments.postComment(ada, input({ content: "🦉".repeat(1_001) }))).ok,
    ).toBe(false);
  });

  test("is refused without consent, with comments off, to a parent elsewhere, and when nothing remains to read", async () => {
    const { service, ada } = await published();
    const root = accepted(await service.application.comments.postComment(ada, input())).comment;
    const refusals = [
      input({ gdpr_consent: false }),
      input({ parent_id: root.id, thread: "/elsewhere/" }),
      input({ parent_id: "01890000-0000-7000-8000-000000000000" as CommentId }),
      input({ content: "<script>alert(1)</script>" }),
    ];
    const types = await Promise.all(
      refusals.map(async (each) => refused(await service.application.comments.postComment(ada, each))),
    );
    expect(types).toEqual(["gdpr-consent-required", "parent-not-found", "parent-not-found", "content-empty"]);

    const closed = await testService({ settings: { flags: { ...FEATURE_FLAGS, enable_comments: false } } });
    const { caller } = await closed.signIn("ada@example.org");
    expect(refused(await closed.application.comments.postComment(caller, input()))).toBe("comments-disabled");
  });

  test("an address that was only claimed signs nobody in: the mailbox's owner is somebody else", async () => {
    const { service } = await published();
    const { token } = accepted(
      await service.application.serviceCredentials.create("cli", {
        name: "site",
        scopes: ["sessions:create"],
      }),
    );
    const platform = await service.callerOf(token);
    const opened = accepted(
      await service.application.sessions.createServiceSession(platform, {
        external_user_id: "7",
        permissions: null,
      }),
    );
    const impostor = await service.callerOf(opened.token);
    expect(refused(await service.application.comments.postComment(impostor, input()))).toBe(
      "author-email-required",
    );
    accepted(
      await service.application.comments.postComment(impostor, input({ author_email: "victim@example.org" })),
    );
    const victim = (await service.signIn("victim@example.org")).caller.principal;
    if (victim.kind !== "session") throw new Error("she is signed in");
    expect(victim.subject.id).not.toBe(opened.subject);
  });

  test("a new name is shown on all her comments; it stands in the vault alone", async () => {
    const { service, ada } = await published();
    accepted(await service.application.comments.postComment(ada, input({ author_name: "Ada" })));
    accepted(await service.application.comments.postComment(ada, input({ author_name: "Countess" })));
    expect((await listed(service)).map(({ author_name }) => author_name)).toEqual(["Countess", "Countess"]);
  });
});

describe("editing and removing", () => {
  test("the author edits for 15 minutes, by session or by edit token, against the version she read", async () => {
    const { service, ada, bob } = await published();
    const { comment, edit_token } = accepted(await service.application.comments.postComment(ada, input()));
    const { editComment } = service.application.comments;
    const bearer = await service.callerOf(edit_token);
    const change = (version: number, content: string) => ({ id: comment.id, version, content });
    expect(refused(await editComment(bob, change(1, "not mine")))).toBe("not-the-author");
    expect(accepted(await editComment(ada, change(1, "second"))).version).toBe(2);
    expect(refused(await editComment(ada, change(1, "stale")))).toBe("version-mismatch");
    expect(accepted(await editComment(bearer, change(2, "third"))).content).toContain("third");
    service.pass(15 * MINUTE);
    expect(refused(await editComment(ada, change(3, "too late")))).toBe("edit-window-over");
  });

  test("an edit token opens its own comment and no other", async () => {
    const { service, ada } = await published();
    const own = accepted(await service.application.comments.postComment(ada, input()));
    const other = accepted(await service.application.comments.postComment(ada, input())).comment;
    const bearer = await service.callerOf(own.edit_token);
    const { editComment, removeComment } = service.application.comments;
    expect(refused(await editComment(bearer, { id: other.id, version: 1, content: "x" }))).toBe(
      "not-the-author",
    );
    expect(refused(await removeComment(bearer, { id: other.id, version: 1 }))).toBe("not-the-author");
    accepted(await removeComment(bearer, { id: own.comment.id, version: 1 }));
    const credentials = { bearer: own.edit_token, session_cookie: null, subject_cookie: null };
    expect(refused(await service.application.sessions.authenticate(credentials))).toBe("credential-invalid");
  });

  test("a removed root keeps its place while it has replies, and says nothing", async () => {
    const { service, ada, bob } = await published();
    const root = accepted(await service.application.comments.postComment(ada, input())).comment;
    accepted(
      await service.application.comments.postComment(bob, input({ parent_id: root.id, author_name: "Bob" })),
    );
    accepted(await service.application.comments.removeComment(ada, { id: root.id, version: root.version }));
    const [place] = await listed(service);
    expect(place).toMatchObject({ id: root.id, status: "removed", content: null, author_name: null });
    expect(place?.replies).toHaveLength(1);
    const stored = await service.deps.readers.comments.byId(root.id);
    expect(stored?.comment.content).toBe("");
  });

  test("two edits of one version at the same moment: one is stored", async () => {
    const { service, ada } = await published();
    const { comment } = accepted(await service.application.comments.postComment(ada, input()));
    const outcomes = await Promise.all(
      ["left", "right"].map((content) =>
        service.application.comments.editComment(ada, { id: comment.id, version: 1, content }),
      ),
    );
    expect(outcomes.map((each) => (each.ok ? "stored" : each.error.type)).sort()).toEqual([
      "stored",
      "version-mismatch",
    ]);
  });
});

describe("moderation", () => {
  test("only moderators see the queue and other people's unapproved comments", async () => {
    const service = await testService();
    const ada = (await service.signIn("ada@example.org")).caller;
    const bob = (await service.signIn("bob@example.org")).caller;
    const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
    const { comment } = accepted(await service.application.comments.postComment(ada, input()));
    const { readComment, moderationQueue } = service.application.comments;
    expect((await readComment(ada, comment.id)).ok).toBe(true);
    expect((await readComment(moderator, comment.id)).ok).toBe(true);
    expect(refused(await readComment(bob, comment.id))).toBe("not-found");
    expect(refused(await readComment(service.as(ANONYMOUS), comment.id))).toBe("not-found");
    expect(refused(await moderationQueue(bob, { limit: 20, cursor: null }))).toBe("permission-missing");
  });

  test("a report puts a comment into the queue once; approving it again settles it", async () => {
    const { service, ada, moderator } = await published();
    const { comment } = accepted(await service.application.comments.postComment(ada, input()));
    const { reportComment, moderationQueue, moderateComment } = service.application.comments;
    const reports = await Promise.all(
      Array.from({ length: 4 }, () =>
        reportComment(service.as(ANONYMOUS), { id: comment.id, reason: "this names somebody" }),
      ),
    );
    expect(reports.every(({ ok }) => ok)).toBe(true);
    const page = { limit: 20, cursor: null };
    expect(accepted(await moderationQueue(moderator, page)).items).toHaveLength(1);
    accepted(await moderateComment(moderator, { id: comment.id, decision: "approve", reason: "harmless" }));
    expect(accepted(await moderationQueue(moderator, page)).items).toHaveLength(0);
    expect(await listed(service)).toHaveLength(1);
  });

  test("the queue pages through everything once", async () => {
    const service = await testService();
    const ada = (await service.signIn("ada@example.org")).caller;
    const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
    const posted: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      service.pass(count % 2);
      posted.push(accepted(await service.application.comments.postComment(ada, input())).comment.id);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Application["comments"]["moderationQueue"]>> =
        await service.application.comments.moderationQueue(moderator, { limit: 3, cursor });
      const { items, next_cursor } = accepted(page);
      seen.push(...items.map(({ id }) => id));
      cursor = next_cursor;
    } while (cursor !== null);
    expect(seen).toEqual(posted);
  });
});
