import { openPostgres } from "../../src/adapters/drizzle/postgres/open-postgres.ts";
import { POSTGRES_MIGRATIONS } from "../../src/adapters/drizzle/postgres/postgres-migrations.ts";
import type { TestPostgres } from "../support/postgres.ts";
import type { DatabaseKind } from "./stores.ts";

/** PostgreSQL on whichever server `start` gives a fresh database of. */
export const postgresKind = (name: string, start: () => Promise<TestPostgres>): DatabaseKind => ({
  name,
  migrations: POSTGRES_MIGRATIONS,
  place: async () => {
    const database = await start();
    return {
      open: (migrationsFolder = POSTGRES_MIGRATIONS) =>
        openPostgres({ url: database.url, directUrl: database.directUrl, poolSize: 3, migrationsFolder }),
      remove: () => database.stop(),
    };
  },
});
