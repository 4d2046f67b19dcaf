// A restore that is killed leaves what was there or the whole restored database, without those who were erased since the
// backup, and its audit log goes on.
import assert from "node:assert/strict";
import { verifyLog } from "../../../src/app/audit/verify-log.ts";
import { checkpointFileOf } from "../../../src/app/compose.ts";
import { readSettings } from "../../../src/app/config.ts";
import { sequence, tell } from "../audit-log.ts";
import { runCli } from "../process.ts";
import { erasePeople, makeSite, onService, populate, whoIsThere } from "../restoring.ts";
import type { Killable, Life } from "./killing.ts";
import type { Place } from "./place.ts";

const PEOPLE = 25;
const GONE = 3;

export const killableRestore = async (place: Place): Promise<Killable> => {
  const live = await place.fresh();
  const site = await makeSite(() => live);
  const atHome = site.settings;
  const people = await populate(atHome, PEOPLE);
  await onService(atHome, sequence);
  await runCli(atHome, "backup", "create");
  await erasePeople(atHome, people.slice(0, GONE));
  const [late] = await populate(atHome, 1);
  const outside = await onService(atHome, async (service) => {
    await tell(service, 10);
    await sequence(service);
    return service.deps.checkpointFile.read();
  });
  assert.ok(outside !== null && late !== undefined);

  /** Whether it is the database that went on after the backup was made. */
  const isFormer = async (url: string): Promise<boolean> =>
    (await place.rows(url, `select id from subjects where id = '${late.id}'`)).length > 0;
  const names = async (url: string): Promise<number> =>
    Number((await place.rows(url, "select count(*) from identities"))[0]?.[0]);

  return {
    operation: "restore",
    engine: place.engine,
    begin: async (number): Promise<Life> => {
      // In turn into the place of the database that went on, and where there is none any more.
      const replaces = number % 2 === 0;
      const url = replaces ? await place.copyOf(live) : await place.fresh();
      const settings = site.on(url);
      // It is of the log that is given up.
      await checkpointFileOf(readSettings(settings)).write(outside);
      const scratch = async () => (await place.beside(url)).filter((name) => name.includes("restoring"));
      const phaseOfScratch = async (): Promise<string> => {
        const found = await scratch();
        const [first] = found;
        if (first === undefined) return "nothing beside it";
        const filled =
          place.engine === "SQLite"
            ? found.some((name) => name.endsWith("-wal"))
            : await place.isThere(place.urlBeside(url, first));
        return filled ? "catching up" : "filling";
      };

      return {
        settings,
        words: ["backup", "restore", ...(replaces ? ["--replace"] : [])],
        left: async () => {
          const there = await place.isThere(url);
          assert.ok(there || !replaces, "there is no database any more");
          const whole = there && !(await isFormer(url));
          assert.ok(replaces || whole || !there, "something is there that is not whole");
          if (there) assert.equal(await names(url), whole ? PEOPLE - GONE : PEOPLE - GONE + 1);
          return { phase: whole ? "in its place" : await phaseOfScratch(), whole };
        },
        wait: () => place.settle(url),
        judge: async () => {
          const found = await whoIsThere(settings);
          assert.deepEqual(
            [found.active.length, found.identities, found.replays],
            [PEOPLE - GONE, PEOPLE - GONE, 1],
          );
          for (const { id } of people.slice(0, GONE)) assert.ok(!found.active.includes(id));
          await onService(settings, async (service) => {
            await sequence(service);
            const { fault } = await verifyLog(service.deps)({ from: null });
            assert.equal(fault, null);
          });
          const kept = (await place.beside(url)).filter((name) => name.includes("before"));
          assert.equal(kept.length, replaces ? 1 : 0, "what was there is kept, once");
          for (const name of kept) assert.ok(await isFormer(place.urlBeside(url, name)));
        },
        close: () => place.remove(url),
      };
    },
    close: async () => {
      await site.remove();
      await place.close();
    },
  };
};
