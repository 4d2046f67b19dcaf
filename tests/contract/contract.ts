import { describe } from "bun:test";
import { groupLaws } from "./laws/group.ts";
import { raceLaws } from "./laws/races.ts";
import { unitOfWorkLaws } from "./laws/unit-of-work.ts";
import type { StoreKind } from "./stores.ts";

/** Everything a store promises, whatever it stands on. */
export const contract = (kind: StoreKind): void => {
  describe(kind.name, () => {
    unitOfWorkLaws(kind);
    groupLaws(kind);
    raceLaws(kind);
  });
};
