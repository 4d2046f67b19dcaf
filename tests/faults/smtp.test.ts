// A real SMTP server that is killed, hangs, refuses and is slow, and the service's own delivery against it.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { makeSmtpMailer } from "../../src/adapters/mail/smtp.ts";
import { type Delivered, deliverMails } from "../../src/app/mail/deliver-mails.ts";
import { HOUR, type Instant, MINUTE } from "../../src/domain/shared/instant.ts";
import type { UnitOfWork } from "../../src/ports/unit-of-work.ts";
import { recordingLogger } from "../support/http.ts";
import { accepted, type TestService, testService } from "../support/service.ts";
import { HANGS, readable, startSmtpServer, type TestSmtpServer } from "../support/smtp-server.ts";

const FROM = "GoNoGo <noreply@example.org>";
const CANARY = "quendolina.zwiebelfisch@kanarienvogel-post.example";
const LATEST = 253_402_300_799_999 as Instant;
const NOTHING: Delivered = { sent: 0, deferred: 0, abandoned: 0 };

let smtp: TestSmtpServer;
let service: TestService;
const logger = recordingLogger();

beforeEach(async () => {
  smtp = await startSmtpServer();
  service = await testService({
    settings: {
      moderation: "post",
      corsOrigins: ["https://www.example.org"],
      publicUrl: "https://c.example.org",
    },
  });
});
afterEach(async () => {
  await smtp.kill();
  await service.close();
});

/** One round of an instance, whose time-outs are short enough for a test. */
const deliver = (unitOfWork: UnitOfWork = service.deps.unitOfWork): Promise<Delivered> => {
  const mailer = makeSmtpMailer({ url: smtp.url, from: FROM, timeoutMs: 300, silenceMs: 1_500 });
  return deliverMails({ ...service.deps, unitOfWork, mailer, logger });
};

/** Rounds with time between them, until nothing waits. */
const deliverAll = async (): Promise<void> => {
  for (let round = 0; round < 100; round += 1) {
    await deliver();
    if ((await service.deps.readers.outgoingMails.due(LATEST, 1)).length === 0) return;
    service.pass(MINUTE);
  }
  throw new Error("mails still wait");
};

const ask = async (email: string): Promise<void> => {
  const anonymous = service.as({ kind: "anonymous" });
  accepted(await service.application.sessions.requestSignInLink(anonymous, { email, return_to: null }));
};

const many = async (count: number): Promise<readonly string[]> => {
  const people = Array.from({ length: count }, (_, index) => `p${index}@example.org`);
  for (const email of people) await ask(email);
  return people;
};

/** How often each mail came, by its message id. */
const copies = (): readonly number[] => {
  const counts = new Map<string, number>();
  for (const { headers } of smtp.taken) {
    const id = headers.get("message-id") ?? "";
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts.values()];
};

const recipients = (): readonly string[] => smtp.taken.map(({ to }) => to).toSorted();

describe("a server that works", () => {
  test("gets each mail once, with its headers, and each address in its own mail only", async () => {
    const ada = (await service.signIn(CANARY)).caller;
    const bob = (await service.signIn("bob@example.org")).caller;
    const post = async (caller: typeof ada, content: string, parent_id: string | null) =>
      accepted(
        await service.application.comments.postComment(caller, {
          thread: "/blog/first-post/",
          content,
          author_name: "Somebody",
          author_email: null,
          parent_id: parent_id as never,
          notify_replies: true,
          gdpr_consent: true,
        }),
      ).comment;
    const root = await post(ada, "Hello", null);
    await post(bob, `<b>Hi</b>, write to ${CANARY} or see https://evil.example/`, root.id);
    await ask("carol@example.org");
    expect(await deliver()).toEqual({ ...NOTHING, sent: 2 });

    expect(recipients()).toEqual(["carol@example.org", CANARY]);
    const hers = smtp.taken.find(({ to }) => to === CANARY);
    const other = smtp.taken.find(({ to }) => to !== CANARY);
    expect(hers?.headers.get("to")).toBe(CANARY);
    expect(hers?.headers.get("from")).toBe(FROM);
    expect(hers?.headers.get("message-id")).toMatch(/^<[0-9a-f-]{36}@c\.example\.org>$/);
    expect(hers?.headers.get("auto-submitted")).toBe("auto-generated");
    expect(hers?.headers.get("list-unsubscribe")).toMatch(
      /^<https:\/\/c\.example\.org\/unsubscribe\/[\w-]{86}>$/,
    );
    expect(hers?.headers.get("list-unsubscribe-post")).toBe("List-Unsubscribe=One-Click");
    expect(other?.headers.has("list-unsubscribe")).toBe(false);
    expect(readable(hers?.raw ?? "")).toContain("> Hi, write to [address] or see [link]");
    expect(readable(hers?.raw ?? "")).toContain("https://www.example.org/blog/first-post/");
    // Her address is where mail to her needs it, and nowhere else.
    expect([...(hers?.raw ?? "").matchAll(/zwiebelfisch/gi)]).toHaveLength(1);
    expect(other?.raw).not.toMatch(/zwiebelfisch|kanarienvogel/i);
    expect(hers?.raw).not.toMatch(/carol|bob@/);
    expect(JSON.stringify(logger.lines)).not.toMatch(/zwiebelfisch|carol/i);

    // What the mail program sends stops them.
    const token = /unsubscribe\/([\w.-]+)/.exec(hers?.headers.get("list-unsubscribe") ?? "")?.[1] ?? "";
    accepted(await service.application.notifications.unsubscribe(service.as({ kind: "anonymous" }), token));
    await post(bob, "Again", root.id);
    expect(await deliver()).toEqual(NOTHING);
  });
});

describe("a server that is killed", () => {
  test("while it takes mails, and comes back: none is lost, none comes twice", async () => {
    const people = await many(30);
    let arrived = 0;
    let killed: Promise<void> | null = null;
    smtp.behave({
      onMessage: () => {
        arrived += 1;
        if (arrived < 10) return undefined;
        killed ??= smtp.kill();
        return HANGS();
      },
    });
    await deliver();
    if (killed === null) throw new Error("it was killed");
    await killed;
    expect(smtp.taken.length).toBeLessThan(30);
    service.pass(MINUTE);
    expect((await deliver()).sent).toBe(0);
    smtp.behave({});
    await smtp.restart();
    service.pass(MINUTE);
    await deliverAll();
    expect(recipients()).toEqual([...people].toSorted());
    expect(copies().every((count) => count === 1)).toBe(true);
  });

  test("is not there at all: what waits is tried a few at a time, and later sent", async () => {
    await smtp.kill();
    const people = await many(20);
    const { sent, deferred } = await deliver();
    expect(sent).toBe(0);
    expect(deferred).toBeLessThanOrEqual(4);
    await smtp.restart();
    await deliverAll();
    expect(recipients()).toEqual([...people].toSorted());
    expect(copies().every((count) => count === 1)).toBe(true);
  });
});

describe("a server that hangs", () => {
  test.each([
    ["before its greeting", { onConnect: HANGS }],
    ["at the sender", { onMail: HANGS }],
    ["at the recipient", { onRecipient: HANGS }],
  ] as const)(
    "%s: the attempt ends, the rest waits, and all is sent once it goes on",
    async (_, behaviour) => {
      smtp.behave(behaviour);
      const people = await many(12);
      const round = await deliver();
      expect([round.sent, round.abandoned]).toEqual([0, 0]);
      expect(round.deferred).toBeLessThanOrEqual(4);
      smtp.behave({});
      await deliverAll();
      expect(recipients()).toEqual([...people].toSorted());
      expect(copies().every((count) => count === 1)).toBe(true);
    },
  );

  test("for one recipient: the others get theirs in the same round", async () => {
    smtp.behave({ onRecipient: (address) => (address === "p0@example.org" ? HANGS() : undefined) });
    await many(4);
    expect(await deliver()).toEqual({ ...NOTHING, sent: 3, deferred: 1 });
    expect(recipients()).toEqual(["p1@example.org", "p2@example.org", "p3@example.org"]);
  });
});

describe("a server that refuses", () => {
  test("for now gets the mail later, under the same message id", async () => {
    const attempts: string[] = [];
    smtp.behave({
      onMessage: ({ headers }) => {
        attempts.push(headers.get("message-id") ?? "");
        return attempts.length < 4 ? 451 : undefined;
      },
    });
    await many(1);
    await deliverAll();
    expect(attempts).toHaveLength(4);
    expect(new Set(attempts).size).toBe(1);
    expect(smtp.taken).toHaveLength(1);
  });

  test("for longer than ten attempts: what is still of use is still sent", async () => {
    const ada = (await service.signIn("ada@example.org")).caller;
    const moderator = (await service.signIn("mod@example.org", "moderator")).caller;
    const { comment } = accepted(
      await service.application.comments.postComment(ada, {
        thread: "/a/",
        content: "Hello",
        author_name: "Ada",
        author_email: null,
        parent_id: null,
        notify_replies: false,
        gdpr_consent: true,
      }),
    );
    const decision = { id: comment.id, decision: "reject", reason: "Why" } as const;
    accepted(await service.application.comments.moderateComment(moderator, decision));
    let refusals = 0;
    smtp.behave({ onRecipient: () => (refusals++ < 20 ? 450 : undefined) });
    for (let hour = 0; hour < 40; hour += 1) {
      await deliver();
      service.pass(HOUR);
    }
    expect(refusals).toBe(21);
    expect(recipients()).toEqual(["ada@example.org"]);
  });

  test("one recipient for good: that mail is given up, the others are sent", async () => {
    smtp.behave({ onRecipient: (address) => (address === "p1@example.org" ? 550 : undefined) });
    await many(3);
    expect(await deliver()).toEqual({ sent: 2, deferred: 0, abandoned: 1 });
    expect(recipients()).toEqual(["p0@example.org", "p2@example.org"]);
    service.pass(HOUR);
    expect(await deliver()).toEqual(NOTHING);
  });

  test("everybody, before any mail: that is no word about a mail, and none is given up", async () => {
    smtp.behave({ onConnect: () => 554 });
    const people = await many(3);
    expect((await deliver()).abandoned).toBe(0);
    smtp.behave({});
    await deliverAll();
    expect(recipients()).toEqual([...people]);
  });
});

describe("a server that is slow", () => {
  test("to say that it has the mail is waited for, longer than for its greeting: no mail comes twice", async () => {
    smtp.behave({
      onMessage: async () => {
        await Bun.sleep(700);
        return undefined;
      },
    });
    const people = await many(6);
    expect(await deliver()).toEqual({ ...NOTHING, sent: 6 });
    expect(recipients()).toEqual([...people]);
  });
});

describe("an instance that is killed", () => {
  test("between the server's 250 and the commit sends one more copy, under the same message id", async () => {
    await many(1);
    const { unitOfWork } = service.deps;
    let commits = 0;
    await new Promise<void>((killed) => {
      const dying: UnitOfWork = {
        ...unitOfWork,
        commit: (changes) => {
          commits += 1;
          if (commits === 1) return unitOfWork.commit(changes);
          killed();
          return HANGS();
        },
      };
      void deliver(dying);
    });
    expect(smtp.taken).toHaveLength(1);
    for (let minute = 0; minute < 14; minute += 1) {
      await deliver();
      service.pass(MINUTE);
    }
    expect(copies()).toEqual([2]);
  });
});
