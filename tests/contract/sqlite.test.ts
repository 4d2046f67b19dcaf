import { contract } from "./contract.ts";
import { groupLaws } from "./laws/group.ts";
import { migrationLaws } from "./laws/migrations.ts";
import { modelLaws } from "./laws/model.ts";
import { SLICED_SQLITE, SQLITE } from "./stores.ts";

contract(SQLITE);
modelLaws(SQLITE, 300);
migrationLaws(SQLITE);

groupLaws(SLICED_SQLITE);
modelLaws(SLICED_SQLITE, 100);
