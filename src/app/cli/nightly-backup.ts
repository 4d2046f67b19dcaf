import { join } from "node:path";
import { Cron } from "croner";
import { HOUR } from "../../domain/shared/instant.ts";
import type { Logger } from "../../ports/logger.ts";
import type { Service } from "../compose.ts";
import type { Settings } from "../config.ts";

const COMMAND = [process.execPath, join(import.meta.dir, "cli.ts"), "backup", "create"];

/** Never given back: who has it tonight has it for the night, and the others find it taken. */
const LEASE = { name: "nightly-backup", ttlMs: 6 * HOUR } as const;

/**
 * Makes a backup, unless another instance does: in a process of its own, since copying and encrypting would keep requests
 * waiting. Answers whether it made one.
 */
export const makeBackup = async ({ store }: Service, logger: Logger): Promise<boolean> => {
  if (!(await store.leases.take(LEASE.name, crypto.randomUUID(), LEASE.ttlMs))) return false;
  const child = Bun.spawn(COMMAND, { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const code = await child.exited;
  if (code === 0) logger.info("backup_made");
  else logger.error("backup_failed", { failure: `exit code ${code}` });
  return code === 0;
};

/** Every night at half past two (UTC), on every instance. Null: BACKUP_DIR is not set. */
export const nightlyBackup = (settings: Settings, service: Service, logger: Logger): Cron | null =>
  settings.backup.directory === null
    ? null
    : new Cron("30 2 * * *", { timezone: "UTC", catch: () => logger.error("backup_failed") }, async () => {
        await makeBackup(service, logger);
      });
