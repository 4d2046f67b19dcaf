import { startPostgres15 } from "../support/postgres.ts";
import { contract } from "./contract.ts";
import { migrationLaws } from "./laws/migrations.ts";
import { modelLaws } from "./laws/model.ts";
import { queryPlanLaws } from "./laws/postgres-plans.ts";
import { postgresKind } from "./postgres-kind.ts";

const first = await startPostgres15();
if ("reason" in first) console.log(`LEFT OUT: PostgreSQL 15: ${first.reason}`);
else {
  await first.stop();
  const start = async () => {
    const database = await startPostgres15();
    if ("reason" in database) throw new Error(database.reason);
    return database;
  };
  const POSTGRES_15 = postgresKind("PostgreSQL 15", start);
  contract(POSTGRES_15);
  modelLaws(POSTGRES_15, 40);
  migrationLaws(POSTGRES_15);
  queryPlanLaws("PostgreSQL 15", start);
}
