import {
  sqliteCopiesOf,
  sweepSqliteCopies,
  sweepSqliteScratches,
} from "../../adapters/drizzle/copy/sqlite-copy.ts";
import { MINUTE, plusDays } from "../../domain/shared/instant.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Leases } from "../../ports/leases.ts";
import type { Settings } from "../config.ts";

/** Whoever makes a backup has it. */
export const BACKUP_LEASE = { name: "backup", ttlMs: 10 * MINUTE } as const;

/**
 * Removes what a backup, a drill or a restore that was killed has left beside the database: all of it in the clear, and
 * none of it knows of an erasure since. A copy stays while a backup is being made, and until the lease of one that was
 * killed has run out; what a backup was put into, for a day after it was last written to.
 */
export const sweepCopies = async (
  { database }: Pick<Settings, "database">,
  leases: Leases,
  clock: Clock,
): Promise<void> => {
  if (database.kind !== "sqlite") return;
  await sweepSqliteScratches(database.path, plusDays(clock.now(), -1));
  if ((await sqliteCopiesOf(database.path)).length === 0) return;
  const holder = crypto.randomUUID();
  if (!(await leases.take(BACKUP_LEASE.name, holder, BACKUP_LEASE.ttlMs))) return;
  try {
    await sweepSqliteCopies(database.path);
  } finally {
    await leases.release(BACKUP_LEASE.name, holder);
  }
};
