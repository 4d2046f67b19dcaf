import { type AuditDetails, auditEntry, type Occasion, SYSTEM } from "../../domain/audit/audit-entry.ts";
import type { OutgoingMail } from "../../domain/personal-data/records.ts";
import { SEAL_CONTEXTS } from "../../domain/personal-data/sealed-fields.ts";
import { isDue } from "../../domain/retention/retention-period.ts";
import type { Write } from "../../domain/shared/changes.ts";
import { HOUR, plus, SECOND } from "../../domain/shared/instant.ts";
import type { Logger } from "../../ports/logger.ts";
import { type Mail, type Mailer, MailFailure } from "../../ports/mailer.ts";
import type { Deps } from "../deps.ts";

const BATCH = 50;
/** Deferred for half a minute first, then twice as long each time, at most an hour. */
const FIRST_PAUSE = 30 * SECOND;
const LONGEST_PAUSE = HOUR;
const ATTEMPTS_MAX = 10;
/** How often an outcome is stored anew when the mail has moved meanwhile. */
const SETTLE_ATTEMPTS = 5;

export type DeliverDeps = Pick<Deps, "unitOfWork" | "clock" | "ids" | "sealer"> & {
  readonly readers: Pick<Deps["readers"], "outgoingMails">;
  readonly policies: Pick<Deps["policies"], "retention">;
  readonly mailer: Mailer;
  readonly logger: Logger;
};

export interface Delivered {
  readonly sent: number;
  /** To be tried again later. */
  readonly deferred: number;
  /** Given up: refused for good, tried too often, or of no use any more. */
  readonly abandoned: number;
}

type Outcome = "sent" | "deferred" | "abandoned";

export const pauseAfter = (attempts: number): number =>
  Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));

/** False when the mail has moved since it was read. */
const settleOnce = async (deps: DeliverDeps, mail: OutgoingMail, outcome: Outcome): Promise<boolean> => {
  const now = deps.clock.now();
  const attempts = mail.attempts + 1;
  const occasion: Occasion = {
    now,
    actor: SYSTEM,
    audit_id: deps.ids.next(),
    retention: deps.policies.retention,
  };
  const details: AuditDetails["mail.sent"] = { kind: mail.kind, attempts };
  const write: Write =
    outcome === "deferred"
      ? {
          op: "update",
          in: "outgoing_mails",
          id: mail.id,
          version: mail.version,
          set: { attempts, next_attempt_at: plus(now, pauseAfter(attempts)), updated_at: now },
        }
      : { op: "delete", from: "outgoing_mails", id: mail.id, version: mail.version };
  const committed = await deps.unitOfWork.commit({
    expects: [],
    writes: [write],
    audit: [auditEntry(`mail.${outcome}`, mail.id, details, occasion)],
  });
  return committed.ok;
};

/**
 * Stores what became of a mail. One that is gone or has another count of attempts was settled by another instance, under
 * the same message id; one that was encrypted anew meanwhile is still ours, and would be sent again if it were left.
 */
const settle = async (deps: DeliverDeps, mail: OutgoingMail, outcome: Outcome): Promise<void> => {
  let current: OutgoingMail | null = mail;
  for (let attempt = 0; attempt < SETTLE_ATTEMPTS && current?.attempts === mail.attempts; attempt += 1) {
    if (await settleOnce(deps, current, outcome)) return;
    current = await deps.readers.outgoingMails.byId(mail.id);
  }
};

const failureOf = (deps: DeliverDeps, mail: OutgoingMail, failure: unknown): Outcome => {
  const { transient, code } = failure instanceof MailFailure ? failure : { transient: true, code: null };
  const outcome = transient && mail.attempts + 1 < ATTEMPTS_MAX ? "deferred" : "abandoned";
  deps.logger.warn(`mail_${outcome}`, {
    mail_kind: mail.kind,
    attempts: mail.attempts + 1,
    exception_type: failure instanceof Error ? failure.name : typeof failure,
    ...(code === null ? {} : { status_code: code }),
  });
  return outcome;
};

/** Whether nobody was there to take the mail: the next one would only wait as long again. */
const isOutage = (failure: unknown): boolean =>
  failure instanceof MailFailure && failure.transient && failure.code === null;

/**
 * Sends what waits, at most 50 mails, one after the other; the rest waits when the other side is not there at all. A
 * mail is sent at least once, under one message id. Rejects with StorageFailure when the outcome cannot be stored.
 */
export const deliverMails = async (deps: DeliverDeps): Promise<Delivered> => {
  const figures = { sent: 0, deferred: 0, abandoned: 0 };
  for (const waiting of await deps.readers.outgoingMails.due(deps.clock.now(), BATCH)) {
    let outcome: Outcome = "sent";
    let outage = false;
    if (isDue(waiting, deps.clock.now())) {
      // Its link has expired: whoever gets it now could do nothing with it.
      outcome = "abandoned";
    } else {
      try {
        const opened = deps.sealer.open(waiting.message, SEAL_CONTEXTS.outgoing_mails.message(waiting));
        const message = JSON.parse(opened) as Omit<Mail, "message_id">;
        await deps.mailer.send({ ...message, message_id: waiting.message_id });
      } catch (failure) {
        outcome = failureOf(deps, waiting, failure);
        outage = isOutage(failure);
      }
    }
    await settle(deps, waiting, outcome);
    figures[outcome] += 1;
    if (outage) break;
  }
  return figures;
};
