import { logOrigin, openCheckpoint } from "../../src/app/audit/former-checkpoint.ts";
import { type Sequencer, sequenceLog } from "../../src/app/audit/sequence-log.ts";
import type { Service } from "../../src/app/compose.ts";
import { auditEntry, SYSTEM } from "../../src/domain/audit/audit-entry.ts";
import type { KeyedHash } from "../../src/domain/shared/ids.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { insert } from "./records.ts";

export const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Logged = Pick<Service, "deps" | "store">;

export const sequencerOf = ({ deps, store }: Logged, logger: Logger = SILENT): Sequencer =>
  sequenceLog({ ...deps, leases: store.leases, logger, holder: crypto.randomUUID() });

/** Brings everything that is there into the tree, and lets another one take over. */
export const sequence = async (logged: Logged): Promise<void> => {
  const sequencer = sequencerOf(logged);
  // The first run makes a key, and tells of it.
  while ((await sequencer.run()) > 0);
  await sequencer.release();
};

/** Commits so many small decisions, each with one entry of a person and one of the system. */
export const tell = async ({ deps }: Logged, count: number, user: KeyedHash | null = null): Promise<void> => {
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const write = insert("system_config");
      const occasion = () => ({
        now: deps.clock.now(),
        actor: { ...SYSTEM, user_id_hash: user },
        audit_id: deps.ids.next() as never,
        retention: deps.policies.retention,
      });
      const committed = await deps.unitOfWork.commit({
        expects: [],
        writes: [write],
        audit: [
          auditEntry(
            "configuration.changed",
            deps.ids.next(),
            { key: `key ${index}`, is_sensitive: false, created: true },
            occasion(),
          ),
          auditEntry("mail.sent", null, { kind: "sign_in", attempts: index }, occasion()),
        ],
      });
      if (!committed.ok) throw new Error("nothing was told");
    }),
  );
};

/** What the newest checkpoint says, if it is signed. */
export const signedNow = async ({ deps }: Logged) => {
  const newest = await deps.auditLog.newest();
  const said = newest === null ? null : await openCheckpoint(deps, newest.note);
  if (said !== null && said.origin !== logOrigin(deps)) throw new Error("a checkpoint of another log");
  return said;
};
