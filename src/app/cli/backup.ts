import { encrypterFor } from "../../adapters/backup/age-keys.ts";
import type { Manifest } from "../../adapters/backup/manifest.ts";
import { MINUTE, plusDays } from "../../domain/shared/instant.ts";
import { compose, type Service } from "../compose.ts";
import { readSettings, type Settings } from "../config.ts";
import { beginLedger } from "../restoration/catch-up.ts";
import { adopt } from "./adopt.ts";
import { copyOf } from "./backup-target.ts";
import { ageKeysOf, chosen, decrypterOf, folderOf, megabytes, record, type Say } from "./backups.ts";
import { CommandRefused } from "./command-refused.ts";
import { drill } from "./drill.ts";
import { restore } from "./restore.ts";
import { BACKUP_LEASE } from "./sweep-copies.ts";

const USAGE = "backup create | list | verify [NAME] | restore [NAME] [--replace] | adopt | drill [NAME]";

/** Prolonged while something long is done under it. */
const { name: LEASE, ttlMs: LEASE_MS } = BACKUP_LEASE;

const underLease = async <T>(service: Service, work: () => Promise<T>): Promise<T> => {
  const { leases } = service.store;
  const holder = crypto.randomUUID();
  if (!(await leases.take(LEASE, holder, LEASE_MS)))
    throw new CommandRefused("Another backup is being made just now.");
  const timer = setInterval(() => void leases.take(LEASE, holder, LEASE_MS).catch(() => false), MINUTE);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await leases.release(LEASE, holder);
  }
};

const create = async (settings: Settings, service: Service): Promise<Manifest> => {
  await service.store.migrator.up();
  await beginLedger(service.deps);
  const folder = folderOf(settings, service.ledgerFiles);
  return underLease(service, async () => {
    const now = service.deps.clock.now();
    const copy = await copyOf(settings.database);
    try {
      const manifest = await folder.write(copy, await encrypterFor(ageKeysOf(settings)), now);
      await record(service.deps, "backup.created", {
        name: manifest.contents.name,
        bytes: manifest.file_bytes,
      });
      // By its age alone, the last one too: erasure certificates name the day on which no copy is left.
      for (const name of await folder.prune(plusDays(now, -settings.backup.retentionDays))) {
        await record(service.deps, "backup.deleted", { name });
      }
      return manifest;
    } finally {
      await copy.close();
    }
  });
};

const line = ({ contents, file_bytes }: Manifest): string => {
  const rows = Object.values(contents.counts).reduce((sum, count) => sum + count, 0);
  return `${contents.name}  ${new Date(contents.created_at).toISOString()}  ${contents.engine} ${contents.engine_version}  ${rows} rows  ${megabytes(file_bytes)}`;
};

const list = async (settings: Settings, service: Service, say: Say): Promise<void> => {
  const manifests = await folderOf(settings, service.ledgerFiles).list();
  say(manifests.length === 0 ? "There is no whole backup." : manifests.map(line).join("\n"));
};

const verify = async (
  settings: Settings,
  service: Service,
  name: string | undefined,
  say: Say,
): Promise<void> => {
  const folder = folderOf(settings, service.ledgerFiles);
  const manifest = await chosen(folder, name);
  if (!(await folder.isIntact(manifest)))
    throw new CommandRefused(`${manifest.contents.name} is not what was written.`);
  const { database } = await folder.open(manifest, await decrypterOf(settings));
  let bytes = 0;
  for await (const chunk of database) bytes += chunk.length;
  say(`${manifest.contents.name} is whole and opens (${megabytes(bytes)} decrypted).`);
};

/** `backup …`: encrypted copies of the database, and the way back. */
export const backupCommand = async (words: readonly string[], say: Say): Promise<void> => {
  const [verb, ...rest] = words;
  const settings = readSettings(process.env);
  const replace = rest.includes("--replace");
  const [name, ...others] = rest.filter((word) => word !== "--replace");
  if (others.length > 0 || (replace && verb !== "restore")) throw new CommandRefused(USAGE);
  if (verb === "restore") return restore(settings, name, replace, say);
  const service = await compose(settings);
  try {
    switch (verb) {
      case "create":
        return say(line(await create(settings, service)));
      case "list":
        return await list(settings, service, say);
      case "verify":
        return await verify(settings, service, name, say);
      case "adopt":
        return await adopt(service, say);
      case "drill":
        return await drill(settings, service, name, say);
      default:
        throw new CommandRefused(USAGE);
    }
  } finally {
    await service.close();
  }
};
