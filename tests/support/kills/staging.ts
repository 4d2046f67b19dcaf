// A staging copy whose making is killed is whole or not there, and comes the next time.
import assert from "node:assert/strict";
import { openPostgres } from "../../../src/adapters/drizzle/postgres/open-postgres.ts";
import { openSqlite } from "../../../src/adapters/drizzle/sqlite/open-sqlite.ts";
import { fillProduction, SOURCE_SECRET } from "../staging-scene.ts";
import type { Killable, Life } from "./killing.ts";
import { type Place, pathOf } from "./place.ts";

const PEOPLE = 120;
const STAGING_SECRET = "the secret key of staging, long enough too";

const WHOLE = {
  subjects: PEOPLE,
  identities: PEOPLE,
  consents: PEOPLE,
  comments: 2 * PEOPLE,
  sessions: 0,
  audit_entries: 0,
};

export const killableStaging = async (place: Place): Promise<Killable> => {
  const production = await place.fresh();
  const store = await (place.engine === "SQLite"
    ? openSqlite({ path: pathOf(production) })
    : openPostgres({ url: production }));
  await store.migrator.up();
  await fillProduction(store, PEOPLE);
  await store.close();

  return {
    operation: "staging",
    engine: place.engine,
    begin: async (): Promise<Life> => {
      const copy = await place.fresh();
      const counts = async () => {
        const found: Record<string, number> = {};
        for (const table of await place.tables(copy)) {
          if (table in WHOLE)
            found[table] = Number((await place.rows(copy, `select count(*) from ${table}`))[0]?.[0]);
        }
        return found;
      };
      return {
        settings: {
          DATABASE_URL: production,
          SECRET_KEY: SOURCE_SECRET,
          STAGING_SECRET_KEY: STAGING_SECRET,
        },
        words: ["staging", "export", "--to", copy],
        left: async (told) => {
          await place.settle(copy);
          const found = (await place.isThere(copy)) ? await counts() : null;
          if (found?.["subjects"] === PEOPLE) {
            assert.deepEqual(found, WHOLE);
            return { phase: "whole", whole: true };
          }
          // Of PostgreSQL the tables, or some of them, are there, and nothing in them.
          assert.ok(found === null || place.engine === "PostgreSQL");
          for (const count of Object.values(found ?? {})) assert.equal(count, 0);
          return { phase: told.split(" ")[0] || "opening", whole: false };
        },
        wait: () => place.settle(production),
        judge: async () => {
          assert.deepEqual(await counts(), WHOLE);
          assert.deepEqual(await place.beside(copy), []);
        },
        close: () => place.remove(copy),
      };
    },
    close: place.close,
  };
};
