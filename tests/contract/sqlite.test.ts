import { contract } from "./contract.ts";
import { migrationLaws } from "./laws/migrations.ts";
import { modelLaws } from "./laws/model.ts";
import { SQLITE } from "./stores.ts";

contract(SQLITE);
modelLaws(SQLITE, 300);
migrationLaws(SQLITE);
