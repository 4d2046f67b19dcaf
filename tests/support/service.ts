import { openMemoryCheckpointFile } from "../../src/adapters/memory/memory-checkpoint-file.ts";
import { openMemoryLedger } from "../../src/adapters/memory/memory-ledger.ts";
import { openMemory } from "../../src/adapters/memory/open-memory.ts";
import { ANONYMOUS, type Caller, type Principal } from "../../src/app/caller.ts";
import { compose, type Service } from "../../src/app/compose.ts";
import { readSettings, type Settings } from "../../src/app/config.ts";
import { publishDefaultPolicy } from "../../src/app/consent/publish-default-policy.ts";
import { deliverMails } from "../../src/app/mail/deliver-mails.ts";
import { auditEntry, SYSTEM } from "../../src/domain/audit/audit-entry.ts";
import type { UserRole } from "../../src/domain/roles/role.ts";
import type { AuditEntryId } from "../../src/domain/shared/ids.ts";
import { type Instant, plus } from "../../src/domain/shared/instant.ts";
import type { Result } from "../../src/domain/shared/result.ts";
import type { Logger } from "../../src/ports/logger.ts";
import type { Mail } from "../../src/ports/mailer.ts";
import type { OwnedFiles } from "../../src/ports/owned-files.ts";
import type { Store } from "../../src/ports/store.ts";
import type { Tracer } from "../../src/ports/tracer.ts";

/** 2026-03-02T12:00:00Z */
export const NOON = 1_772_452_800_000 as Instant;

/** The value of an outcome that must be one, else the test fails with the refusal's type. */
export const accepted = <T>(result: Result<T, { readonly type: string }>): T => {
  if (!result.ok) throw new Error(`refused: ${result.error.type}`);
  return result.value;
};

/** The refusal of an outcome that must be one. */
export const refused = (result: Result<unknown, { readonly type: string }>): string => {
  if (result.ok) throw new Error("was not refused");
  return result.error.type;
};

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface TestService extends Service {
  readonly mails: Mail[];
  /** Moves the clock. */
  pass(milliseconds: number): void;
  /** Sends what waits in the outbox into `mails`. */
  deliver(): Promise<void>;
  /** Signs an address in through its mailed link; gives it the role first when it is not commenter. */
  signIn(email: string, role?: UserRole): Promise<{ readonly token: string; readonly caller: Caller }>;
  as(principal: Principal): Caller;
  /** The caller that this bearer token or these cookies speak for. */
  callerOf(bearer: string): Promise<Caller>;
}

/** The real service on the memory store, with a clock of the test's own and mails caught before they leave. */
export const testService = async (
  options: {
    readonly settings?: Partial<Settings>;
    readonly store?: Store;
    readonly ownedFiles?: OwnedFiles;
    readonly tracer?: Tracer;
  } = {},
): Promise<TestService> => {
  let now = NOON;
  const mails: Mail[] = [];
  const settings: Settings = {
    ...readSettings({}),
    secretKey: "a secret key for tests only, long enough",
    publicUrl: "http://localhost",
    ...options.settings,
  };
  const store = options.store ?? openMemory();
  const service = await compose(settings, {
    clock: { now: () => now },
    store,
    checkpointFile: openMemoryCheckpointFile(),
    ledger: openMemoryLedger(),
    mailer: { send: async (mail) => void mails.push(mail) },
    ownedFiles: options.ownedFiles ?? { eraseMails: async () => 0, find: async () => [] },
    ...(options.tracer === undefined ? {} : { tracer: options.tracer }),
  });
  await store.migrator.up();
  await publishDefaultPolicy(service.deps);
  const as = (principal: Principal): Caller => ({
    principal,
    origin: { ip_hash: null, user_agent_hash: null },
    gpc: false,
  });
  const callerOf = async (bearer: string): Promise<Caller> =>
    as(
      accepted(
        await service.application.sessions.authenticate({
          bearer,
          session_cookie: null,
          subject_cookie: null,
        }),
      ),
    );
  const deliver = async (): Promise<void> => {
    await deliverMails({ ...service.deps, mailer: service.mailer, logger: SILENT });
  };
  return {
    ...service,
    mails,
    pass: (milliseconds) => {
      now = plus(now, milliseconds);
    },
    deliver,
    as,
    callerOf,
    signIn: async (email, role = "commenter") => {
      const anonymous = as(ANONYMOUS);
      if (role === "admin") accepted(await service.application.roles.addAdmin(email));
      accepted(await service.application.sessions.requestSignInLink(anonymous, { email, return_to: null }));
      await deliver();
      const link_token = mails
        .findLast(({ to, text }) => to === email && text.includes("#gnl_"))
        ?.text.match(/#(gnl_[\w-]+)/)?.[1];
      if (link_token === undefined) throw new Error("no sign-in link was mailed");
      const { token, subject } = accepted(
        await service.application.sessions.signIn(anonymous, { link_token }),
      );
      if (role === "moderator") {
        const record = await service.deps.readers.subjects.byId(subject);
        if (record === null) throw new Error("who signed in is a subject");
        const moved = await service.deps.unitOfWork.commit({
          expects: [],
          writes: [{ op: "update", in: "subjects", id: subject, version: record.version, set: { role } }],
          audit: [auditOf(service, now)],
        });
        if (!moved.ok) throw new Error("the role was not given");
      }
      return { token, caller: await callerOf(token) };
    },
  };
};

const auditOf = (service: Service, now: Instant) =>
  auditEntry(
    "role.changed",
    null,
    { from: "commenter", to: "moderator", new_subject: false },
    {
      now,
      actor: SYSTEM,
      audit_id: service.deps.ids.next<AuditEntryId>(),
      retention: service.deps.policies.retention,
    },
  );
