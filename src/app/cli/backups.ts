import { type AgeKeysOptions, decrypterFrom } from "../../adapters/backup/age-keys.ts";
import { type BackupFolder, openBackupFolder } from "../../adapters/backup/backup-folder.ts";
import type { FileLedger } from "../../adapters/backup/ledger/open-ledger.ts";
import type { Manifest } from "../../adapters/backup/manifest.ts";
import type { AuditAction, AuditDetails } from "../../domain/audit/audit-details.ts";
import { auditEntry } from "../../domain/audit/audit-entry.ts";
import { SYSTEM_CALLER } from "../caller.ts";
import { occasionOf } from "../commit.ts";
import type { Settings } from "../config.ts";
import type { Deps } from "../deps.ts";
import { CommandRefused } from "./command-refused.ts";

export type Say = (text: string) => void;

export const ageKeysOf = ({ dataDir, backup }: Settings): AgeKeysOptions => ({
  dataDir,
  recipients: backup.recipients,
  identityFile: backup.identityFile,
});

export const folderOf = (settings: Settings, ledger: FileLedger): BackupFolder => {
  const { directory } = settings.backup;
  if (directory === null) throw new CommandRefused("BACKUP_DIR is not set: there is no folder for backups.");
  return openBackupFolder(directory, ledger.prove);
};

/** Tells the trail what was done with a backup. */
export const record = async <A extends Extract<AuditAction, `backup.${string}`>>(
  deps: Deps,
  action: A,
  details: AuditDetails[A],
): Promise<void> => {
  await deps.unitOfWork.commit({
    expects: [],
    writes: [],
    audit: [auditEntry(action, null, details, await occasionOf(deps, SYSTEM_CALLER))],
  });
};

export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** The backup of this name, or the newest. */
export const chosen = async (folder: BackupFolder, name: string | undefined): Promise<Manifest> => {
  const manifests = await folder.list();
  const found = name === undefined ? manifests[0] : manifests.find((each) => each.contents.name === name);
  if (found === undefined)
    throw new CommandRefused(
      name === undefined ? "There is no whole backup." : "There is no whole backup of this name.",
    );
  return found;
};

export const decrypterOf = async (settings: Settings) => {
  const decrypter = await decrypterFrom(ageKeysOf(settings));
  if (decrypter === null)
    throw new CommandRefused(
      "The secret key that opens backups is not here: set BACKUP_AGE_IDENTITY_FILE to it.",
    );
  return decrypter;
};
