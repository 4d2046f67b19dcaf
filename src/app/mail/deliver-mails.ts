import type { AuditDetails } from "../../domain/audit/audit-details.ts";
import { auditEntry, SYSTEM } from "../../domain/audit/audit-entry.ts";
import { addresseeOf } from "../../domain/notifications/comment-notifications.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import { isDue } from "../../domain/retention/retention-period.ts";
import type { Write } from "../../domain/shared/changes.ts";
import { HOUR, MINUTE, plus, SECOND } from "../../domain/shared/instant.ts";
import type { Logger } from "../../ports/logger.ts";
import { type Mailer, MailFailure } from "../../ports/mailer.ts";
import type { Deps } from "../deps.ts";
import { openedMail } from "./outgoing-mail.ts";

const BATCH = 50;
const CONCURRENT = 4;
/** An attempt ends by then. RFC 5321, 4.5.3.2: a server may take its time, and a mail given up too soon is sent twice. */
const LONGEST_ATTEMPT = MINUTE;
/** Well over the longest attempt: a mail that has not been settled by then was left by an instance that was killed. */
const LEASE = 3 * LONGEST_ATTEMPT;
/** Deferred for half a minute first, then twice as long each time, at most an hour. */
const FIRST_PAUSE = 30 * SECOND;
const LONGEST_PAUSE = HOUR;
/** Of what cannot even be read; what the other side defers is tried as long as it is of use. */
const UNREADABLE_ATTEMPTS_MAX = 10;
/** How often an outcome is stored anew when the mail has moved meanwhile. */
const SETTLE_ATTEMPTS = 5;

export type DeliverDeps = Pick<Deps, "unitOfWork" | "clock" | "ids" | "sealer"> & {
  readonly readers: Pick<Deps["readers"], "outgoingMails" | "subjects" | "identities" | "mailPreferences">;
  readonly policies: Pick<Deps["policies"], "retention">;
  readonly mailer: Mailer;
  readonly logger: Logger;
};

export interface Delivered {
  readonly sent: number;
  /** To be tried again later. */
  readonly deferred: number;
  /** Given up: refused for good, not readable, not wanted or of no use any more. */
  readonly abandoned: number;
}

type Outcome = keyof Delivered;

export const pauseAfter = (attempts: number): number =>
  Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));

/** False: another instance has moved this mail first. */
const store = async (
  deps: DeliverDeps,
  mail: OutgoingMail,
  action: "mail.claimed" | `mail.${Outcome}`,
  write: Write,
): Promise<boolean> => {
  const details: AuditDetails["mail.sent"] = { kind: mail.kind, attempts: mail.attempts };
  const { retention } = deps.policies;
  const occasion = { now: deps.clock.now(), actor: SYSTEM, audit_id: deps.ids.next<never>(), retention };
  const committed = await deps.unitOfWork.commit({
    expects: [],
    writes: [write],
    audit: [auditEntry(action, mail.id, details, occasion)],
  });
  return committed.ok;
};

/** Takes a mail before it is sent, so that of several instances one sends it. Null: another one did. */
const claim = async (deps: DeliverDeps, mail: OutgoingMail): Promise<OutgoingMail | null> => {
  const now = deps.clock.now();
  const set = { attempts: mail.attempts + 1, next_attempt_at: plus(now, LEASE), updated_at: now };
  const claimed: OutgoingMail = { ...mail, ...set, version: mail.version + 1 };
  const { id, version } = mail;
  const write: Write = { op: "update", in: "outgoing_mails", id, version, set };
  return (await store(deps, claimed, "mail.claimed", write)) ? claimed : null;
};

/**
 * Stores what became of a mail. One that is gone, or has another count of attempts, is another instance's by now; one that
 * was encrypted anew meanwhile is still ours, and would be sent again if it were left.
 */
const settle = async (deps: DeliverDeps, mail: OutgoingMail, outcome: Outcome): Promise<void> => {
  let current: OutgoingMail | null = mail;
  for (let turn = 0; turn < SETTLE_ATTEMPTS && current?.attempts === mail.attempts; turn += 1) {
    const { id, version } = current;
    const now = deps.clock.now();
    const set = { next_attempt_at: plus(now, pauseAfter(mail.attempts)), updated_at: now };
    const write: Write =
      outcome === "deferred"
        ? { op: "update", in: "outgoing_mails", id, version, set }
        : { op: "delete", from: "outgoing_mails", id, version };
    if (await store(deps, mail, `mail.${outcome}`, write)) return;
    current = await deps.readers.outgoingMails.byId(id);
  }
};

/** Whether the person may still be told: she may have unsubscribed, or been erased, since the mail was written. */
const isWanted = async ({ readers }: DeliverDeps, { kind, subject_id }: OutgoingMail): Promise<boolean> => {
  if (subject_id === null) return true;
  // Owed by law: neither unsubscribing nor a restriction keeps it back (GDPR Art. 12(3), (4), 18(3)).
  if (kind === "privacy_request") {
    const subject = await readers.subjects.byId(subject_id);
    return subject !== null && subject.status !== "erased";
  }
  const [subject, identities, preferences] = await Promise.all([
    readers.subjects.byId(subject_id),
    readers.identities.ofSubject(subject_id),
    readers.mailPreferences.ofSubject(subject_id),
  ]);
  return subject !== null && addresseeOf(subject, identities, preferences) !== null;
};

const outcomeOf = (mail: OutgoingMail, failure: unknown): Outcome => {
  if (failure instanceof MailFailure) return failure.transient ? "deferred" : "abandoned";
  return mail.attempts < UNREADABLE_ATTEMPTS_MAX ? "deferred" : "abandoned";
};

const tell = ({ logger }: DeliverDeps, mail: OutgoingMail, outcome: Outcome, failure: unknown): void => {
  const code = failure instanceof MailFailure ? failure.code : null;
  logger.warn(`mail_${outcome}`, {
    mail_kind: mail.kind,
    attempts: mail.attempts,
    exception_type: failure instanceof Error ? failure.name : typeof failure,
    ...(code === null ? {} : { status_code: code }),
  });
};

/** Whether nobody was there to take the mail: the next one would only wait as long again. */
const isOutage = (failure: unknown): boolean =>
  failure instanceof MailFailure && failure.transient && failure.code === null;

interface Attempted {
  /** Null: another instance has it. */
  readonly outcome: Outcome | null;
  readonly outage: boolean;
}

const attempt = async (deps: DeliverDeps, waiting: OutgoingMail): Promise<Attempted> => {
  // After its time whoever gets it could do nothing with it: a link has expired, news are old.
  if (isDue(waiting, deps.clock.now()) || !(await isWanted(deps, waiting))) {
    await settle(deps, waiting, "abandoned");
    return { outcome: "abandoned", outage: false };
  }
  const mail = await claim(deps, waiting);
  if (mail === null) return { outcome: null, outage: false };
  let outcome: Outcome = "sent";
  let outage = false;
  try {
    await deps.mailer.send(openedMail(deps, mail), AbortSignal.timeout(LONGEST_ATTEMPT));
  } catch (failure) {
    outcome = outcomeOf(mail, failure);
    outage = isOutage(failure);
    tell(deps, mail, outcome, failure);
  }
  await settle(deps, mail, outcome);
  return { outcome, outage };
};

/**
 * Sends what waits, at most 50 mails, a few at a time; the rest waits when the other side is not there at all. Several
 * instances may do so at once: each mail is taken by one of them. A mail is sent at least once, and again, under the same
 * message id, only when whoever sent it was killed before that could be stored. Rejects with StorageFailure.
 */
export const deliverMails = async (deps: DeliverDeps): Promise<Delivered> => {
  const figures = { sent: 0, deferred: 0, abandoned: 0 };
  const waiting = [...(await deps.readers.outgoingMails.due(deps.clock.now(), BATCH))];
  const carry = async (): Promise<void> => {
    for (let mail = waiting.shift(); mail !== undefined; mail = waiting.shift()) {
      const { outcome, outage } = await attempt(deps, mail);
      if (outcome !== null) figures[outcome] += 1;
      if (outage) waiting.length = 0;
    }
  };
  const carriers = await Promise.allSettled(Array.from({ length: CONCURRENT }, carry));
  const failed = carriers.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return figures;
};
