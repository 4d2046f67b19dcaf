import { startPostgres } from "../support/postgres.ts";
import { contract } from "./contract.ts";
import { migrationLaws } from "./laws/migrations.ts";
import { modelLaws } from "./laws/model.ts";
import { queryPlanLaws } from "./laws/postgres-plans.ts";
import { postgresKind } from "./postgres-kind.ts";

const POSTGRES = postgresKind("PostgreSQL", startPostgres);

contract(POSTGRES);
modelLaws(POSTGRES, 60);
migrationLaws(POSTGRES);
queryPlanLaws("PostgreSQL", startPostgres);
