// Whoever is to be told of what became of a comment is told by the commit that it became so by.
import { describe, expect, test } from "bun:test";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import { FEATURE_FLAGS } from "../../src/domain/configuration/feature-flags.ts";
import type { SubjectStatus } from "../../src/domain/roles/subject.ts";
import type { SubjectId } from "../../src/domain/shared/ids.ts";
import { DAY } from "../../src/domain/shared/instant.ts";
import { accepted, type TestService } from "../support/service.ts";
import { scene, subjectOf } from "./notification-scene.ts";

const REPLY = "ada@example.org: New reply to your comment on www.example.org";
const decided = (who: string, words: string) =>
  `${who}@example.org: Your comment on www.example.org ${words}`;

const changeStatus = async (service: TestService, id: SubjectId, status: SubjectStatus): Promise<void> => {
  const subject = await service.deps.readers.subjects.byId(id);
  if (subject === null) throw new Error("the subject is there");
  const [entry] = await service.deps.readers.audit.list(null, 1);
  if (entry === undefined) throw new Error("something is in the trail");
  accepted(
    await service.deps.unitOfWork.commit({
      expects: [],
      writes: [{ op: "update", in: "subjects", id, version: subject.version, set: { status } }],
      audit: [{ ...entry, id: service.deps.ids.next() }],
    }),
  );
};

describe("a reply", () => {
  test("is told to who asked for it, once, with a quotation and the page", async () => {
    const { service, ada, bob, post } = await scene();
    const root = await post(ada);
    await post(bob, { parent_id: root.id, content: "I <b>quite</b> agree", author_name: "Bob Finch" });
    await service.deliver();
    const [mail, ...more] = service.mails;
    expect(more).toEqual([]);
    expect(mail?.to).toBe("ada@example.org");
    expect(mail?.text).toContain("> I quite agree");
    expect(mail?.text).toContain("https://www.example.org/blog/first-post/");
    expect(mail?.unsubscribe_url).toMatch(/^http:\/\/localhost\/unsubscribe\/[\w-]{86}$/);
    expect(JSON.stringify(mail)).not.toMatch(/bob|finch/i);
    await service.deliver();
    expect(service.mails).toHaveLength(1);
  });

  test("of oneself, or to who did not ask, is told to nobody", async () => {
    const { ada, bob, post, told } = await scene();
    const root = await post(ada);
    await post(ada, { parent_id: root.id });
    const silent = await post(ada, { notify_replies: false });
    await post(bob, { parent_id: silent.id });
    expect(await told()).toEqual([]);
  });

  test("waiting for a moderator is told when it is approved, and not again after an edit", async () => {
    const { service, ada, bob, post, decide, told } = await scene({ moderation: "pre" });
    const root = await post(ada);
    await decide(root.id, "approve");
    expect(await told()).toEqual([decided("ada", "is published now")]);
    const reply = await post(bob, { parent_id: root.id });
    expect(await told()).toEqual([]);
    const { version } = await decide(reply.id, "approve");
    expect((await told()).toSorted()).toEqual([REPLY, decided("bob", "is published now")]);
    accepted(
      await service.application.comments.editComment(bob, { id: reply.id, version, content: "Or not" }),
    );
    await decide(reply.id, "approve");
    expect(await told()).toEqual([decided("bob", "is published now")]);
  });

  test("and the mail about it are one commit", async () => {
    const store = openMemory();
    const commits: (readonly string[])[] = [];
    const groups: typeof store.groups = {
      ...store.groups,
      commitGroup: (members) => {
        for (const { writes } of members) {
          commits.push(writes.map((write) => (write.op === "insert" ? write.into : write.op)));
        }
        return store.groups.commitGroup(members);
      },
    };
    const { service, ada, bob, post } = await scene({}, { ...store, groups });
    const root = await post(ada);
    await post(bob, { parent_id: root.id });
    expect(commits).toContainEqual(["identities", "comments", "outgoing_mails"]);
    const waiting = await service.deps.readers.outgoingMails.due(service.deps.clock.now(), 10);
    expect(waiting.map(({ kind, subject_id }) => [kind, subject_id])).toEqual([["reply", subjectOf(ada)]]);
    expect(JSON.stringify(waiting)).not.toContain("ada@");
  });
});

describe("a moderator's decision", () => {
  test.each([
    ["reject", "was not accepted"],
    ["remove", "was removed"],
  ] as const)("to %s is told to the author with the reason", async (decision, words) => {
    const { service, ada, post, decide } = await scene();
    const { id } = await post(ada);
    await decide(id, decision, "It is off topic.");
    await service.deliver();
    expect(service.mails.map(({ to, subject }) => `${to}: ${subject}`)).toEqual([decided("ada", words)]);
    expect(service.mails[0]?.text).toContain("The reason given:\nIt is off topic.");
    expect(service.mails[0]?.text).toContain("> A first thought.");
    expect(JSON.stringify(service.mails)).not.toContain("mod@example.org");
  });

  test("by taking it away is told without an older reason; doing so oneself is told to nobody", async () => {
    const { service, ada, moderator, post, decide } = await scene();
    const first = await post(ada);
    await decide(first.id, "reject", "Once.");
    const { version } = await decide(first.id, "approve", "Twice.");
    await service.deliver();
    service.mails.length = 0;
    accepted(await service.application.comments.removeComment(moderator, { id: first.id, version }));
    const own = await post(ada);
    accepted(await service.application.comments.removeComment(ada, { id: own.id, version: own.version }));
    const moderators = await post(moderator);
    await decide(moderators.id, "reject", "On second thought");
    await service.deliver();
    expect(service.mails.map(({ to, subject }) => `${to}: ${subject}`)).toEqual([
      decided("ada", "was removed"),
    ]);
    expect(service.mails[0]?.text).not.toContain("reason");
  });
});

describe("nobody is written to", () => {
  test("whose address was only claimed in a post", async () => {
    const { service, bob, post, decide, told } = await scene();
    const { token } = accepted(
      await service.application.serviceCredentials.create("cli", { name: "x", scopes: ["sessions:create"] }),
    );
    const platform = await service.callerOf(token);
    const opened = accepted(
      await service.application.sessions.createServiceSession(platform, {
        external_user_id: "7",
        permissions: null,
      }),
    );
    const claimer = await service.callerOf(opened.token);
    const root = await post(claimer, { author_email: "victim@example.org" });
    await post(bob, { parent_id: root.id });
    await decide(root.id, "reject");
    expect(await told()).toEqual([]);
  });

  test("while notifications are switched off; sign-in links are sent all the same", async () => {
    const { service, ada, bob, post, decide, told } = await scene({
      flags: { ...FEATURE_FLAGS, enable_email_notifications: false },
    });
    const root = await post(ada);
    await post(bob, { parent_id: root.id });
    await decide(root.id, "remove", "Why");
    expect(await told()).toEqual([]);
    await service.signIn("ada@example.org");
    expect(service.mails.map(({ subject }) => subject)).toEqual(["Sign in to localhost"]);
    expect(service.mails[0]?.unsubscribe_url).toBeUndefined();
  });

  test("who is erased", async () => {
    const { service, ada, bob, post, decide, told } = await scene();
    const root = await post(ada);
    const other = await post(ada);
    await changeStatus(service, subjectOf(ada), "erased");
    await decide(other.id, "remove");
    await post(bob, { parent_id: root.id });
    expect(await told()).toEqual([]);
  });

  test("who is restricted: nobody decides on what she wrote (GDPR Art. 18(2))", async () => {
    const { service, ada, moderator, post, told } = await scene();
    const root = await post(ada);
    await changeStatus(service, subjectOf(ada), "restricted");
    const decided = await service.application.comments.moderateComment(moderator, {
      id: root.id,
      decision: "remove",
      reason: null,
    });
    expect(decided).toEqual({ ok: false, error: { type: "not-found" } });
    expect(await told()).toEqual([]);
  });

  test("about whom that was decided after the mail was written", async () => {
    const { service, ada, bob, post, told } = await scene();
    const root = await post(ada);
    await post(bob, { parent_id: root.id });
    await changeStatus(service, subjectOf(ada), "erased");
    expect(await told()).toEqual([]);
    const entries = await service.deps.readers.audit.list(null, 1_000);
    expect(entries.at(-1)).toMatchObject({
      action: "mail.abandoned",
      details: '{"attempts":0,"kind":"reply"}',
    } as never);
  });

  test("after three days: it is no news any more", async () => {
    const { service, ada, bob, post, told } = await scene();
    const root = await post(ada);
    await post(bob, { parent_id: root.id });
    service.pass(3 * DAY);
    expect(await told()).toEqual([]);
  });
});
