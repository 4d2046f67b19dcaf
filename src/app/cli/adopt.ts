import { tellSetBack } from "../audit/set-back.ts";
import { verifyLog } from "../audit/verify-log.ts";
import type { Service } from "../compose.ts";
import { catchUp } from "../restoration/catch-up.ts";
import { eraseAgain } from "../restoration/erase-again.ts";
import type { Say } from "./backups.ts";
import { CommandRefused } from "./command-refused.ts";
import { withoutOutside } from "./drill.ts";
import { told } from "./restore.ts";

/**
 * `adopt`: takes an earlier database that was put back by other means than `restore`. Does again what the ledger tells
 * and lets the audit log go on from where it ends, told in the trail. Run twice it does no harm. Refuses a log that is not
 * whole in itself: that is no earlier state of it.
 */
export const adopt = async (service: Service, say: Say): Promise<void> => {
  const { deps, store } = service;
  await store.migrator.up();
  const caughtUp = await catchUp(deps, eraseAgain(deps));
  const { fault, size } = await verifyLog(withoutOutside(deps))({ from: null });
  if (fault !== null) {
    throw new CommandRefused(
      `The audit log in this database is not whole (${fault.kind}): look at it with \`bun run cli audit verify\`. Nothing was set aside.`,
    );
  }
  say(told(caughtUp));
  if (!(await tellSetBack(deps))) {
    say("The audit log goes on from the checkpoint outside the database: nothing is set aside.");
    return;
  }
  await deps.checkpointFile.setAside();
  say(
    `The audit log goes on from entry ${size}. The checkpoint outside knew of more, and is kept under another name.`,
  );
};
