import { auditEntry, type Occasion, SYSTEM } from "../../domain/audit/audit-entry.ts";
import type { Deps } from "../deps.ts";

const BATCH = 100;

type DestroyDeps = Pick<Deps, "unitOfWork" | "clock" | "ids"> & {
  readonly readers: Pick<Deps["readers"], "keys">;
  readonly policies: Pick<Deps["policies"], "retention">;
};

/**
 * Destroys the keys whose time is over, so that what they hashed can no longer be linked to anybody. Run on a schedule;
 * a key that another instance has just destroyed is not counted. Answers how many went.
 */
export const destroyExpiredKeys = async ({
  readers,
  unitOfWork,
  clock,
  ids,
  policies,
}: DestroyDeps): Promise<{ readonly destroyed: number }> => {
  let destroyed = 0;
  for (;;) {
    const now = clock.now();
    const expired = await readers.keys.expired(now, BATCH);
    let gone = 0;
    for (const { id, version } of expired) {
      const occasion: Occasion = {
        now,
        actor: SYSTEM,
        audit_id: ids.next(),
        retention: policies.retention,
      };
      const committed = await unitOfWork.commit({
        expects: [],
        writes: [{ op: "delete", from: "keys", id, version }],
        audit: [auditEntry("key.destroyed", null, { purpose: id }, occasion)],
      });
      if (committed.ok) gone += 1;
    }
    destroyed += gone;
    // A batch of nothing but conflicts is being cleared by somebody else.
    if (expired.length < BATCH || gone === 0) return { destroyed };
  }
};
