import { auditEntry } from "../../domain/audit/audit-entry.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Deps } from "../deps.ts";
import { AuditLogBroken } from "./audit-log-broken.ts";
import { openCheckpoint, requireOutside } from "./former-checkpoint.ts";

const goesOnFrom = async (deps: Deps, note: string, size: number): Promise<boolean> => {
  try {
    await requireOutside(deps, note, size);
    return true;
  } catch (failure) {
    if (failure instanceof AuditLogBroken) return false;
    throw failure;
  }
};

/**
 * Tells the trail that the log goes on from where an earlier copy of the database ends, when the checkpoint outside knows
 * of more or of another one. Answers whether it does: then that checkpoint is to be set aside, and nothing is signed before.
 */
export const tellSetBack = async (deps: Deps): Promise<boolean> => {
  const note = await deps.checkpointFile.read();
  if (note === null) return false;
  const signed = (await deps.auditLog.newest())?.size ?? 0;
  if (await goesOnFrom(deps, note, signed)) return false;
  const outside = (await openCheckpoint(deps, note))?.size ?? null;
  await deps.unitOfWork.commit({
    expects: [],
    writes: [],
    audit: [
      auditEntry("audit_log.set_back", null, { signed, outside }, await occasionOf(deps, SYSTEM_CALLER)),
    ],
  });
  return true;
};
