// Several instances on one store, and instances that die half-way.
import { describe, expect, test } from "bun:test";
import { makeIdGenerator } from "../../src/adapters/crypto/id-generator.ts";
import { makeSealer } from "../../src/adapters/crypto/sealer.ts";
import { deliverMails } from "../../src/app/mail/deliver-mails.ts";
import { outgoingMail } from "../../src/app/mail/outgoing-mail.ts";
import { signInMail } from "../../src/app/mail/sign-in-mail.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention/retention-period.ts";
import { HOUR, type Instant, MINUTE, plus, SECOND } from "../../src/domain/shared/instant.ts";
import { type Mail, type Mailer, MailFailure } from "../../src/ports/mailer.ts";
import { StorageFailure } from "../../src/ports/unit-of-work.ts";
import { CONTROLLER } from "../domain/given.ts";
import { fakeClock, stage } from "./stage.ts";

const NOW = 1_772_452_800_000 as Instant;
const NOTHING = { sent: 0, deferred: 0, abandoned: 0 };

/** Until what can go on by itself has gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const setUp = () => {
  const store = stage();
  const clock = fakeClock(NOW);
  const ids = makeIdGenerator(clock);
  const sealer = makeSealer({ current: "a secret key of at least thirty-two bytes", previous: null });
  const policies = {
    retention: DEFAULT_RETENTION,
    consentCookieDays: 365,
    sessionHours: 24,
    backupRetentionDays: 30,
    anonymizationDelayDays: 30,
    calendar: { holidays: new Set<never>(), offsetAt: () => 0 },
    processors: [],
    moderation: "pre",
    allowedOrigins: [],
    publicUrl: "https://comments.example.org",
    controller: CONTROLLER,
  } as const;
  const wait = (to: string): string => {
    const mail = outgoingMail(
      { ids, sealer, policies },
      { kind: "sign_in", subject_id: null, now: clock.now(), until: plus(NOW, HOUR) },
      { to, ...signInMail("https://comments.example.org/sign-in#gnl_AAAA") },
    );
    store.putMail(mail);
    return mail.message_id;
  };
  const silent = () => undefined;
  /** One more instance. */
  const instance = (send: Mailer["send"], unitOfWork = store.unitOfWork) => {
    const logger = { info: silent, warn: silent, error: silent };
    const deps = { readers: store.readers, unitOfWork, clock, ids, sealer, policies, logger };
    return () => deliverMails({ ...deps, mailer: { send } });
  };
  return { store, clock, wait, instance };
};

describe("several instances", () => {
  test.each([1, 3, 50])("send %i mails once each, whoever comes first", async (count) => {
    const { store, wait, instance } = setUp();
    const wanted = Array.from({ length: count }, (_, index) => wait(`p${index}@example.org`));
    const sent: string[] = [];
    const send = async ({ message_id }: Mail): Promise<void> => {
      await settled();
      sent.push(message_id);
    };
    const instances = Array.from({ length: 4 }, () => instance(send));
    const figures = await Promise.all(instances.map((deliver) => deliver()));
    expect(sent.toSorted()).toEqual(wanted.toSorted());
    expect(figures.reduce((sum, each) => sum + each.sent, 0)).toBe(count);
    expect(store.mails()).toEqual([]);
    const told = store.trail().map(({ action }) => action);
    expect(told.filter((action) => action === "mail.claimed")).toHaveLength(count);
    expect(told.filter((action) => action === "mail.sent")).toHaveLength(count);
  });

  test("leave a mail that one of them is sending, however long that takes within its time", async () => {
    const { clock, wait, instance } = setUp();
    wait("ada@example.org");
    const begun = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    const slow = instance(() => {
      begun.resolve();
      return answered.promise;
    })();
    await begun.promise;
    const other = instance(async () => expect.unreachable());
    expect(await other()).toEqual(NOTHING);
    clock.set(NOW + 3 * MINUTE - 1);
    expect(await other()).toEqual(NOTHING);
    answered.resolve();
    expect(await slow).toEqual({ ...NOTHING, sent: 1 });
    clock.set(NOW + 10 * MINUTE);
    expect(await other()).toEqual(NOTHING);
  });
});

describe("an instance that is killed", () => {
  test("while it sends: another sends the mail after three minutes, under the same message id", async () => {
    const { store, clock, wait, instance } = setUp();
    const message_id = wait("ada@example.org");
    const attempted: string[] = [];
    await new Promise<void>((begun) => {
      void instance((mail) => {
        attempted.push(mail.message_id);
        begun();
        return new Promise(() => undefined);
      })();
    });
    clock.set(NOW + 3 * MINUTE);
    const sent: string[] = [];
    const other = instance(async (mail) => void sent.push(mail.message_id));
    expect(await other()).toEqual({ ...NOTHING, sent: 1 });
    expect([attempted, sent]).toEqual([[message_id], [message_id]]);
    expect(store.mails()).toEqual([]);
    expect(store.trail().map(({ action, details }) => `${action} ${details}`)).toEqual([
      'mail.claimed {"attempts":1,"kind":"sign_in"}',
      'mail.claimed {"attempts":2,"kind":"sign_in"}',
      'mail.sent {"attempts":2,"kind":"sign_in"}',
    ]);
  });

  test("between the server's 250 and the commit: one more copy, and no third", async () => {
    const { store, clock, wait, instance } = setUp();
    wait("ada@example.org");
    const sent: string[] = [];
    const send = async (mail: Mail): Promise<void> => void sent.push(mail.message_id);
    let commits = 0;
    await new Promise<void>((killed) => {
      const dying = {
        ...store.unitOfWork,
        commit: (changes: Parameters<typeof store.unitOfWork.commit>[0]) => {
          commits += 1;
          // The claim is stored; the outcome never is.
          if (commits === 1) return store.unitOfWork.commit(changes);
          killed();
          return new Promise<never>(() => undefined);
        },
      };
      void instance(send, dying)();
    });
    expect(sent).toHaveLength(1);
    for (let minute = 0; minute <= 60; minute += 1) {
      clock.set(NOW + minute * MINUTE);
      await instance(send)();
    }
    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(1);
    expect(store.mails()).toEqual([]);
  });

  test("and comes back late does not undo what another did", async () => {
    const { store, clock, wait, instance } = setUp();
    wait("ada@example.org");
    const begun = Promise.withResolvers<void>();
    const late = Promise.withResolvers<void>();
    const paused = instance(() => {
      begun.resolve();
      return late.promise;
    })();
    await begun.promise;
    clock.set(NOW + 3 * MINUTE);
    const other = instance(async () => {
      throw new MailFailure(true, 451);
    });
    expect(await other()).toEqual({ ...NOTHING, deferred: 1 });
    const [before] = store.mails();
    late.reject(new MailFailure(false, 550));
    await paused;
    expect(store.mails()).toEqual(before === undefined ? [] : [before]);
    expect(before).toMatchObject({ attempts: 2, next_attempt_at: NOW + 3 * MINUTE + 60 * SECOND });
  });
});

describe("one instance", () => {
  test("has four mails on their way at most, and no hung one stops the others", async () => {
    const { wait, instance } = setUp();
    for (let index = 0; index < 20; index += 1) wait(`p${index}@example.org`);
    let [here, most, sent] = [0, 0, 0];
    let hang = true;
    let free = (): void => undefined;
    const running = instance(async () => {
      here += 1;
      most = Math.max(most, here);
      if (hang) {
        hang = false;
        await new Promise<void>((resolve) => (free = resolve));
      } else await settled();
      here -= 1;
      sent += 1;
    })();
    for (let turn = 0; turn < 1_000 && sent < 19; turn += 1) await settled();
    expect([most, sent]).toEqual([4, 19]);
    free();
    expect(await running).toEqual({ ...NOTHING, sent: 20 });
  });

  test("gives an attempt a minute, and the mailer the signal to stop", async () => {
    const { wait, instance } = setUp();
    wait("ada@example.org");
    const signals: (AbortSignal | undefined)[] = [];
    await instance(async (_, signal) => void signals.push(signal))();
    expect(signals).toHaveLength(1);
    expect(signals[0]?.aborted).toBe(false);
  });

  test("finishes what it began when the store goes away, then says so", async () => {
    const { store, wait, instance } = setUp();
    for (let index = 0; index < 6; index += 1) wait(`p${index}@example.org`);
    let commits = 0;
    const failing = {
      ...store.unitOfWork,
      commit: (changes: Parameters<typeof store.unitOfWork.commit>[0]) => {
        commits += 1;
        if (commits === 2) return Promise.reject(new StorageFailure("lost", "no", "commit"));
        return store.unitOfWork.commit(changes);
      },
    };
    const failure = await instance(async () => {}, failing)().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StorageFailure);
    expect(store.mails().map(({ attempts }) => attempts)).toEqual([0]);
  });
});
