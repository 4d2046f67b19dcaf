import type { BackupFolder } from "../../adapters/backup/backup-folder.ts";
import type { Manifest } from "../../adapters/backup/manifest.ts";
import type { CheckpointFile } from "../../ports/checkpoint-file.ts";
import type { LedgerPosition } from "../../ports/erasure-ledger.ts";
import { tellSetBack } from "../audit/set-back.ts";
import { checkpointFileOf, compose, openLedgerOf, type Service } from "../compose.ts";
import type { Settings } from "../config.ts";
import { type CaughtUp, catchUp } from "../restoration/catch-up.ts";
import { eraseAgain } from "../restoration/erase-again.ts";
import { factsOf, isEmptyDatabase, type Scratch, scratchBeside } from "./backup-target.ts";
import { chosen, decrypterOf, folderOf, type Say } from "./backups.ts";
import { CommandRefused } from "./command-refused.ts";

/** Tables whose rows differ from the manifest's, by name. */
const miscounted = (found: Readonly<Record<string, number>>, { contents }: Manifest): readonly string[] =>
  [...new Set([...Object.keys(found), ...Object.keys(contents.counts)])].filter(
    (table) => found[table] !== contents.counts[table],
  );

/** Puts a backup into a scratch database, and counts what came. */
export const fill = async (
  scratch: Scratch,
  folder: BackupFolder,
  manifest: Manifest,
  settings: Settings,
): Promise<void> => {
  const { database } = await folder.open(manifest, await decrypterOf(settings));
  await scratch.fill(database);
  const wrong = miscounted((await factsOf(scratch.database)).counts, manifest);
  if (wrong.length > 0) throw new CommandRefused(`Not every row of the backup arrived: ${wrong.join(", ")}.`);
};

/** Brings the schema up to date and does again what the copy has not heard of. */
export const bringUp = async <T>(
  scratch: Scratch,
  settings: Settings,
  then: (service: Service, caughtUp: CaughtUp) => Promise<T>,
): Promise<T> => {
  const service = await compose({ ...settings, database: scratch.database });
  try {
    await service.store.migrator.up();
    return await then(service, await catchUp(service.deps, eraseAgain(service.deps)));
  } finally {
    await service.close();
  }
};

/**
 * Puts the scratch database into the place of the real one. Its log may end before the checkpoint outside: that one is set
 * aside first, for nobody could sign after a death in between; where nothing is replaced after all it is put back.
 */
const takePlace = async (
  scratch: Scratch,
  checkpointFile: CheckpointFile,
  { setBack, empty }: { readonly setBack: boolean; readonly empty: boolean },
): Promise<string | null> => {
  const outside = setBack ? await checkpointFile.read() : null;
  if (setBack) await checkpointFile.setAside();
  try {
    return await scratch.promote(empty);
  } catch (failure) {
    if (outside !== null) await checkpointFile.write(outside);
    throw failure;
  }
};

export const told = (caughtUp: CaughtUp): string =>
  caughtUp === null || caughtUp.told === 0
    ? "The ledger tells of nothing that this database had not heard of."
    : `Of ${caughtUp.told} facts in the ledger done again: ${Object.entries(caughtUp)
        .filter(([kind]) => kind !== "told")
        .map(([kind, count]) => `${count} ${kind}`)
        .join(", ")}.`;

/**
 * `restore [NAME] [--replace]`: puts a backup where the database is, after everything the ledger tells was done again in
 * it. Until then nothing is changed; killed at any moment, the database is what it was or the whole restored one.
 */
export const restore = async (
  settings: Settings,
  name: string | undefined,
  replace: boolean,
  say: Say,
): Promise<void> => {
  const ledger = await openLedgerOf(settings);
  const folder = folderOf(settings, ledger);
  const manifest = await chosen(folder, name);
  const { contents } = manifest;
  if (contents.engine !== settings.database.kind)
    throw new CommandRefused(
      `This is a backup of ${contents.engine}: restore it there, and take it elsewhere with \`db move\`.`,
    );
  const empty = await isEmptyDatabase(settings.database);
  if (!empty && !replace)
    throw new CommandRefused(
      "There is a database at DATABASE_URL already. With --replace it is kept under another name.",
    );
  // Asked before anything is done: without its ledger no backup is opened.
  await ledger.after(contents.ledger_position as LedgerPosition | null);
  const scratch = await scratchBeside(settings.database, "restoring");
  try {
    await fill(scratch, folder, manifest, settings);
    const checkpointFile = checkpointFileOf(settings);
    const { caughtUp, setBack } = await bringUp(scratch, settings, async ({ deps }, done) => ({
      caughtUp: done,
      setBack: await tellSetBack({ ...deps, checkpointFile }),
    }));
    const kept = await takePlace(scratch, checkpointFile, { setBack, empty });
    say(`${contents.name} is restored. ${told(caughtUp)}`);
    if (kept !== null) say(`What was there is kept as ${kept}: delete it once you do not need it.`);
  } catch (failure) {
    await scratch.discard();
    throw failure;
  }
};
