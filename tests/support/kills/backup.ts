// A backup that is killed while it is made: what is listed is whole and opens, and the next one is made.
import assert from "node:assert/strict";
import { cp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { encrypterFor } from "../../../src/adapters/backup/age-keys.ts";
import type { Manifest } from "../../../src/adapters/backup/manifest.ts";
import { copyOf } from "../../../src/app/cli/backup-target.ts";
import { ageKeysOf, decrypterOf, folderOf } from "../../../src/app/cli/backups.ts";
import { readSettings } from "../../../src/app/config.ts";
import { DAY, plus } from "../../../src/domain/shared/instant.ts";
import type { Environment } from "../process.ts";
import { makeSite, onService, populate } from "../restoring.ts";
import type { Killable, Life } from "./killing.ts";
import type { Place } from "./place.ts";

const PEOPLE = 60;
/** One of these is past its time. */
const AGES = [31, 2];

/** Backups of the past, as they were made then. */
const makeOld = (environment: Environment): Promise<readonly string[]> =>
  onService(environment, async ({ ledgerFiles, deps }) => {
    const settings = readSettings(environment);
    const names: string[] = [];
    for (const age of AGES) {
      const copy = await copyOf(settings.database);
      const at = plus(deps.clock.now(), -age * DAY);
      const made = await folderOf(settings, ledgerFiles).write(
        copy,
        await encrypterFor(ageKeysOf(settings)),
        at,
      );
      await copy.close();
      names.push(made.contents.name);
    }
    return names;
  });

/** Every backup that is listed, once each of them was read to its end. */
const listed = (environment: Environment): Promise<readonly Manifest[]> =>
  onService(environment, async ({ ledgerFiles }) => {
    const settings = readSettings(environment);
    const folder = folderOf(settings, ledgerFiles);
    const manifests = await folder.list();
    for (const manifest of manifests) {
      assert.ok(await folder.isIntact(manifest), "a backup is listed that is not what was written");
      const { database } = await folder.open(manifest, await decrypterOf(settings));
      let bytes = 0;
      for await (const chunk of database) bytes += chunk.length;
      assert.ok(bytes > 0);
    }
    return manifests;
  });

export const killableBackup = async (place: Place): Promise<Killable> => {
  const url = await place.fresh();
  const site = await makeSite(() => url);
  const { settings } = site;
  await populate(settings, PEOPLE);
  const [expired = "", recent = ""] = await makeOld(settings);

  return {
    operation: "backup",
    engine: place.engine,
    begin: async (number): Promise<Life> => {
      const backups = join(place.folder, `backups-${number}`);
      await cp(settings["BACKUP_DIR"] ?? "", backups, { recursive: true });
      const here = { ...settings, BACKUP_DIR: backups };
      const files = async (ending: string) =>
        (await readdir(backups)).filter((name) => name.endsWith(ending)).map((name) => name.slice(0, 33));
      const known = new Set(
        (await place.rows(url, "select id from audit_entries")).map(([id]) => String(id)),
      );
      /** What the trail tells since this life began. */
      const told = async (action: string): Promise<readonly string[]> =>
        (await place.rows(url, `select id, details from audit_entries where action = 'backup.${action}'`))
          .filter(([id]) => !known.has(String(id)))
          .map(([, details]) => (JSON.parse(String(details)) as { name: string }).name);

      return {
        settings: here,
        words: ["backup", "create"],
        left: async () => {
          const names = (await listed(here)).map(({ contents }) => contents.name);
          assert.ok(names.includes(recent), "a backup is gone that was not due");
          for (const name of await told("created"))
            assert.ok(names.includes(name), "a backup was told of and is not there");
          for (const name of await told("deleted"))
            assert.ok(!names.includes(name), "a backup is there that was told to be deleted");
          const made = names.filter((name) => name !== recent && name !== expired);
          const phase =
            made.length > 0
              ? names.includes(expired)
                ? "made"
                : "made, and old ones deleted"
              : (await files(".age")).length > AGES.length
                ? "between its two names"
                : (await files(".partial")).length > 0
                  ? "encrypting"
                  : (await place.beside(url)).some((name) => name.includes(".copy-"))
                    ? "copying"
                    : "nothing written";
          return { phase, whole: made.length > 0 && !names.includes(expired) };
        },
        wait: async () => {
          await place.settle(url);
          await place.rows(url, "delete from leases");
        },
        judge: async (kills) => {
          const names = (await listed(here)).map(({ contents }) => contents.name);
          assert.ok(names.length >= 2 && names.length <= 2 + kills);
          assert.ok(names.includes(recent) && !names.includes(expired));
          assert.deepEqual(await files(".partial"), []);
          assert.deepEqual(
            (await readdir(backups)).filter((name) => name.includes(".draft-")),
            [],
          );
          assert.deepEqual(
            (await place.beside(url)).filter((name) => name.includes(".copy-")),
            [],
          );
        },
        close: () => rm(backups, { recursive: true }),
      };
    },
    close: async () => {
      await site.remove();
      await place.close();
    },
  };
};
