import { afterAll, beforeAll } from "bun:test";
import { groupCommit } from "../../src/adapters/group-commit/group-commit.ts";
import type { Changes } from "../../src/domain/shared/changes.ts";
import type { Verdict } from "../../src/ports/group-store.ts";
import type { Readers, Store } from "../../src/ports/store.ts";
import { StorageFailure, type UnitOfWork } from "../../src/ports/unit-of-work.ts";
import { changes } from "../support/records.ts";
import type { Place, StoreKind } from "./stores.ts";

/** One migrated store for the laws of one `describe`; use it inside tests only. */
export interface Harness {
  readonly place: () => Place;
  readonly store: () => Store;
  readonly readers: () => Readers;
  /** Commits one decision, together with whatever else comes meanwhile. */
  readonly commit: (member: Changes) => Promise<Verdict["type"]>;
  /** Commits decisions as one group; answers the type of each verdict. */
  readonly commitGroup: (members: readonly Changes[]) => Promise<readonly Verdict["type"][]>;
  /** Commits writes that a law stands on. */
  readonly given: (...writes: Changes["writes"][number][]) => Promise<void>;
  /** Closes the store and opens it again. */
  readonly reopen: () => Promise<void>;
}

export const harness = (kind: StoreKind): Harness => {
  let place: Place | undefined;
  let store: Store | undefined;
  let unitOfWork: UnitOfWork | undefined;
  const opened = (): Store => {
    if (store === undefined) throw new Error("the store is not open yet");
    return store;
  };
  const placed = (): Place => {
    if (place === undefined) throw new Error("the store has no place yet");
    return place;
  };
  beforeAll(async () => {
    place = await kind.place();
    store = await place.open();
    await store.migrator.up();
    unitOfWork = groupCommit(store.groups);
  });
  afterAll(async () => {
    await store?.close();
    await place?.remove();
  });
  const commitGroup = async (members: readonly Changes[]) =>
    (await opened().groups.commitGroup(members)).map((verdict) => verdict.type);
  const commit = async (member: Changes): Promise<Verdict["type"]> => {
    if (unitOfWork === undefined) throw new Error("the store is not open yet");
    try {
      return (await unitOfWork.commit(member)).ok ? "stored" : "conflict";
    } catch (error) {
      if (error instanceof StorageFailure && error.kind === "refused") return "refused";
      throw error;
    }
  };
  return {
    place: placed,
    store: opened,
    readers: () => opened().readers,
    commit,
    commitGroup,
    given: async (...writes) => {
      const verdict = await commit(changes(writes));
      if (verdict !== "stored") throw new Error(`what the law stands on was not stored: ${verdict}`);
    },
    reopen: async () => {
      await opened().close();
      store = await placed().open();
      unitOfWork = groupCommit(store.groups);
    },
  };
};
