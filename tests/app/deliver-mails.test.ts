import { describe, expect, test } from "bun:test";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { deliverMails, pauseAfter } from "../../src/app/mail/deliver-mails.ts";
import { signInMail } from "../../src/app/mail/sign-in-mail.ts";
import type { OutgoingMail } from "../../src/domain/personal-data/records.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import { newGdprRecord } from "../../src/domain/shared/gdpr-record.ts";
import type { MailId } from "../../src/domain/shared/ids.ts";
import { HOUR, type Instant, SECOND } from "../../src/domain/shared/instant.ts";
import type { LogFields } from "../../src/ports/logger.ts";
import { type Mail, MailFailure } from "../../src/ports/mailer.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { fakeClock, stage } from "./stage.ts";

const LINK = "https://comments.example.org/sign-in#gnl_AAAA";
const NOW = 1_772_452_800_000 as Instant;

const setUp = (send: (mail: Mail) => Promise<void>) => {
  const store = stage();
  const clock = fakeClock(NOW);
  const ids = makeIdGenerator(clock);
  const sealer = makeSealer({ current: "a secret key of at least thirty-two bytes", previous: null });
  const logged: { event: string; fields: LogFields | undefined }[] = [];
  const log = (event: string, fields?: LogFields): void => void logged.push({ event, fields });
  const wait = (to: string, until: Instant = (NOW + 24 * HOUR) as Instant): OutgoingMail => {
    const id = ids.next<MailId>();
    const mail: OutgoingMail = {
      ...newGdprRecord(id, NOW, until),
      kind: "sign_in",
      subject_id: null,
      message: sealer.seal(JSON.stringify({ to, ...signInMail(LINK) }), `outgoing_mails:${id}`),
      message_id: `${id}@example.org`,
      attempts: 0,
      next_attempt_at: NOW,
    };
    store.putMail(mail);
    return mail;
  };
  const deliver = (unitOfWork = store.unitOfWork) =>
    deliverMails({
      readers: store.readers,
      unitOfWork,
      clock,
      ids,
      sealer,
      policies: { retention: DEFAULT_RETENTION },
      mailer: { send },
      logger: { info: log, warn: log, error: log },
    });
  const told = () => store.trail().map(({ action, details }) => `${action} ${details}`);
  return { store, clock, wait, deliver, told, logged };
};

describe("delivery", () => {
  test("sends what waits, deletes it and says so, under the mail's own message id", async () => {
    const sent: Mail[] = [];
    const { store, wait, deliver, told, logged } = setUp(async (mail) => void sent.push(mail));
    const { id, message_id } = wait("ada@example.org");
    expect(await deliver()).toEqual({ sent: 1, deferred: 0, abandoned: 0 });
    expect(sent).toEqual([{ to: "ada@example.org", ...signInMail(LINK), message_id }]);
    expect(store.mails()).toEqual([]);
    expect(told()).toEqual([
      'mail.claimed {"attempts":1,"kind":"sign_in"}',
      'mail.sent {"attempts":1,"kind":"sign_in"}',
    ]);
    expect(store.trail().map(({ resource_id }) => resource_id)).toEqual([id, id]);
    expect(logged).toEqual([]);
    expect(await deliver()).toEqual({ sent: 0, deferred: 0, abandoned: 0 });
  });

  test("sends once a mail that is encrypted anew while it is being sent", async () => {
    const sent: Mail[] = [];
    const { store, wait, deliver, told } = setUp(async (mail) => {
      sent.push(mail);
      const [waiting] = store.mails();
      if (waiting !== undefined) store.putMail({ ...waiting, version: waiting.version + 1 });
    });
    wait("ada@example.org");
    expect(await deliver()).toEqual({ sent: 1, deferred: 0, abandoned: 0 });
    expect(store.mails()).toEqual([]);
    expect(told().slice(1)).toEqual(['mail.sent {"attempts":1,"kind":"sign_in"}']);
    expect(await deliver()).toEqual({ sent: 0, deferred: 0, abandoned: 0 });
    expect(sent).toHaveLength(1);
  });

  test("leaves alone a mail that another instance has deferred meanwhile", async () => {
    const { store, wait, deliver, told } = setUp(async () => {
      const [waiting] = store.mails();
      if (waiting !== undefined) {
        store.putMail({ ...waiting, version: waiting.version + 1, attempts: waiting.attempts + 1 });
      }
    });
    wait("ada@example.org");
    await deliver();
    expect(store.mails()).toMatchObject([{ attempts: 2, version: 3 }]);
    expect(told()).toEqual(['mail.claimed {"attempts":1,"kind":"sign_in"}']);
  });

  test("waits longer after each failure, at most an hour, and tries as long as the mail is of use", async () => {
    let tried = 0;
    const { store, clock, wait, deliver, told } = setUp(async () => {
      tried += 1;
      throw new MailFailure(true, 451);
    });
    wait("ada@example.org");
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt += 1) {
      expect(await deliver()).toEqual({ sent: 0, deferred: 1, abandoned: 0 });
      const [mail] = store.mails();
      pauses.push((mail?.next_attempt_at ?? 0) - clock.now());
      expect(mail?.attempts).toBe(attempt);
      clock.set((mail?.next_attempt_at ?? 0) - 1);
      expect(await deliver()).toEqual({ sent: 0, deferred: 0, abandoned: 0 });
      clock.set(mail?.next_attempt_at ?? 0);
    }
    expect(pauses).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600].map((seconds) => seconds * SECOND));
    clock.set(NOW + 24 * HOUR);
    expect(await deliver()).toEqual({ sent: 0, deferred: 0, abandoned: 1 });
    expect(tried).toBe(9);
    expect(store.mails()).toEqual([]);
    expect(told().at(-1)).toBe('mail.abandoned {"attempts":9,"kind":"sign_in"}');
    expect(pauseAfter(1_000)).toBe(HOUR);
  });

  test("gives up at once on what is refused for good, and goes on with the next", async () => {
    const { store, wait, deliver, told, logged } = setUp(async (mail) => {
      if (mail.to.startsWith("gone")) throw new MailFailure(false, 550);
    });
    wait("gone@example.org");
    wait("ada@example.org");
    expect(await deliver()).toEqual({ sent: 1, deferred: 0, abandoned: 1 });
    expect(store.mails()).toEqual([]);
    expect(
      told()
        .filter((line) => !line.startsWith("mail.claimed"))
        .toSorted(),
    ).toEqual([
      'mail.abandoned {"attempts":1,"kind":"sign_in"}',
      'mail.sent {"attempts":1,"kind":"sign_in"}',
    ]);
    expect(logged).toEqual([
      {
        event: "mail_abandoned",
        fields: { mail_kind: "sign_in", attempts: 1, exception_type: "MailFailure", status_code: 550 },
      },
    ]);
  });

  test("lets the rest wait while nobody takes mails at all", async () => {
    let tried = 0;
    const { store, wait, deliver } = setUp(async () => {
      tried += 1;
      throw new MailFailure(true, null);
    });
    for (let count = 0; count < 10; count += 1) wait("ada@example.org");
    expect(await deliver()).toEqual({ sent: 0, deferred: 4, abandoned: 0 });
    expect(tried).toBe(4);
    expect(store.mails().filter(({ attempts }) => attempts === 0)).toHaveLength(6);
  });

  test("sends nothing whose time is over", async () => {
    const { wait, deliver, told } = setUp(async () => expect.unreachable());
    wait("ada@example.org", NOW);
    expect(await deliver()).toEqual({ sent: 0, deferred: 0, abandoned: 1 });
    expect(told()).toEqual(['mail.abandoned {"attempts":0,"kind":"sign_in"}']);
  });

  test("is not held up by one mail that cannot be read", async () => {
    const sent: string[] = [];
    const { store, wait, deliver, logged } = setUp(async ({ to }) => void sent.push(to));
    const broken = wait("ada@example.org");
    const other = wait("bob@example.org");
    store.putMail({ ...broken, message: other.message });
    expect(await deliver()).toEqual({ sent: 1, deferred: 1, abandoned: 0 });
    expect(sent).toEqual(["bob@example.org"]);
    expect(logged.map(({ fields }) => fields?.exception_type)).toEqual(["SealBroken"]);
  });

  test("takes a bounded number at a time", async () => {
    const { wait, deliver } = setUp(async () => {});
    for (let count = 0; count < 60; count += 1) wait("ada@example.org");
    expect(await deliver()).toEqual({ sent: 50, deferred: 0, abandoned: 0 });
    expect(await deliver()).toEqual({ sent: 10, deferred: 0, abandoned: 0 });
  });

  test("keeps the mail when what happened cannot be stored", async () => {
    const { store, wait, deliver } = setUp(async () => {});
    wait("ada@example.org");
    const away = {
      ...store.unitOfWork,
      commit: async () => {
        throw new StorageFailure("lost", "unknown", "commit");
      },
    };
    await expect(deliver(away)).rejects.toBeInstanceOf(StorageFailure);
    expect(store.mails()).toHaveLength(1);
    expect(await deliver()).toEqual({ sent: 1, deferred: 0, abandoned: 0 });
  });

  test("says nothing of the person in the trail and the log", async () => {
    const { store, wait, deliver, logged } = setUp(async ({ to }) => {
      throw new Error(`no such mailbox: ${to}`);
    });
    wait("ada.quillfeather@example.org");
    await deliver();
    expect(JSON.stringify([store.trail(), logged])).not.toContain("quillfeather");
  });
});
